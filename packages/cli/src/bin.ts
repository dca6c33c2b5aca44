#!/usr/bin/env node
import module from "node:module";
import type { StopSignal } from "./io.ts";

// Absent from Node 20, and from the types that go with it.
(module as { enableCompileCache?(): unknown }).enableCompileCache?.();
const { main } = await import("./main.ts");

const SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM"];

// Whoever reads our output may stop reading; each write learns of it by itself.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

process.exitCode = await main(process.argv.slice(2), {
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  onSignal(listener) {
    for (const signal of SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    };
  },
  exit: (code) => process.exit(code),
});
