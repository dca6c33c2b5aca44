/**
 * @typedef {object} GoModule
 * @property {string} ldflags  `go install` takes the version from go.mod, but most commands only report it when
 *   told at link time
 * @property {readonly string[]} [tags]
 * @property {boolean} [cgo]
 * @property {string} [folder]  in `go/`, when it is not named like the module
 * @property {Record<string, string>} commands  package by the name of its binary
 */

const strip = "-s -w";
const kubernetes = "k8s.io/component-base/version";

/**
 * What is built of the modules in `go/`, each pinned on its own: their dependencies do not agree with each other.
 * @satisfies {Record<string, GoModule>}
 */
export const goModules = /** @type {const} */ ({
  buildkit: {
    ldflags: [
      strip,
      "-X github.com/moby/buildkit/version.Version=v0.32.2",
      "-X github.com/docker/buildx/version.Version=v0.36.1",
    ].join(" "),
    commands: {
      buildkitd: "github.com/moby/buildkit/cmd/buildkitd",
      buildctl: "github.com/moby/buildkit/cmd/buildctl",
      buildx: "github.com/docker/buildx/cmd/buildx",
      "dockerfile-frontend": "github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend",
    },
  },
  // What of the Dockerfile frontend is in its labs release alone.
  "buildkit-labs": {
    folder: "buildkit",
    ldflags: `${strip} -X github.com/moby/buildkit/version.Version=v0.32.2`,
    tags: ["dfrundevice"],
    commands: {
      "dockerfile-frontend-labs": "github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend",
    },
  },
  runc: {
    // Without the seccomp tag RUN steps fail, and seccomp needs cgo; static, to run inside the BuildKit image too.
    ldflags: `${strip} -extldflags -static`,
    tags: ["seccomp"],
    cgo: true,
    commands: { runc: "github.com/opencontainers/runc" },
  },
  s3: {
    ldflags: strip,
    commands: { versitygw: "github.com/versity/versitygw/cmd/versitygw" },
  },
  moby: {
    ldflags: `${strip} -X github.com/moby/moby/v2/dockerversion.Version=29.0.0-beta.24`,
    commands: {
      dockerd: "github.com/moby/moby/v2/cmd/dockerd",
      containerd: "github.com/containerd/containerd/v2/cmd/containerd",
      "containerd-shim-runc-v2": "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
      ctr: "github.com/containerd/containerd/v2/cmd/ctr",
    },
  },
  kubernetes: {
    ldflags: [
      strip,
      `-X ${kubernetes}.gitVersion=v1.34.3`,
      `-X ${kubernetes}.gitMajor=1`,
      `-X ${kubernetes}.gitMinor=34`,
    ].join(" "),
    commands: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubelet: "k8s.io/kubernetes/cmd/kubelet",
    },
  },
});

/** @typedef {keyof typeof goModules} ModuleName */
/**
 * @typedef {{ [M in ModuleName]: keyof (typeof goModules)[M]["commands"] }[ModuleName]} ToolName
 */
