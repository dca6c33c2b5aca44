const UNIX_SOCKET = "/var/run/docker.sock";
const NAMED_PIPE = "//./pipe/docker_engine";
const PORT = "2375";
const TLS_PORT = "2376";

/**
 * A `DOCKER_HOST` in the form in which Docker's tools name that daemon: with a scheme and a port. What is none
 * stays as it is.
 */
export function normalDockerHost(text: string): string {
  const host = text.trim();
  const [, scheme = "tcp", rest = ""] = /^(?:(.*?):\/\/)?(.*)$/s.exec(host)!;
  switch (scheme) {
    case "tcp":
      return normalTcp(rest) ?? host;
    case "unix":
      return `unix://${rest || UNIX_SOCKET}`;
    case "npipe":
      return `npipe://${rest || NAMED_PIPE}`;
    default:
      return host;
  }
}

/** Where the default context's daemon is: at `DOCKER_HOST`, or on this machine. */
export function dockerHost(env: Readonly<Record<string, string | undefined>>): string {
  const given = env.DOCKER_HOST?.trim();
  if (given) return normalDockerHost(given);
  if (env.DOCKER_TLS || env.DOCKER_TLS_VERIFY) return `tcp://localhost:${TLS_PORT}`;
  return process.platform === "win32" ? `npipe://${NAMED_PIPE}` : `unix://${UNIX_SOCKET}`;
}

/** The port is the same with TLS: the address does not tell whether there is any. */
function normalTcp(address: string): string | undefined {
  const [, authority = "", path = ""] = /^([^/?#]*)([^?#]*)/.exec(address)!;
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(place);
  return match ? `tcp://${match[1] || "localhost"}:${match[2] || PORT}${path}` : undefined;
}
