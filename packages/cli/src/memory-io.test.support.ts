import { PassThrough, type Readable } from "node:stream";
import type { CliIo, Environment, StopSignal } from "./io.ts";

/** A process in memory: what was printed is in `out` and `err`, and `raise` sends a signal. */
export interface MemoryIo extends CliIo {
  out(): string;
  err(): string;
  raise(signal: StopSignal): void;
  readonly exits: number[];
}

export function memoryIo(options: { env?: Environment; cwd?: string; stdin?: Readable } = {}): MemoryIo {
  const listeners = new Set<(signal: StopSignal) => void>();
  const exits: number[] = [];
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  return {
    stdin: options.stdin ?? new PassThrough(),
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: options.cwd ?? "/",
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => void exits.push(code),
    exits,
    out: () => String(stdout.read() ?? ""),
    err: () => String(stderr.read() ?? ""),
    raise: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  };
}
