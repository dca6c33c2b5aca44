import type { OptionSpec } from "@tsbx/core/driver";
import { chooseDriver } from "../builders/create/choose-driver.ts";
import { discoverDrivers } from "../discovery/discover.ts";
import { fieldCandidates } from "./fields.ts";
import type { Candidate, Completion } from "./kinds.ts";
import { partCandidates, type ValueContext } from "./values.ts";

/** Completes the options of the driver that the command line is about, which is loaded for them. */
export async function driverOptionCandidates(text: string, context: ValueContext): Promise<Candidate[]> {
  const { io, line } = context;
  const drivers = await discoverDrivers(io);
  const name = line.given.get("driver")?.at(-1) ?? chooseDriver(line.positionals[0], { ...io, drivers });
  const { options } = await drivers.load(name);
  const keys = Object.fromEntries(Object.entries(options).map(([key, spec]) => [key, completionOf(spec)]));
  const complete = (kind: Completion, value: string) => partCandidates(kind, value, context);
  const found = await fieldCandidates({ keys }, text, complete);
  return found.map((candidate) => {
    const key = candidate.value.slice(text.lastIndexOf(",") + 1).replace(/=$/, "");
    return options[key] ? { ...candidate, doc: options[key].doc } : candidate;
  });
}

function completionOf({ type, values = [] }: OptionSpec): Completion {
  if (type === "boolean") return ["true", "false"];
  return type === "path" ? "file" : values;
}
