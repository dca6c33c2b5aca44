import { parseDriverOptions } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { options } from "./options.ts";

/** A bad value of every option, with a piece of the accepted form. */
const BAD: Readonly<Record<keyof typeof options, [value: string, form: string]>> = {
  image: ["", "image reference"],
  namespace: ["Builds", "lower-case"],
  context: ["", "not empty"],
  kubeconfig: ["kubeconfig", "absolute path"],
  replicas: ["0", "from 1"],
  "requests.cpu": ["two", "quantity"],
  "requests.memory": ["4GB", "quantity"],
  "requests.ephemeral-storage": ["-1Gi", "quantity"],
  "limits.cpu": ["1,5", "quantity"],
  "limits.memory": ["1 Gi", "quantity"],
  "limits.ephemeral-storage": ["", "quantity"],
  "persistent-volume-claim.requests.storage": ["10gb", "quantity"],
  "buildkit-root-volume-memory": ["all", "quantity"],
  nodeselector: ["disk", "key=value"],
  tolerations: ["key=a,effect=Never", "NoSchedule|"],
  annotations: ["buildx.docker.com/platform=linux/amd64", "without buildx.docker.com/platform"],
  labels: ["a=1,app=x", "without app"],
  rootless: ["yes", "true or false"],
  loadbalance: ["round-robin", "sticky, random"],
  "qemu.install": ["on", "true or false"],
  "qemu.image": ["a b", "image reference"],
  schedulername: ["My Scheduler", "lower-case"],
  serviceaccount: ["me@here", "lower-case"],
  timeout: ["0s", "above 0"],
  "env.": ["", "env.NAME"],
  "default-load": ["maybe", "true or false"],
};

const parse = (pairs: Record<string, string>) => parseDriverOptions(options, pairs, { driver: "kubernetes" });

test.each(Object.entries(BAD).filter(([name]) => name !== "env."))(
  "%s refuses %j with its name and what it takes",
  (name, [value, form]) => {
    expect(() => parse({ [name]: value })).toThrow(
      expect.objectContaining({
        code: "INVALID_DRIVER_OPTION",
        message: `driver option ${name} of the kubernetes driver cannot be ${JSON.stringify(value)}`,
        hint: expect.stringContaining(form),
      }),
    );
  },
);

test("env. refuses an empty name; its values are any text", () => {
  expect(() => parse({ "env.": "x" })).toThrow(/has no option env\./);
  expect(parse({ "env.EMPTY": "" })).toMatchObject({ "env.EMPTY": "" });
});
