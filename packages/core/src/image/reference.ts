import { TsbxError } from "../errors.ts";

const DEFAULT_DOMAIN = "docker.io";
const OFFICIAL = "library";
const MAX_NAME = 255;

const DOMAIN =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::\d+)?$|^\[[a-fA-F0-9:]+\](?::\d+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const IDENTIFIER = /^[a-f0-9]{64}$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-fA-F0-9]{32,}$/;

/** An image reference in its parts, with the defaults of Docker filled in. */
export interface Reference {
  /** Registry host, with its port where there is one. */
  domain: string;
  path: string;
  tag?: string;
  digest?: string;
}

/**
 * Reads a reference as people write it: `busybox` is `docker.io/library/busybox`. No tag is added.
 * @param what names it in the error
 * @throws TsbxError `INVALID_REFERENCE`
 */
export function parseReference(text: string, what = "image reference"): Reference {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const { domain, path } = splitName(hasTag ? named.slice(0, colon) : named);
  const problem =
    (named === "" && "repository name must have at least one component") ||
    (!DOMAIN.test(domain) && "invalid registry host") ||
    (IDENTIFIER.test(text) && "64 hexadecimal digits are an image id, not a name") ||
    (path !== path.toLowerCase() && "repository name must be lowercase") ||
    (!PATH.test(path) && "invalid reference format") ||
    (domain.length + path.length > MAX_NAME &&
      `repository name must not be more than ${MAX_NAME} characters`) ||
    (tag !== undefined && !TAG.test(tag) && "invalid tag") ||
    (digest !== undefined && !DIGEST.test(digest) && "invalid digest");
  if (problem) {
    throw new TsbxError("INVALID_REFERENCE", `invalid ${what} "${text}": ${problem}`, {
      hint: "write it as [registry/]name[:tag], for example ghcr.io/owner/app:1.0",
    });
  }
  return { domain, path, ...(tag && { tag }), ...(digest && { digest }) };
}

/** The full form, with `latest` where there is neither tag nor digest: what exporters are given. */
export function normalizeReference(text: string, what?: string): string {
  const { domain, path, tag, digest } = parseReference(text, what);
  const suffix = tag ? `:${tag}` : digest ? "" : ":latest";
  return `${domain}/${path}${suffix}${digest ? `@${digest}` : ""}`;
}

/** The first part is a host when it looks like one: with a dot, a port, a capital, or `localhost`. */
function splitName(name: string): { domain: string; path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const domain = isHost && first !== "index.docker.io" ? first : DEFAULT_DOMAIN;
  const path = isHost ? name.slice(slash + 1) : name;
  return { domain, path: domain === DEFAULT_DOMAIN && !path.includes("/") ? `${OFFICIAL}/${path}` : path };
}
