import { createHash } from "node:crypto";
import { EvaluationError, RegoObject, Unresolved } from "../evaluation/values.ts";
import { present } from "./build-environment.ts";

const SIGNATURE = /^-----BEGIN (?:PGP|SSH) SIGNATURE-----$/m;

interface GitObject {
  headers: Map<string, string[]>;
  message: string;
  signed: boolean;
}

/** `input.git.commit`, if it is the object of that checksum. */
export function commitInput(bytes: Uint8Array, checksum: string): RegoObject {
  const { headers, message, signed } = parse("commit", bytes, checksum);
  return RegoObject.of([
    ...present("tree", headers.get("tree")?.[0]),
    ...present("parents", headers.get("parent")),
    ...present("author", actor(headers.get("author")?.[0])),
    ...present("committer", actor(headers.get("committer")?.[0])),
    ...present("message", message),
    ...signatures("commit", signed),
  ]);
}

/** `input.git.tag`, if it is the object of that checksum. */
export function tagInput(bytes: Uint8Array, checksum: string): RegoObject {
  const { headers, message, signed } = parse("tag", bytes, checksum);
  return RegoObject.of([
    ...["object", "type", "tag"].flatMap((name) => present(name, headers.get(name)?.[0])),
    ...present("tagger", actor(headers.get("tagger")?.[0])),
    ...present("message", message),
    ...signatures("tag", signed),
  ]);
}

/** Nobody verifies them here. */
function signatures(kind: string, signed: boolean): Array<readonly [string, Unresolved]> {
  if (!signed) return [];
  return ["pgpSignature", "sshSignature"].map((name) => [name, new Unresolved(`git.${kind}.${name}`)]);
}

function parse(kind: "commit" | "tag", bytes: Uint8Array, checksum: string): GitObject {
  const hash = createHash(checksum.length === 64 ? "sha256" : "sha1");
  const found = hash.update(`${kind} ${bytes.length}\0`).update(bytes).digest("hex");
  if (found !== checksum) throw new EvaluationError(`git's ${kind} ${checksum} has the checksum ${found}`);
  const text = Buffer.from(bytes).toString("utf8");
  const [head = "", ...rest] = text.split("\n\n");
  const headers = new Map<string, string[]>();
  // A line that begins with a space belongs to the one before it.
  for (const line of head.replaceAll("\n ", "\0").split("\n")) {
    const [, name, value] = /^(\S+) (.*)$/s.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  const body = rest.join("\n\n");
  // A tag's signature is the end of its message.
  const [message = ""] = kind === "tag" ? body.split(SIGNATURE) : [body];
  const signed = headers.has("gpgsig") || headers.has("gpgsig-sha256") || message !== body;
  return { headers, message: message.replace(/\n$/, ""), signed };
}

function actor(line: string | undefined): RegoObject | undefined {
  const [, name = "", email = "", seconds, zone] =
    /^(.*?)\s*<(.*)>(?:\s+(-?[0-9]+)\s+([+-][0-9]{4}))?/.exec(line ?? "") ?? [];
  const when = seconds !== undefined && zone !== undefined ? timestamp(Number(seconds), zone) : undefined;
  return RegoObject.of([
    ...present("name", name),
    ...present("email", email.trim()),
    ...present("when", when),
  ]);
}

/** In the time zone where it was. */
function timestamp(seconds: number, zone: string): string {
  const [, sign, hours, minutes] = /^([+-])(..)(..)$/.exec(zone)!;
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const local = new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19);
  return offset === 0 ? `${local}Z` : `${local}${sign}${hours}:${minutes}`;
}
