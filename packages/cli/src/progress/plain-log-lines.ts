import type { Nanoseconds } from "@tsbx/core/progress";
import { formatElapsed } from "./number-format.ts";
import type { PendingLog } from "./plain-backlog.ts";

const LINE_FEED = 0x0a;
/** How much of an unended line is kept to print it again, in bytes. */
const KEPT_LINE = 64 * 1024;

interface UnendedLine {
  elapsed: Nanoseconds;
  parts: Uint8Array[];
  size: number;
}

/**
 * Writes one vertex's output, byte for byte, each line after a `#N <seconds>`. A line whose end hasn't come
 * stays open and is continued in place; when other text had to come in between, it is printed again.
 */
export class LogLineWriter {
  readonly #prefix: string;
  readonly #write: (chunk: string | Uint8Array) => void;
  #line: UnendedLine | undefined;
  /** Whether the cursor stands behind the unended line. */
  #open = false;

  constructor(index: number, write: (chunk: string | Uint8Array) => void) {
    this.#prefix = `#${index} `;
    this.#write = write;
  }

  /** Whether it has a line whose end hasn't come. */
  get unended(): boolean {
    return this.#line !== undefined;
  }

  print(logs: readonly PendingLog[]): void {
    for (const { data, elapsed } of logs) {
      for (let start = 0; start < data.length; ) {
        const feed = data.indexOf(LINE_FEED, start);
        const end = feed === -1 ? data.length : feed;
        this.#add(data.subarray(start, end), elapsed);
        if (feed !== -1) this.endLine();
        start = end + 1;
      }
    }
    if (this.#line !== undefined) this.#reopen(this.#line);
  }

  /** Ends an open line for other text, to print it again later. */
  breakLine(): void {
    if (this.#open) this.#write("\n");
    this.#open = false;
  }

  endLine(): void {
    this.breakLine();
    this.#line = undefined;
  }

  #add(part: Uint8Array, elapsed: Nanoseconds): void {
    this.#line ??= { elapsed, parts: [], size: 0 };
    this.#reopen(this.#line);
    this.#write(part);
    this.#line.size += part.length;
    if (this.#line.size <= KEPT_LINE) this.#line.parts.push(part);
    else this.#line.parts = [];
  }

  #reopen(line: UnendedLine): void {
    if (this.#open) return;
    this.#write(`${this.#prefix}${formatElapsed(line.elapsed)} `);
    for (const part of line.parts) this.#write(part);
    this.#open = true;
  }
}
