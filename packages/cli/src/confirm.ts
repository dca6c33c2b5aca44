import { addAbortSignal } from "node:stream";
import { throwIfAborted } from "@tsbx/core/errors";
import type { CliIo } from "./io.ts";

const LONGEST_ANSWER = 1024;

/**
 * Asks on stdout and reads one line of stdin, of which nothing else can be read afterwards.
 * @returns whether the answer is `y` or `Y`
 * @throws TsbxError `ABORTED`
 */
export async function confirm(
  question: string,
  { stdin, stdout }: Pick<CliIo, "stdin" | "stdout">,
  signal: AbortSignal,
): Promise<boolean> {
  throwIfAborted(signal);
  stdout.write(`${question} [y/N] `);
  addAbortSignal(signal, stdin);
  let answer = "";
  try {
    for await (const chunk of stdin) {
      answer += chunk;
      if (answer.includes("\n") || answer.length > LONGEST_ANSWER) break;
    }
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
  return /^y(\r?\n|$)/i.test(answer);
}
