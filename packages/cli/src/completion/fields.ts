import { splitKeyValue } from "../flags/key-value.ts";
import type { Candidate, Completion } from "./kinds.ts";

/** What a value of comma-separated `key=value` fields can have. */
export interface Fields {
  /** What can stand in the place of fields. */
  alone?: Completion;
  /** Keys with what their values can be. */
  keys: Readonly<Record<string, Completion>>;
  /** What the `type` can be, and the keys that each adds. */
  types?: Readonly<Record<string, Readonly<Record<string, Completion>>>>;
}

/** Completes a value of what completion there is. */
export type Completer = (completion: Completion, text: string) => Promise<readonly Candidate[]>;

/** Completes the last field of `text`. */
export async function fieldCandidates(
  { alone, keys, types }: Fields,
  text: string,
  complete: Completer,
): Promise<Candidate[]> {
  const comma = text.lastIndexOf(",") + 1;
  const done = text.slice(0, comma);
  const [key, value] = splitKeyValue(text.slice(comma));
  const given = new Map(done.split(",").map(splitKeyValue));
  const type = given.get("type");
  const known = { ...keys, ...(type !== undefined && types?.[type]) };
  if (value !== undefined) {
    const prefix = `${done}${key}=`;
    const completion = key === "type" && types ? Object.keys(types) : known[key];
    const found = completion ? await complete(completion, value) : [];
    return found.map((each) => ({ ...each, value: `${prefix}${each.value}`, open: true }));
  }
  const typed = types && type === undefined ? Object.keys(types).map((name) => `type=${name}`) : [];
  const others = Object.keys(known).filter((name) => !given.has(name));
  const words = [...typed, ...others.map((name) => (/[.=]$/.test(name) ? name : `${name}=`))];
  const found = words.map((word): Candidate => ({ value: `${done}${word}`, open: true }));
  return alone && comma === 0 ? [...found, ...(await complete(alone, text))] : found;
}
