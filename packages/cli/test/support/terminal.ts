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

  /** What is on the screen, without the blanks at the ends of lines. */
  async screen(): Promise<string> {
    return (await this.#tmux("capture-pane", "-p")).replace(/[ \n]+$/, "");
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
