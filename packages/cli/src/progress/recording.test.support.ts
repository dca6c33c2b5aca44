import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import type { Nanoseconds, ProgressEvent, SourceInfo, VertexWarning } from "@tsbx/core/progress";
import { vi } from "vitest";
import type { ProgressRenderer } from "./renderer.ts";

type Raw = Record<string, never>;

/** The events of a recording in `fixtures/`: what the peer printed in its mode `rawjson`. */
export function readRecording(name: string): ProgressEvent[] {
  return readRecordingLines(name).map(decodeRawJson);
}

export function readRecordingLines(name: string): string[] {
  const text = readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), "utf8");
  return text.split("\n").filter((line) => line.startsWith("{"));
}

export function decodeRawJson(line: string): ProgressEvent {
  const raw = JSON.parse(line) as Record<string, Raw[] | undefined>;
  return {
    vertexes: (raw.vertexes ?? []).map((vertex) => ({
      digest: vertex.digest ?? "",
      inputs: vertex.inputs ?? [],
      name: vertex.name ?? "",
      cached: vertex.cached ?? false,
      ...optional("error", vertex.error),
      ...times(vertex),
      ...optional("progressGroup", vertex.progressGroup && { weak: false, ...(vertex.progressGroup as Raw) }),
    })) as ProgressEvent["vertexes"],
    statuses: (raw.statuses ?? []).map((status) => ({
      name: "",
      total: 0,
      ...status,
      timestamp: toNanoseconds(status.timestamp!),
      ...times(status),
    })) as unknown as ProgressEvent["statuses"],
    logs: (raw.logs ?? []).map((log) => ({
      vertex: log.vertex!,
      stream: log.stream ?? 0,
      data: Buffer.from(log.data ?? "", "base64"),
      timestamp: toNanoseconds(log.timestamp!),
    })),
    warnings: (raw.warnings ?? []).map(decodeWarning),
  };
}

function decodeWarning(raw: Raw): VertexWarning {
  const text = (data: string) => Buffer.from(data, "base64").toString();
  const info = raw.sourceInfo as { filename: string; data: string; language?: string } | undefined;
  const source: SourceInfo | undefined = info && {
    filename: info.filename,
    data: Buffer.from(info.data, "base64"),
    ...optional("language", info.language),
  };
  return {
    vertex: raw.vertex!,
    level: raw.level ?? 0,
    short: text(raw.short!),
    detail: ((raw.detail ?? []) as string[]).map(text),
    ...optional("url", raw.url as string | undefined),
    ...optional("source", source),
    ranges: ((raw.range ?? []) as VertexWarning["ranges"]).map(({ start, end }) => ({
      start: { line: 0, character: 0, ...(start as Partial<typeof start>) } as typeof start,
      end: { line: 0, character: 0, ...(end as Partial<typeof end>) } as typeof end,
    })),
  };
}

function optional<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}

function times(raw: Raw): { started?: Nanoseconds; completed?: Nanoseconds } {
  return {
    ...optional("started", raw.started && toNanoseconds(raw.started)),
    ...optional("completed", raw.completed && toNanoseconds(raw.completed)),
  };
}

function toNanoseconds(text: string): Nanoseconds {
  const [, seconds, fraction = ""] = /^([^.Z]+)(?:\.(\d+))?Z$/.exec(text)!;
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** A stream that keeps what is written to it. */
export class TestOutput extends Writable {
  readonly #chunks: Buffer[] = [];
  isTTY?: boolean;
  columns?: number;
  rows?: number;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }
}

/** The clock of Vitest's fake timers, in nanoseconds. */
export const fakeNow = (): Nanoseconds => BigInt(Date.now()) * 1_000_000n;

/** Gives a renderer each event at its time, on the fake clock, and closes it. */
export async function replay(events: readonly ProgressEvent[], renderer: ProgressRenderer): Promise<void> {
  let clock: Nanoseconds | undefined;
  for (const event of events) {
    const time = latestTime(event);
    if (time !== undefined) {
      if (clock !== undefined && time > clock) vi.advanceTimersByTime(Number((time - clock) / 1_000_000n));
      clock = clock === undefined || time > clock ? time : clock;
    }
    renderer.write(event);
  }
  await renderer.close();
}

function latestTime({ vertexes, statuses, logs }: ProgressEvent): Nanoseconds | undefined {
  const stamps = [
    ...vertexes.flatMap(({ started, completed }) => [started, completed]),
    ...statuses.map(({ timestamp }) => timestamp),
    ...logs.map(({ timestamp }) => timestamp),
  ].filter((time) => time !== undefined);
  return stamps.sort((a, b) => (a < b ? -1 : 1)).at(-1);
}
