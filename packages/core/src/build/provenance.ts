import type { BuilderNode } from "../builder/node.ts";
import type { ControlClient } from "../buildkit/control/client.ts";
import { Code, GrpcError } from "../buildkit/transport/status.ts";
import type { BuildHistoryRecord, BuildResultInfo } from "../gen/control.ts";
import { provenanceV02 } from "./provenance-shape.ts";

const KEY = "buildx.build.provenance";

export interface ProvenanceOptions {
  /** `min` leaves out the build's definition and the times and places of its run. */
  mode: "min" | "max";
  signal?: AbortSignal;
}

/**
 * How a build came about, from the node's history, as entries of its metadata file: one, or one for each
 * platform. Empty where the daemon keeps no history, or no provenance in it.
 */
export async function buildProvenance(
  node: BuilderNode,
  ref: string,
  { mode, signal }: ProvenanceOptions,
): Promise<Record<string, unknown>> {
  return node.scoped(async () => {
    const client = await node.client(signal);
    const record = await historyRecord(client, ref, signal);
    const entries: Record<string, unknown> = {};
    const add = async (key: string, info: BuildResultInfo) => {
      const provenance = await provenanceOf(client, info, signal);
      if (provenance) entries[key] = provenanceV02(provenance, mode);
    };
    if (record?.result) await add(KEY, record.result);
    for (const [platform, info] of Object.entries(record?.results ?? {}))
      await add(`${KEY}/${platform}`, info);
    return entries;
  });
}

async function historyRecord(
  client: ControlClient,
  ref: string,
  signal: AbortSignal | undefined,
): Promise<BuildHistoryRecord | undefined> {
  try {
    for await (const { record } of client.listenHistory({
      ref,
      earlyExit: true,
      ...(signal && { signal }),
    })) {
      if (record?.ref === ref) return record;
    }
  } catch (error) {
    if (!(error instanceof GrpcError && error.code === Code.UNIMPLEMENTED)) throw error;
  }
  return undefined;
}

async function provenanceOf(
  client: ControlClient,
  { attestations }: BuildResultInfo,
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown> | undefined> {
  const found = attestations.find(({ annotations }) =>
    annotations["in-toto.io/predicate-type"]?.startsWith("https://slsa.dev/provenance/"),
  );
  return found && JSON.parse(await readText(client, found.digest, signal));
}

/** A blob of the history: the daemon's content service finds those too. */
async function readText(
  client: ControlClient,
  digest: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const parts: Uint8Array[] = [];
  const { fullName, methods } = (await import("../gen/content.ts")).ContentDefinition;
  const request = { digest, offset: 0n, size: 0n };
  for await (const { data } of client.channel.stream(fullName, methods.read, request, {
    ...(signal && { signal }),
  })) {
    parts.push(data);
  }
  return Buffer.concat(parts).toString("utf8");
}
