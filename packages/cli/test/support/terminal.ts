import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { loadBed } from "@tsbx/testbed";
import { onTestFinished } from "vitest";
import { succeed } from "./process.ts";
import { workspace } from "./workspace.ts";

interface TerminalOptions {
  cwd: string;
  env: Readonly<Record<string, string>>;
  columns?: number;
  rows?: number;
}

export interface ScreenOptions {
  /** With the control sequences of colours. */
  colors?: boolean;
  /** With lines that were too long for the terminal whole. */
  unwrapped?: boolean;
  /** With what has left the screen. */
  history?: boolean;
}

/** How often, and how long, the screen is looked at for what is to be on it. */
const LOOK_MS = 50;
const PATIENCE_MS = 60_000;

/** A program in a real terminal, that of tmux. It does not outlive the test. */
export class Terminal {
  readonly #tmux: (...args: string[]) => Promise<string>;

  private constructor(tmux: (...args: string[]) => Promise<string>) {
    this.#tmux = tmux;
  }

  static async open(
    command: readonly string[],
    { cwd, env, columns = 100, rows = 30 }: TerminalOptions,
  ): Promise<Terminal> {
    const { tmux: program } = loadBed(["shells"]).shells;
    const socket = join(await workspace(), "tmux");
    const tmux = async (...args: string[]) =>
      (await succeed(program, ["-u", "-S", socket, "-f", "/dev/null", ...args], { cwd, env })).stdout;
    await tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), ...command);
    onTestFinished(async () => void (await tmux("kill-server").catch(() => {})));
    return new Terminal(tmux);
  }

  /** Types text. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
  }

  /** Presses keys, by tmux's names for them. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Gives the window another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen, without the blanks at the ends of lines. */
  async screen({ colors = false, unwrapped = false, history = false }: ScreenOptions = {}): Promise<string> {
    const options = [
      ...(colors ? ["-e"] : []),
      ...(unwrapped ? ["-J"] : []),
      ...(history ? ["-S", "-"] : []),
    ];
    const text = await this.#tmux("capture-pane", "-p", ...options);
    return text.replace(/ +$/gm, "").replace(/\n+$/, "");
  }

  /** Whether the cursor is shown, whether long lines wrap, and the cursor's column. */
  async cursor(): Promise<{ shown: boolean; wraps: boolean; column: number }> {
    const said = await this.#tmux("display-message", "-p", "#{cursor_flag} #{wrap_flag} #{cursor_x}");
    const [shown, wraps, column] = said.trim().split(" ").map(Number);
    return { shown: shown === 1, wraps: wraps === 1, column: column! };
  }

  /** Waits until the screen matches. */
  async shows(pattern: RegExp): Promise<string> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const screen = await this.screen();
      if (pattern.test(screen)) return screen;
      if (performance.now() > end) throw new Error(`the screen does not show ${pattern}:\n${screen}`);
      await setTimeout(LOOK_MS);
    }
  }
}
