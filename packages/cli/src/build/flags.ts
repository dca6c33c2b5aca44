import { type FlagTable, GLOBAL_FLAGS } from "../flags/table.ts";
import { PROGRESS_MODES } from "../progress/modes.ts";

const RESOURCES = [
  "memory=",
  "memory-swap=",
  "cpu-shares=",
  "cpu-period=",
  "cpu-quota=",
  "cpuset-cpus=",
  "cpuset-mems=",
];
const ULIMITS = ["core=", "cpu=", "data=", "fsize=", "memlock=", "nofile=", "nproc=", "rtprio=", "stack="];
const LEVELS = ["manifest:", "manifest-descriptor:", "index:", "index-descriptor:"];

const OLD_RESOURCE = { type: "string", doc: "", hidden: true } as const;
const IGNORED = { type: "boolean", doc: "", hidden: true } as const;

/** The flags of `tsbx build`. */
export const BUILD_FLAGS = {
  ...GLOBAL_FLAGS,
  "add-host": { type: "list", value: "host:ip", doc: "Add a custom host-to-IP mapping" },
  allow: {
    type: "list",
    complete: ["network.host", "security.insecure", "device", "buildx.local.delete"],
    value: "entitlement",
    doc: "Allow extra privileged entitlement (network.host, ...)",
  },
  annotation: { type: "list", complete: LEVELS, value: "key=value", doc: "Add annotation to the image" },
  attest: {
    type: "list",
    complete: "attestation",
    value: "type=sbom|provenance,...",
    doc: "Attestation parameters",
  },
  "build-arg": {
    type: "list",
    complete: "build-arg",
    value: "key[=value]",
    doc: "Set a build-time variable; without value, from the environment",
  },
  "build-context": {
    type: "list",
    complete: "build-context",
    value: "name=value",
    doc: "Additional build context",
  },
  "cache-from": { type: "list", complete: "cache-from", value: "ref|type=...", doc: "External cache source" },
  "cache-to": { type: "list", complete: "cache-to", value: "ref|type=...", doc: "Cache export destination" },
  call: {
    type: "string",
    complete: ["build", "check", "outline", "targets", "subrequests.describe"],
    value: "request[,format=json]",
    doc: 'What to ask of the Dockerfile: "build", "check", "outline", "targets", ...',
  },
  "cgroup-parent": { type: "string", doc: "Parent cgroup of the RUN instructions" },
  check: { type: "boolean", doc: 'Shorthand for "--call=check"' },
  "explain-cache": { type: "boolean", doc: "Say why steps were not cached" },
  file: {
    type: "string",
    complete: "file",
    short: "f",
    value: "path|URL",
    doc: 'Name of the Dockerfile (default: "PATH/Dockerfile")',
  },
  iidfile: { type: "string", complete: "file", value: "path", doc: "Write the image ID to a file" },
  label: { type: "list", value: "key[=value]", doc: "Set metadata for an image" },
  load: { type: "boolean", doc: 'Shorthand for "--output=type=docker"' },
  "metadata-file": {
    type: "string",
    complete: "file",
    value: "path",
    doc: "Write the build's result metadata to a file",
  },
  network: {
    type: "string",
    complete: ["default", "none", "host"],
    doc: 'Networking mode of the RUN instructions: "default", "none" or "host"',
  },
  "no-cache": { type: "boolean", doc: "Do not use the cache when building the image" },
  "no-cache-filter": {
    type: "list",
    complete: "stages",
    value: "stage",
    doc: "Do not cache the named stages",
  },
  output: { type: "list", complete: "output", short: "o", value: "path|type=...", doc: "Output destination" },
  platform: { type: "list", complete: "platforms", value: "os/arch", doc: "Target platform" },
  policy: {
    type: "list",
    complete: "policy",
    value: "filename=...|disabled=true",
    doc: "Source policies in Rego, or none",
  },
  progress: {
    type: "string",
    complete: PROGRESS_MODES,
    value: "mode",
    doc: 'Progress output: "auto", "none", "plain", "quiet", "rawjson" or "tty"',
  },
  provenance: {
    type: "string",
    complete: ["true", "false", "mode=min", "mode=max"],
    value: "bool|mode=...",
    doc: 'Shorthand for "--attest=type=provenance"',
  },
  pull: { type: "boolean", doc: "Always attempt to pull all referenced images" },
  push: { type: "boolean", doc: 'Shorthand for "--output=type=registry"' },
  quiet: { type: "boolean", short: "q", doc: "Suppress the build output and print the image ID on success" },
  report: {
    type: "string",
    complete: "file",
    value: "path",
    doc: "Write a page about the build to a file: steps, cache, context",
  },
  resource: {
    type: "list",
    complete: RESOURCES,
    value: "name=value",
    doc: 'Limit of the RUN instructions ("memory=2g", ...)',
  },
  sbom: {
    type: "string",
    complete: ["true", "false"],
    value: "bool|...",
    doc: 'Shorthand for "--attest=type=sbom"',
  },
  secret: { type: "list", complete: "secret", value: "id=...", doc: "Secret to expose to the build" },
  "shm-size": { type: "string", value: "bytes", doc: "Size of /dev/shm in the RUN instructions" },
  ssh: {
    type: "list",
    complete: "ssh",
    value: "default|id=path,...",
    doc: "SSH agent socket or keys to expose to the build",
  },
  tag: { type: "list", short: "t", value: "name[:tag]", doc: "Name and optionally a tag of the image" },
  target: { type: "string", complete: "stage", value: "stage", doc: "Target build stage to build" },
  ulimit: {
    type: "list",
    complete: ULIMITS,
    value: "name=soft[:hard]",
    doc: "Ulimit of the RUN instructions",
  },

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
