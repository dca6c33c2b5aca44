import type { ProgressEvent } from "@tsbx/core/progress";
import { encodeRawJson } from "./rawjson-encode.ts";
import type { ProgressOutput, ProgressRenderer } from "./renderer.ts";

/** Every event as one line of JSON, for programs. */
export class RawJsonRenderer implements ProgressRenderer {
  readonly #output: ProgressOutput;

  constructor({ output }: { output: ProgressOutput }) {
    this.#output = output;
  }

  write(event: ProgressEvent): void {
    this.#output.write(`${encodeRawJson(event)}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#output.write("", () => resolve()));
  }
}
