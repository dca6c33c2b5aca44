import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { onTestFinished } from "vitest";

export interface RunOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  stdin?: string | Uint8Array | Readable;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A program that runs; it does not outlive the test. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly outcome: Promise<Outcome>;
  #stderr = "";
  #stdout = "";
  readonly #listeners = new Set<() => void>();

  constructor(command: string, args: readonly string[], { cwd, env, stdin = "" }: RunOptions) {
    this.child = spawn(command, args, { cwd, env, stdio: "pipe" });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      for (const listener of this.#listeners) listener();
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      for (const listener of this.#listeners) listener();
    });
    const source = stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)]);
    // Whoever does not read its input may close it.
    pipeline(source, this.child.stdin).catch(() => {});
    this.outcome = once(this.child, "close").then(([code]) => {
      for (const listener of this.#listeners) listener();
      return { code: code as number | null, stdout: this.#stdout, stderr: this.#stderr };
    });
    onTestFinished(async () => {
      this.child.kill("SIGKILL");
      await this.outcome;
    });
  }

  /** Resolves when what was printed matches; rejects when the program ends before. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stdout) && !pattern.test(this.#stderr)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`ended without printing ${pattern}:\n${this.#stderr}`);
      }
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Running(command, args, options).outcome;
}

/** Runs a program that must succeed. */
export async function succeed(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const outcome = await run(command, args, options);
  if (outcome.code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${outcome.code}:\n${outcome.stderr}`);
  }
  return outcome;
}
