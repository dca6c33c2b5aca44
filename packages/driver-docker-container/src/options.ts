import type { OptionSchema, OptionSpec } from "@tsbx/core/driver";
import { byteSize } from "./byte-size.ts";
import { restartPolicy } from "./restart-policy.ts";

type Check = NonNullable<OptionSpec["check"]>;

const size: Check = (value) =>
  byteSize(String(value)) === undefined ? "bytes, such as 512m or 4g" : undefined;
const swap: Check = (value) =>
  value === "-1" ? undefined : size(value) && "bytes, such as 512m or 4g, or -1 for no limit";
const list: Check = (value) =>
  /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(String(value)) ? undefined : "numbers and ranges, such as 0-3,5";
const notNegative: Check = (value) => (Number(value) < 0 ? "a whole number from 0" : undefined);
const given: Check = (value) => (value === "" ? "a text that is not the empty one" : undefined);

export const options = {
  image: {
    type: "string",
    doc: "The BuildKit image of the container.",
    default: "moby/buildkit:buildx-stable-1",
    check: given,
  },
  network: {
    type: "string",
    doc: "The network of the container: `host`, `none`, `container:NAME` or a network's name.",
    check: given,
  },
  memory: { type: "string", doc: "The memory that the container may use.", check: size },
  "memory-swap": {
    type: "string",
    doc: "The memory and swap space that the container may use together; -1 is no limit.",
    check: swap,
  },
  "cpu-quota": {
    type: "integer",
    doc: "The time in microseconds that the container may run for in each `cpu-period`.",
    check: (value) => (Number(value) < -1 ? "a whole number from -1" : undefined),
  },
  "cpu-period": { type: "integer", doc: "The period in microseconds of `cpu-quota`.", check: notNegative },
  "cpu-shares": {
    type: "integer",
    doc: "The container's weight when CPUs are busy; Docker's default is 1024.",
    check: notNegative,
  },
  "cpuset-cpus": { type: "string", doc: "The CPUs that the container may run on.", check: list },
  "cpuset-mems": { type: "string", doc: "The memory nodes that the container may use.", check: list },
  "cgroup-parent": {
    type: "string",
    doc: "The control group of the container, where the daemon's cgroup driver is cgroupfs; it is `/docker/buildx` by default.",
    check: given,
  },
  "restart-policy": {
    type: "string",
    doc: "When Docker starts the container again.",
    default: "unless-stopped",
    check: (value) =>
      restartPolicy(String(value)) ? undefined : "no, always, unless-stopped, on-failure or on-failure:COUNT",
  },
  "env.": { type: "string", doc: "An environment variable of buildkitd.", prefix: true },
  "default-load": {
    type: "boolean",
    doc: "Load the image of a build that names no output into the daemon's image store.",
    default: false,
  },
  "provenance-add-gha": {
    type: "boolean",
    doc: "In GitHub Actions, add the workflow's context to the provenance of builds.",
    default: true,
  },
  "allow-untrusted-image": {
    type: "boolean",
    doc: "For Buildx, which verifies the signature of its default image; tsbx verifies none.",
    default: false,
  },
} as const satisfies OptionSchema;
