import { type ProgressEvent, Timeline } from "@tsbx/core/progress";
import { errorLogs } from "./error-logs.ts";
import { colorize, type Palette, readPalette } from "./palette.ts";
import { RefreshPace } from "./refresh-pace.ts";
import type { ProgressRenderer, RendererContext } from "./renderer.ts";
import { Screen } from "./screen.ts";
import { terminalText } from "./terminal-text.ts";
import { layoutFrame } from "./tty-layout.ts";
import { warningsBlock } from "./warnings-block.ts";

/** Output kept of each step that runs or failed; the daemon cuts it at 2 MiB by default. */
const LOG_CHARACTERS = 4 * 1024 * 1024;
const WINDOW_HEIGHT = 6;

/** A picture of the build that is drawn over and over on a terminal. */
export class TtyRenderer implements ProgressRenderer {
  readonly #context: RendererContext;
  readonly #timeline = new Timeline({ logLimit: LOG_CHARACTERS });
  readonly #screen = new Screen();
  readonly #palette: Palette;
  readonly #windowHeight: number;
  readonly #pace: RefreshPace;
  readonly #redraw = () => this.#draw(false);
  #begun = false;

  constructor(context: RendererContext) {
    const { env, now, output } = context;
    this.#context = context;
    const { palette, problems } = readPalette(env, process.platform);
    this.#palette = palette;
    for (const problem of problems) output.write(`warning: ${terminalText(problem)}\n`);
    const lines = env.BUILDKIT_TTY_LOG_LINES ?? "";
    this.#windowHeight = /^\d+$/.test(lines) && Number(lines) > 0 ? Number(lines) : WINDOW_HEIGHT;
    this.#pace = new RefreshPace({ env, now, refresh: this.#redraw });
    output.on("resize", this.#redraw);
  }

  write(event: ProgressEvent): void {
    this.#begun = true;
    const changes = this.#timeline.apply(event, this.#context.now());
    for (const { outcome, log } of changes.keys()) {
      if (outcome === "done" || outcome === "cached") log.clear();
    }
    this.#pace.event();
  }

  close(): Promise<void> {
    const { output, debug } = this.#context;
    this.#pace.stop();
    output.off("resize", this.#redraw);
    this.#draw(true);
    const clean = (text: string) => terminalText(text, { colors: this.#palette.run !== undefined });
    const emphasize = (text: string) => colorize(text, this.#palette.warning);
    const tail =
      errorLogs(this.#timeline, { clean }) +
      warningsBlock(this.#timeline.warnings, { debug, clean, emphasize });
    return new Promise((resolve) => output.write(tail, () => resolve()));
  }

  #draw(final: boolean): void {
    if (!this.#begun) return;
    const { output, now, phase, description } = this.#context;
    const width = output.columns || 80;
    const lines = layoutFrame(this.#timeline, {
      width,
      height: output.rows || 24,
      now: now(),
      final,
      phase,
      ...(description && { description: `${description.driver ?? "builder"}:${description.builder}` }),
      palette: this.#palette,
      windowHeight: this.#windowHeight,
    });
    output.write(this.#screen.draw(lines, width));
  }
}
