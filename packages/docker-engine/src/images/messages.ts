import type { Readable } from "node:stream";
import { TsbxError } from "@tsbx/core/driver";
import { isRecord } from "../contexts/config.ts";
import { connectionError } from "../errors.ts";

/** The longest line that is taken for a message. */
const MAX_LINE = 1024 * 1024;

/** One message of the stream of JSON with which the daemon tells of a pull, push or load. */
export interface EngineMessage {
  /** What it is about, such as a layer. */
  id?: string;
  status?: string;
  stream?: string;
  progressDetail?: { current?: number; total?: number; units?: string };
  aux?: Readonly<Record<string, unknown>>;
}

/**
 * The messages of an answer.
 * @param action what is being done, for the error: `pull busybox`
 * @throws TsbxError `ENGINE_ERROR` for an error among them; `ENGINE_UNREACHABLE` when they break off
 */
export async function* engineMessages(
  answer: Readable,
  engine: string,
  action: string,
): AsyncGenerator<EngineMessage> {
  for await (const line of lines(answer, engine)) {
    const message = parse(line);
    if (message === undefined) continue;
    const problem = problemOf(message);
    if (problem !== undefined)
      throw new TsbxError("ENGINE_ERROR", `${engine} could not ${action}: ${problem}`);
    yield messageOf(message);
  }
}

async function* lines(answer: Readable, engine: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const text of answer.setEncoding("utf8") as AsyncIterable<string>) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      yield* parts;
      if (rest.length > MAX_LINE) throw new TsbxError("ENGINE_ERROR", `${engine} sent a line without end`);
    }
  } catch (error) {
    throw connectionError(engine, error);
  }
  yield rest;
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What of it is as it should be. */
function messageOf({
  id,
  status,
  stream,
  progressDetail,
  aux,
}: Readonly<Record<string, unknown>>): EngineMessage {
  const detail = isRecord(progressDetail) ? progressDetail : undefined;
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof status === "string" && { status }),
    ...(typeof stream === "string" && { stream }),
    ...(detail && { progressDetail: detailOf(detail) }),
    ...(isRecord(aux) && { aux }),
  };
}

function detailOf({ current, total, units }: Readonly<Record<string, unknown>>) {
  return {
    ...(typeof current === "number" && { current }),
    ...(typeof total === "number" && { total }),
    ...(typeof units === "string" && { units }),
  };
}

function problemOf({ error, errorDetail }: Readonly<Record<string, unknown>>): string | undefined {
  if (isRecord(errorDetail) && typeof errorDetail.message === "string") return errorDetail.message;
  return typeof error === "string" ? error : undefined;
}
