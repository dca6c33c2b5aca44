import type { BuildResult } from "@tsbx/core";
import type { Call } from "../call/parse.ts";
import type { CliIo } from "../io.ts";
import { type BuildFlags, isQuiet } from "./arguments.ts";
import { dockerfileName } from "./local-paths.ts";
import { imageId } from "./result-files.ts";

interface Printed {
  flags: BuildFlags;
  /** The context argument. */
  path: string;
  call: Call | undefined;
  result: BuildResult;
}

/**
 * Prints what a build comes to: the frontend's answer to a call, the image's ID where nothing else is wanted, and
 * last what the frontend itself has to say of its result.
 * @returns the exit code
 * @throws TsbxError `CHECK_FAILED`, `NO_ANSWER`
 */
export async function printResult({ flags, path, call, result }: Printed, io: CliIo): Promise<number> {
  if (call && result.answer) {
    const { printAnswer } = await import("../call/print.ts");
    const dockerfile = dockerfileName(path, flags.file);
    const jsonText = result.exporterResponse["result.json"];
    const code = await printAnswer(call, { answer: result.answer, jsonText, dockerfile }, io);
    if (code !== 0) return code;
  } else if (isQuiet(flags)) {
    io.stdout.write(`${imageId(result)}\n`);
  }
  const message = result.exporterResponse["frontend.result.inlinemessage"];
  if (message !== undefined) io.stdout.write(`\n${message}\n`);
  return 0;
}
