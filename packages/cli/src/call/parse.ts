import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "../flags/boolean.ts";
import { parseCsv } from "../flags/csv.ts";

/** What the frontend is asked, and how its answer is printed. */
export interface Call {
  /** BuildKit's name of the request, without `frontend.`. */
  name: string;
  format: "text" | "json";
  /** Exits with 0 whatever the answer's status code is. */
  ignoreStatus: boolean;
}

const ALIASES: ReadonlyMap<string, string> = new Map([["check", "lint"]]);

/**
 * Reads `--call`, of which `--check` is the short form: a request's name, with `format` and `ignorestatus`.
 * @returns nothing when it asks for a build
 * @throws TsbxError `INVALID_CALL`
 */
export function parseCall({
  call = "",
  check,
}: {
  call?: string | undefined;
  check: boolean;
}): Call | undefined {
  const wanted = { name: "", format: "text" as Call["format"], ignoreStatus: false };
  for (const field of parseCsv(check ? "check" : call)) {
    const [key, value] = splitField(field);
    if (value === undefined && wanted.name === "") wanted.name = ALIASES.get(key) ?? key;
    else if (value === undefined) throw invalid(call, `more than one request in ${call}`);
    else if (key === "format") wanted.format = formatOf(value, call);
    else if (key === "ignorestatus") wanted.ignoreStatus = booleanOf(value, call);
    else throw invalid(call, `unknown field ${field}`);
  }
  return wanted.name === "" || wanted.name === "build" ? undefined : wanted;
}

function splitField(field: string): [key: string, value?: string] {
  const at = field.indexOf("=");
  return at < 0 ? [field] : [field.slice(0, at), field.slice(at + 1)];
}

function formatOf(value: string, call: string): Call["format"] {
  if (value === "text" || value === "json") return value;
  throw invalid(call, `unknown format ${value}`);
}

function booleanOf(value: string, call: string): boolean {
  const parsed = parseBoolean(value);
  if (parsed === undefined) throw invalid(call, `ignorestatus=${value} is not a boolean`);
  return parsed;
}

function invalid(call: string, problem: string): TsbxError {
  return new TsbxError("INVALID_CALL", `invalid --call "${call}": ${problem}`, {
    hint: "Write it as build, check, outline, targets or another request, with format=text|json and ignorestatus=BOOL.",
  });
}
