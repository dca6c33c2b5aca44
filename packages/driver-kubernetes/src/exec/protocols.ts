/**
 * The first that closes stdin by itself; since Kubernetes 1.29.
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/util/remotecommand
 */
export const CLOSES_STDIN = "v5.channel.k8s.io";

/** What is offered, the best first. */
export const PROTOCOLS: readonly string[] = [CLOSES_STDIN, "v4.channel.k8s.io"];
