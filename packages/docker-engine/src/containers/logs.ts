import type { Engine } from "../engine/engine.ts";
import { FrameReader } from "../exec/frames.ts";

/** Docker counts the lines of both outputs. */
const TAIL = 1000;

/**
 * The last lines that a container without a terminal wrote to stderr, where programs log; of both outputs their
 * order could not be told.
 */
export async function containerLogs(
  engine: Engine,
  container: string,
  lines: number,
  signal: AbortSignal,
): Promise<string> {
  const answer = await engine.stream("GET", `/containers/${encodeURIComponent(container)}/logs`, {
    query: { stderr: 1, tail: TAIL },
    signal,
  });
  const payloads: Buffer[] = [];
  const frames = new FrameReader((_stream, payload) => payloads.push(payload));
  for await (const chunk of answer) frames.push(chunk);
  return Buffer.concat(payloads).toString().trimEnd().split("\n").slice(-lines).join("\n");
}
