import { type FlagTable, GLOBAL_FLAGS } from "../flags/table.ts";

const OLD_RESOURCE = { type: "string", doc: "", hidden: true } as const;
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
  annotation: { type: "list", value: "key=value", doc: "Add annotation to the image" },
  attest: { type: "list", value: "type=sbom|provenance,...", doc: "Attestation parameters" },
  "build-arg": {
    type: "list",
    value: "key[=value]",
    doc: "Set a build-time variable; without value, from the environment",
  },
  "build-context": { type: "list", value: "name=value", doc: "Additional build context" },
  "cache-from": { type: "list", value: "ref|type=...", doc: "External cache source" },
  "cache-to": { type: "list", value: "ref|type=...", doc: "Cache export destination" },
  call: {
    type: "string",
    value: "request[,format=json]",
    doc: 'What to ask of the Dockerfile: "build", "check", "outline", "targets", ...',
  },
  "cgroup-parent": { type: "string", doc: "Parent cgroup of the RUN instructions" },
  check: { type: "boolean", doc: 'Shorthand for "--call=check"' },
  file: {
    type: "string",
    short: "f",
    value: "path|URL",
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
  policy: { type: "list", value: "disabled=true", doc: "Source policies; evaluating them is not supported" },
  progress: {
    type: "string",
    value: "mode",
    doc: 'Progress output: "auto", "none", "plain", "quiet", "rawjson" or "tty"',
  },
  provenance: { type: "string", value: "bool|mode=...", doc: 'Shorthand for "--attest=type=provenance"' },
  pull: { type: "boolean", doc: "Always attempt to pull all referenced images" },
  push: { type: "boolean", doc: 'Shorthand for "--output=type=registry"' },
  quiet: { type: "boolean", short: "q", doc: "Suppress the build output and print the image ID on success" },
  resource: { type: "list", value: "name=value", doc: 'Limit of the RUN instructions ("memory=2g", ...)' },
  sbom: { type: "string", value: "bool|...", doc: 'Shorthand for "--attest=type=sbom"' },
  secret: { type: "list", value: "id=...", doc: "Secret to expose to the build" },
  "shm-size": { type: "string", value: "bytes", doc: "Size of /dev/shm in the RUN instructions" },
  ssh: { type: "list", value: "default|id=path,...", doc: "SSH agent socket or keys to expose to the build" },
  tag: { type: "list", short: "t", value: "name[:tag]", doc: "Name and optionally a tag of the image" },
  target: { type: "string", value: "stage", doc: "Target build stage to build" },
  ulimit: { type: "list", value: "name=soft[:hard]", doc: "Ulimit of the RUN instructions" },

  // Names that single resources had before --resource.
  memory: { ...OLD_RESOURCE, short: "m" },
  "memory-swap": OLD_RESOURCE,
  "cpu-shares": { ...OLD_RESOURCE, short: "c" },
  "cpu-period": OLD_RESOURCE,
  "cpu-quota": OLD_RESOURCE,
  "cpuset-cpus": OLD_RESOURCE,
  "cpuset-mems": OLD_RESOURCE,

  // The former name of --call.
  print: { type: "string", doc: "", hidden: true },

  // The peer takes these for the sake of old scripts, and so does tsbx: they have no effect.
  compress: IGNORED,
  "force-rm": IGNORED,
  rm: IGNORED,
  isolation: { type: "string", doc: "", hidden: true },
  "security-opt": { type: "list", doc: "", hidden: true },
  squash: IGNORED,
} as const satisfies FlagTable;
