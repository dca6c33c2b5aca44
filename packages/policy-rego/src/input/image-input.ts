import { parsePlatform, type SourceRequest } from "@tsbx/core";
import { EvaluationError, Unresolved } from "../evaluation/values.ts";
import { present, texts } from "./build-environment.ts";
import type { Entries } from "./source-input.ts";

const REFERENCE = /^([^/]+)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/;
const CONFIG = ["createdTime", "labels", "user", "volumes", "workingDir", "env"];

/** What of an image's configuration policies know. */
interface ImageConfiguration {
  created?: string;
  config?: {
    Labels?: Record<string, string> | null;
    User?: string;
    Volumes?: Record<string, unknown> | null;
    WorkingDir?: string;
    Env?: string[] | null;
  };
}

/** `input.image`. @param reference of the form that the daemon has, with the registry and a tag or a digest */
export function imageInput(reference: string, { platform, image }: SourceRequest): Entries {
  const [, host, path, tag, digest] = REFERENCE.exec(reference) ?? [];
  if (host === undefined || path === undefined) throw new EvaluationError(`${reference} is no image`);
  if (platform === undefined) throw new EvaluationError(`the platform of ${reference} is not known`);
  const { os, architecture, variant } = parsePlatform(platform);
  const familiar = host === "docker.io" ? path.replace(/^library\/(?=[^/]+$)/, "") : `${host}/${path}`;
  const asked = (fields: readonly string[]): Entries =>
    fields.map((field) => [field, new Unresolved(`image.${field}`)] as const);
  return [
    ["ref", reference],
    ["host", host],
    ["repo", familiar],
    ["fullRepo", `${host}/${path}`],
    ...present("tag", tag),
    ["platform", platform],
    ["os", os],
    ["arch", architecture],
    ...present("variant", variant),
    ...present("isCanonical", digest !== undefined),
    ...(image
      ? [...present("checksum", image.digest), ...configuration(image.config)]
      : [...(digest === undefined ? asked(["checksum"]) : present("checksum", digest)), ...asked(CONFIG)]),
    ...(image?.attestationChain
      ? present("hasProvenance", image.attestationChain.attestationManifest !== "")
      : asked(["hasProvenance"])),
    // Nobody verifies them here.
    ...asked(["provenance", "signatures"]),
  ];
}

function configuration(bytes: Uint8Array): Entries {
  const { created, config = {} }: ImageConfiguration = JSON.parse(Buffer.from(bytes).toString("utf8"));
  return [
    // As Go writes it: without fractions of a second.
    ...present("createdTime", created?.replace(/\.[0-9]+/, "")),
    ...present("labels", texts(config.Labels ?? {})),
    ...present("env", config.Env ?? undefined),
    ...present("user", config.User),
    ...present("volumes", Object.keys(config.Volumes ?? {}).sort()),
    ...present("workingDir", config.WorkingDir),
  ];
}
