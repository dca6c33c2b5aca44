import type { SourceRequest } from "@tsbx/core";
import { EvaluationError, RegoObject, Unresolved } from "../evaluation/values.ts";
import { present } from "./build-environment.ts";
import type { Entries } from "./source-input.ts";

const URL_PARTS = /^(https?):\/\/(?:[^/?#]*@)?([^/?#@]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s;

/** `input.http` */
export function httpInput({ identifier, attrs, http }: SourceRequest): Entries {
  const [, schema, host, path, query] = URL_PARTS.exec(identifier) ?? [];
  if (schema === undefined || host === undefined || path === undefined) {
    throw new EvaluationError(`${identifier} is no URL that is supported`);
  }
  return [
    ["url", identifier],
    ["schema", schema],
    ...present("host", host),
    ...present("path", decoded(path)),
    ...present("query", parameters(query ?? "")),
    ...present("hasAuth", Object.hasOwn(attrs, "http.authheadersecret")),
    http ? ["checksum", http.checksum] : ["checksum", new Unresolved("http.checksum")],
  ];
}

/** Each parameter's values, in their order. */
function parameters(query: string): RegoObject {
  const values = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    if (pair.includes(";")) throw new EvaluationError("a semicolon in a URL's query is not supported");
    const [name = "", ...rest] = pair.split("=");
    const [key, value] = [name, rest.join("=")].map((text) => decoded(text.replaceAll("+", " "))) as [
      string,
      string,
    ];
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return RegoObject.of(values);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new EvaluationError(`${text} is not encoded as URLs are`);
  }
}
