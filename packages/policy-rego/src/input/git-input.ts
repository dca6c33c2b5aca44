import type { SourceRequest } from "@tsbx/core";
import { EvaluationError, Unresolved } from "../evaluation/values.ts";
import { present } from "./build-environment.ts";
import { commitInput, tagInput } from "./git-objects.ts";
import type { Entries } from "./source-input.ts";

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const URL_PARTS = /^(https?|ssh|git):\/\/((?:[^/?#@]*@)?)([^/?#@]*)([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/s;
const SCP = /^([^/:@]+@)?([^/:@]+):([^#?]*)(?:#(.*))?$/s;

/** `input.git`. @param rest the identifier behind its `git://` */
export function gitInput(rest: string, { attrs, git }: SourceRequest): Entries {
  const named = location(rest);
  const full = attrs["git.fullurl"];
  const { schema, host, remote } = full === undefined ? named : location(full);
  const [wanted = "", subDir = ""] = named.fragment.split(/:(.*)/s);
  const ref = git?.ref ?? wanted;
  const isCommitRef = COMMIT.test(wanted);
  const isFullRef = isCommitRef || /^refs\/(?:tags|heads)\//.test(wanted);
  const asked = (...fields: string[]): Entries =>
    fields.map((field) => [field, new Unresolved(`git.${field}`)] as const);
  const refs = [
    ...present("tagName", /^refs\/tags\/(.*)$/s.exec(ref)?.[1]),
    ...present("branch", /^refs\/heads\/(.*)$/s.exec(ref)?.[1]),
    ...present("ref", ref),
  ];
  const checksum = git?.checksum ?? (isCommitRef ? wanted : undefined);
  const commitChecksum = git?.commitChecksum || checksum;
  return [
    ["schema", schema],
    ...present("host", host),
    ["remote", remote],
    ...present("fullURL", full && (/^[a-z0-9]+:\/\/|@/i.test(full) ? full : `https://${full}`)),
    ...present("subDir", subDir.replace(/^\/+|\/+$/g, "")),
    ...present("isCommitRef", isCommitRef),
    ...(git || isFullRef ? refs : asked("tagName", "branch", "ref")),
    ...(checksum === undefined
      ? asked("checksum", "commitChecksum", "isAnnotatedTag", "isSHA256")
      : [
          ...present("checksum", checksum),
          ...present("commitChecksum", commitChecksum),
          ...present("isAnnotatedTag", checksum !== commitChecksum),
          ...present("isSHA256", checksum.length === 64),
        ]),
    ...(git?.commitObject
      ? [
          ["commit", commitInput(git.commitObject, commitChecksum ?? "")] as const,
          ...present("tag", git.tagObject && tagInput(git.tagObject, checksum ?? "")),
        ]
      : asked("commit", "tag")),
  ];
}

interface Location {
  schema: string;
  host: string;
  /** As git takes it. */
  remote: string;
  /** The ref, and the directory behind a colon. */
  fragment: string;
}

function location(text: string): Location {
  const scp = /^[a-zA-Z0-9]+:\/\//.test(text) ? undefined : SCP.exec(text);
  if (scp && (scp[1] || !/^[0-9]+(?:\/|$)/.test(scp[3]!))) {
    const [, user = "", host = "", path = "", fragment = ""] = scp;
    return { schema: "ssh", host, remote: `${user}${host}:${path}`, fragment };
  }
  const url = /^[a-zA-Z0-9]+:\/\//.test(text) ? text : `https://${text}`;
  const [, schema, user = "", host = "", path = "", fragment = ""] = URL_PARTS.exec(url) ?? [];
  if (schema === undefined) throw new EvaluationError(`the git repository ${text} is not supported`);
  return { schema, host, remote: `${schema}://${user}${host}${path}`, fragment };
}
