import type { BuildResult } from "./run.ts";

/**
 * What a build's metadata file holds: the exporters' report, with the values that are JSON in base64
 * unpacked, the build's reference, and `provenance` (see `buildProvenance`). Keys are sorted.
 */
export function buildMetadata(
  result: BuildResult,
  node: { builder: string; name: string },
  provenance: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const metadata: Record<string, unknown> = {
    ...provenance,
    // Calls are in no history.
    ...(!result.answer && { "buildx.build.ref": `${node.builder}/${node.name}/${result.ref}` }),
  };
  for (const [key, value] of Object.entries(result.exporterResponse)) metadata[key] = unpack(value);
  if (result.answer?.json !== undefined) metadata["result.json"] = result.answer.json;
  return Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unpack(value: string): unknown {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return value;
  try {
    const json: unknown = JSON.parse(Buffer.from(value, "base64").toString("utf8"));
    return isJsonObject(json) ? json : value;
  } catch {
    return value;
  }
}

/** An object that is not empty, or a list of objects: anything else that decodes does so by chance. */
function isJsonObject(json: unknown): boolean {
  if (Array.isArray(json))
    return json.length > 0 && json.every((item) => typeof item === "object" && item !== null);
  return typeof json === "object" && json !== null && Object.keys(json).length > 0;
}
