import { RegoObject, type Value } from "../evaluation/values.ts";

/** What a policy learns of the build. */
export interface BuildEnvironment {
  args?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  /** The Dockerfile's name, without its directory. */
  filename?: string;
  target?: string;
}

/** `input.env`: what is empty is left out. */
export function environmentInput({ args, labels, filename, target }: BuildEnvironment): Value {
  return RegoObject.of([
    ...present("args", args && texts(args)),
    ...present("labels", labels && texts(labels)),
    ...present("filename", filename),
    ...present("target", target),
    ["depth", 0],
  ]);
}

export function texts(record: Readonly<Record<string, string>>): RegoObject {
  return RegoObject.of(Object.entries(record));
}

/** An entry, unless its value is empty. */
export function present(key: string, value: Value | undefined): Array<readonly [string, Value]> {
  const empty =
    value === undefined ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (value instanceof RegoObject && value.size === 0);
  return empty ? [] : [[key, value]];
}
