import type { Nanoseconds } from "./events.ts";

/** A line of a step's output, without its line feed. */
export interface LogLine {
  /** Since the start of the run that printed it, when the line began. */
  readonly elapsed: Nanoseconds;
  readonly text: string;
  /** False while more of the line may come. */
  readonly ended: boolean;
}

/** The end of one step's output, as lines, in bounded memory. */
export class LogTail {
  /** How many bytes of output came in all, dropped ones included. */
  received = 0;
  /** How many lines were dropped from the front. */
  dropped = 0;
  readonly #limit: number;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #lines: LogLine[] = [];
  #size = 0;

  /** `limit` is in characters. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Adds a chunk, which may stop inside a line or a character. */
  append(data: Uint8Array, elapsed: Nanoseconds): void {
    this.received += data.length;
    const parts = this.#decoder.decode(data, { stream: true }).split("\n");
    for (const [i, part] of parts.entries()) {
      const ended = i < parts.length - 1;
      if (part !== "" || ended) this.#add(part, ended, elapsed);
    }
    if (this.#size > this.#limit) this.#shrink();
  }

  /** Forgets the lines, for a step whose output nobody will ask for. */
  clear(): void {
    this.dropped += this.#lines.length;
    this.#lines.length = 0;
    this.#size = 0;
  }

  #add(text: string, ended: boolean, elapsed: Nanoseconds): void {
    this.#size += text.length;
    const last = this.#lines.at(-1);
    if (last === undefined || last.ended) this.#lines.push({ elapsed, text, ended });
    else this.#lines[this.#lines.length - 1] = { elapsed: last.elapsed, text: last.text + text, ended };
  }

  // Goes well below the limit, so that a long output doesn't move all its lines at every chunk.
  #shrink(): void {
    const target = Math.ceil(this.#limit / 2);
    let drop = 0;
    while (this.#size > target && drop < this.#lines.length - 1)
      this.#size -= this.#lines[drop++]!.text.length;
    this.#lines.splice(0, drop);
    this.dropped += drop;
    const only = this.#lines[0]!;
    if (this.#size > target && this.#lines.length === 1) {
      this.#lines[0] = { ...only, text: only.text.slice(-target) };
      this.#size = target;
    }
  }
}
