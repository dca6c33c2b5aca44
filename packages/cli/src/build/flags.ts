import { type FlagTable, GLOBAL_FLAGS } from "../flags/table.ts";

const LATER = { type: "list", doc: "", later: true } as const;
const IGNORED = { type: "boolean", doc: "", hidden: true } as const;

/** The flags of `tsbx build`. */
export const BUILD_FLAGS = {
  ...GLOBAL_FLAGS,
  "add-host": { type: "list", value: "host:ip", doc: "Add a custom host-to-IP mapping" },
  allow: {
    type: "list",
    value: "entitlement",
    doc: "Allow extra privileged entitlement (network.host, ...)",
  },
  attest: { type: "list", value: "type=sbom|provenance,...", doc: "Attestation parameters" },
  "build-arg": {
    type: "list",
    value: "key[=value]",
    doc: "Set a build-time variable; without value, from the environment",
  },
  "build-context": { type: "list", value: "name=value", doc: "Additional build context" },
  "cache-from": { type: "list", value: "ref|type=...", doc: "External cache source" },
  "cache-to": { type: "list", value: "ref|type=...", doc: "Cache export destination" },
  "cgroup-parent": { type: "string", doc: "Parent cgroup of the RUN instructions" },
  file: {
    type: "string",
    short: "f",
    value: "path",
    doc: 'Name of the Dockerfile (default: "PATH/Dockerfile")',
  },
  iidfile: { type: "string", value: "path", doc: "Write the image ID to a file" },
  label: { type: "list", value: "key[=value]", doc: "Set metadata for an image" },
  load: { type: "boolean", doc: 'Shorthand for "--output=type=docker"' },
  "metadata-file": { type: "string", value: "path", doc: "Write the build's result metadata to a file" },
  network: { type: "string", doc: 'Networking mode of the RUN instructions: "default", "none" or "host"' },
  "no-cache": { type: "boolean", doc: "Do not use the cache when building the image" },
  "no-cache-filter": { type: "list", value: "stage", doc: "Do not cache the named stages" },
  output: { type: "list", short: "o", value: "path|type=...", doc: "Output destination" },
  platform: { type: "list", value: "os/arch", doc: "Target platform" },
  progress: {
    type: "string",
    value: "mode",
    doc: 'Progress output: "auto", "none", "plain", "quiet", "rawjson" or "tty"',
  },
  provenance: { type: "string", value: "bool|mode=...", doc: 'Shorthand for "--attest=type=provenance"' },
  pull: { type: "boolean", doc: "Always attempt to pull all referenced images" },
  push: { type: "boolean", doc: 'Shorthand for "--output=type=registry"' },
  quiet: { type: "boolean", short: "q", doc: "Suppress the build output and print the image ID on success" },
  sbom: { type: "string", value: "bool|...", doc: 'Shorthand for "--attest=type=sbom"' },
  secret: { type: "list", value: "id=...", doc: "Secret to expose to the build" },
  "shm-size": { type: "string", value: "bytes", doc: "Size of /dev/shm in the RUN instructions" },
  ssh: { type: "list", value: "default|id=path,...", doc: "SSH agent socket or keys to expose to the build" },
  tag: { type: "list", short: "t", value: "name[:tag]", doc: "Name and optionally a tag of the image" },
  target: { type: "string", value: "stage", doc: "Target build stage to build" },
  ulimit: { type: "list", value: "name=soft[:hard]", doc: "Ulimit of the RUN instructions" },

  annotation: LATER,
  call: LATER,
  check: { type: "boolean", doc: "", later: true },
  policy: LATER,
  print: LATER,
  resource: LATER,
  memory: { ...LATER, short: "m" },
  "memory-swap": LATER,
  "cpu-shares": { ...LATER, short: "c" },
  "cpu-period": LATER,
  "cpu-quota": LATER,
  "cpuset-cpus": LATER,
  "cpuset-mems": LATER,
  isolation: LATER,
  "security-opt": LATER,
  squash: { type: "boolean", doc: "", later: true },

  // The peer takes these for the sake of old scripts, and so does tsbx: they have no effect.
  compress: IGNORED,
  "force-rm": IGNORED,
  rm: IGNORED,
} as const satisfies FlagTable;
