import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { COMMANDS } from "../commands/registry.ts";
import { isFile } from "../files/is-file.ts";
import type { CliIo } from "../io.ts";
import { type DockerfileNames, dockerfileNames } from "./dockerfile.ts";
import { FIELD_TABLES } from "./field-tables.ts";
import { fieldCandidates } from "./fields.ts";
import type { Candidate, Candidates, Completion, ValueKind } from "./kinds.ts";
import type { Line } from "./line.ts";
import { pathCandidates } from "./paths.ts";

const PLATFORMS = [
  ...["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/386", "linux/ppc64le"],
  ...["linux/s390x", "linux/riscv64", "linux/loong64", "windows/amd64", "local"],
];

/** Where a value is completed. */
export interface ValueContext {
  io: Pick<CliIo, "env" | "cwd">;
  line: Line;
}

/** Completes a value that is a word of its own. */
export async function valueCandidates(
  completion: Completion,
  text: string,
  context: ValueContext,
): Promise<Candidates> {
  if (completion === "file") return { list: [], native: "files" };
  if (completion === "directory") return { list: [], native: "directories" };
  return { list: await partCandidates(completion, text, context) };
}

/** Completes a value that may be a part of a word. */
export async function partCandidates(
  completion: Completion,
  text: string,
  context: ValueContext,
): Promise<readonly Candidate[]> {
  if (typeof completion !== "string") return completion.map(word);
  const fields = FIELD_TABLES[completion];
  if (fields) return fieldCandidates(fields, text, (kind, value) => partCandidates(kind, value, context));
  return looked(completion, text, context);
}

async function looked(kind: ValueKind, text: string, context: ValueContext): Promise<readonly Candidate[]> {
  const { io, line } = context;
  switch (kind) {
    case "file":
    case "directory":
      return pathCandidates(text, { ...io, onlyDirectories: kind === "directory" });
    case "builder":
      return (await builders(io)).map(({ name, driver }) => ({ value: name, doc: `${driver} driver` }));
    case "node": {
      const named = line.given.get("name")?.at(-1);
      const builder = (await builders(io)).find(({ name }) => name === named);
      return (builder?.nodes ?? []).map(({ name, endpoint }) => ({ value: name, doc: endpoint }));
    }
    case "command":
      return Object.entries(COMMANDS)
        .filter(([, { hidden }]) => !hidden)
        .map(([name, { summary }]) => ({ value: name, doc: summary }));
    case "driver": {
      const { discoverDrivers } = await import("../discovery/discover.ts");
      const drivers = await discoverDrivers(io);
      return drivers.names().map((name) => ({ value: name, doc: drivers.packagesOf(name)[0]!.name }));
    }
    case "driver-option":
      return (await import("./driver-options.ts")).driverOptionCandidates(text, context);
    case "platforms":
      return listed(text, PLATFORMS);
    case "stage":
      return (await dockerfile(context)).stages.map(word);
    case "stages":
      return listed(text, (await dockerfile(context)).stages);
    case "build-arg":
      return (await dockerfile(context)).args.map(assigned);
    case "build-context": {
      if (text.includes("=")) return afterEquals(text, "directory", context);
      const { bases, stages } = await dockerfile(context);
      return [...stages, ...bases].map(assigned);
    }
    case "ssh":
      if (text.includes("=")) return afterEquals(text, "file", context);
      return [word("default"), assigned("default")];
    default:
      return [];
  }
}

function word(value: string): Candidate {
  return /[=:]$/.test(value) ? { value, open: true } : { value };
}

function assigned(name: string): Candidate {
  return word(`${name}=`);
}

async function afterEquals(text: string, kind: ValueKind, context: ValueContext): Promise<Candidate[]> {
  const equals = text.indexOf("=") + 1;
  const found = await partCandidates(kind, text.slice(equals), context);
  return found.map((each) => ({ ...each, value: text.slice(0, equals) + each.value }));
}

/** The last item of a list that commas separate; those before it are not offered again. */
function listed(text: string, items: readonly string[]): Candidate[] {
  const comma = text.lastIndexOf(",") + 1;
  const before = text.slice(0, comma).split(",");
  return items.filter((item) => !before.includes(item)).map((item) => word(text.slice(0, comma) + item));
}

async function builders({ env }: Pick<CliIo, "env">) {
  const [{ BuilderStore }, { storeDir }] = await Promise.all([
    import("@tsbx/core/store"),
    import("../builders/host.ts"),
  ]);
  return (await new BuilderStore(storeDir(env), env).list()).builders;
}

/** The names in the Dockerfile that the command line is about, as far as it has been typed. */
async function dockerfile({ io: { cwd }, line }: ValueContext): Promise<DockerfileNames> {
  const file = line.given.get("file")?.at(-1);
  const [context = "."] = line.positionals;
  const candidates = file ? [file] : [join(context, "Dockerfile"), join(context, "dockerfile")];
  for (const name of candidates) {
    const path = resolve(cwd, name);
    if (!(await isFile(path))) continue;
    return dockerfileNames(await readFile(path, "utf8"));
  }
  return { stages: [], bases: [], args: [] };
}
