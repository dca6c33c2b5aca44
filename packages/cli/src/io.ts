import type { Readable, Writable } from "node:stream";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable whose name somebody chose: what every object inherits, such as `constructor`, is none. */
export function variable(name: string, env: Environment): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** A stream that may be a terminal. */
export type TerminalOutput = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** Signals that ask the command to stop. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** All that a command touches of its process, so that it can run without one. */
export interface CliIo {
  stdin: Readable & { isTTY?: boolean };
  stdout: TerminalOutput;
  stderr: TerminalOutput;
  env: Environment;
  /** Absolute. */
  cwd: string;
  /** Calls `listener` at each signal until the returned function is called. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}
