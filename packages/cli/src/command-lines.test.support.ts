import fc from "fast-check";
import { csv, text } from "../../../scripts/fuzz/text.ts";
import { COMMANDS } from "./commands/registry.ts";
import type { FlagSpec, FlagTable } from "./flags/table.ts";

/** Addresses at which nothing listens. */
export const DEAD_ENDPOINTS = [
  "unix:///nonexistent/tsbx-fuzz.sock",
  "tcp://127.0.0.1:1",
  "docker-container://nobody",
  "kube-pod://nobody",
] as const;

const BUILDERS = ["default", "mine", "other", "remote", "Mine"];
const BYTES = ["1", "512m", "1.5gb", "0", "-1"];
const TIMES = ["1ms", "5s", "0", "soon"];
const TEMPLATES = [
  "json",
  "table {{.Name}}\\t{{.ID}}",
  "{{.Name}}",
  "{{range .Nodes}}{{.}}{{end}}",
  "{{json .}}",
];

/** What the flags' values look like. Files are written and removed, so their names are made of letters. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "add-host": csv(["a:1.2.3.4", "b"], ["::1", "1.2.3.4"]),
  allow: text(["network.host", "security.insecure", "device=a", "buildx.local.delete"]),
  annotation: text(["a=b", "index:a=b", "manifest[linux/amd64],index:a=b", "manifest[x]:a"]),
  attest: csv(["type", "mode", "disabled"], ["provenance", "sbom", "max"]),
  "build-arg": text(["A=1", "PATH", "SOURCE_DATE_EPOCH=0"]),
  "build-context": text([
    "a=.",
    "b=docker-image://busybox",
    "c=oci-layout://sub",
    "d=https://example.invalid/x",
  ]),
  builder: text(BUILDERS),
  "cache-from": csv(["type", "ref", "src"], ["registry", "local", "gha", "s3", "sub"]),
  "cache-to": csv(["type", "ref", "dest", "mode"], ["inline", "local", "gha", "s3", "cache", "max"]),
  call: csv(["check", "outline", "format", "ignorestatus"], ["json", "targets"]),
  driver: text(["remote", "docker", "docker-container", "kubernetes", "buildkitd"]),
  "driver-opt": csv(
    ["default-load", "servername", "network", "image", "replicas", "namespace", "env.A"],
    ["true", "2"],
  ),
  file: text(["Dockerfile", "sub/file", "-", "nowhere"]),
  filter: text(["type=regular", "until=24h", "id=x", "shared!=true"]),
  format: text(TEMPLATES),
  iidfile: fc.constantFrom("iid", "sub/iid", "none/iid"),
  "metadata-file": fc.constantFrom("metadata", "none/metadata"),
  // That of a build that fails is written, too.
  report: fc.constantFrom("none/report.html"),
  name: text(BUILDERS),
  node: text(["mine0", "other0"]),
  output: csv(
    ["type", "dest", "mode", "name", "push", "tar"],
    ["local", "tar", "oci", "docker", "image", "out", "delete"],
  ),
  platform: csv(["linux/amd64", "linux/arm64"], ["local", "windows", "arm"]),
  policy: csv(["disabled"], ["true"]),
  print: text(["outline"]),
  progress: text(["auto", "plain", "tty", "rawjson", "quiet", "none"]),
  provenance: csv(["mode", "disabled"], ["max", "false"]),
  resource: csv(["memory", "cpu-shares"], BYTES),
  sbom: csv(["generator", "disabled"], ["false"]),
  secret: csv(["id", "src", "env", "type"], ["a", "Dockerfile", "nowhere", "file"]),
  ssh: csv(["default", "id"], ["Dockerfile", "nowhere"]),
  tag: text(["a:b", "example.invalid/a", "A:B"]),
  target: text(["a"]),
  timeout: text(TIMES),
  ulimit: text(["nofile=1:2", "core=0"]),
};
const BOOLEANS = text(["true", "false", "1", "0"]);
const SIZES = text(BYTES);

/** As often as they have something to get wrong. */
const COMMANDS_BY_WEIGHT = Object.keys(COMMANDS).flatMap((name) =>
  Array<string>({ build: 14, create: 6, help: 1, version: 1 }[name] ?? 2).fill(name),
);

/** Command lines of all commands, right ones and wrong ones. */
export function commandLines(): fc.Arbitrary<string[]> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...COMMANDS_BY_WEIGHT).chain(lineOf) },
    {
      weight: 1,
      arbitrary: fc.array(text([...Object.keys(COMMANDS), "--help", "-D", "--builder"]), { maxLength: 5 }),
    },
  );
}

/** Filled before the first command line is made, for the commands are loaded for it. */
const TABLES = new Map<string, FlagTable>();

export async function loadFlags(): Promise<void> {
  for (const [name, { load }] of Object.entries(COMMANDS)) TABLES.set(name, (await load()).flags);
}

function lineOf(command: string): fc.Arbitrary<string[]> {
  const flags = Object.entries(TABLES.get(command) ?? {}).filter(([name]) => name !== "help");
  const flag = fc.constantFrom(...flags).chain(([name, spec]) => given(name, spec));
  const noArguments = /^(du|ls|prune|dial-stdio|version)$/.test(command);
  const argument = text(
    command === "build" ? [".", "context", "-", "nowhere"] : [...BUILDERS, ...DEAD_ENDPOINTS],
  );
  // The arguments that commands mostly want, so that many lines get past the first check.
  const usual =
    command === "build"
      ? fc.constantFrom([], ["."], ["."], ["."], ["."], ["-"])
      : noArguments
        ? fc.constant([])
        : fc.constantFrom<string[]>([], [], ["mine"], [DEAD_ENDPOINTS[0]]);
  const words = fc.array(
    fc.oneof(
      { weight: 12, arbitrary: flag },
      ...(noArguments ? [] : [{ weight: 1, arbitrary: argument.map((each) => [each]) }]),
      { weight: 1, arbitrary: text(["--help", "--nope", "-x", "--"]).map((each) => [each]) },
    ),
    { maxLength: 4 },
  );
  return fc.tuple(words, usual).map(([some, more]) => [command, ...some.flat(), ...more]);
}

/** A flag with its value, in one of the ways to write it. */
function given(name: string, { type, short }: FlagSpec): fc.Arbitrary<string[]> {
  const ways = short ? 4 : 2;
  if (type === "boolean") {
    return fc.tuple(BOOLEANS, fc.nat(7)).map(([value, way]) => {
      if (way === 0) return [`--${name}=${value}`];
      return [way < 4 && short ? `-${short}` : `--${name}`];
    });
  }
  return fc.tuple(VALUES[name] ?? SIZES, fc.nat(ways - 1)).map(([value, way]) => {
    if (way === 0) return [`--${name}`, value];
    if (way === 1) return [`--${name}=${value}`];
    return way === 2 ? [`-${short}${value}`] : [`-${short}`, value];
  });
}
