import type { ProgressRenderer } from "./renderer.ts";

/** Shows nothing. */
export class QuietRenderer implements ProgressRenderer {
  write(): void {}
  close(): void {}
}
