import type { FrontendAnswer } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import type { CliIo } from "../io.ts";
import type { Call } from "./parse.ts";

/** The newest format of answers that is known here; what is newer is printed as the frontend would. */
const KNOWN_VERSION = "1.0.0";

interface Answered {
  answer: FrontendAnswer;
  /** The answer's `json` as the frontend wrote it. */
  jsonText: string | undefined;
  /** The Dockerfile as the user knows it. */
  dockerfile: string;
}

/**
 * Prints what the frontend said.
 * @returns the exit code that it asks for
 * @throws TsbxError `CHECK_FAILED` when a check could not read the Dockerfile to its end
 */
export async function printAnswer(
  call: Call,
  { answer, jsonText, dockerfile }: Answered,
  io: CliIo,
): Promise<number> {
  const { json, text, version, statusCode } = answer;
  if (call.format === "json") {
    if (jsonText === undefined) throw noAnswer(call, "as JSON");
    io.stdout.write(`${jsonText}\n`);
  } else if (json === undefined || (text !== undefined && isNewer(version))) {
    if (text === undefined) throw noAnswer(call, "as text");
    io.stdout.write(text);
  } else {
    await printKnown(call.name, { json: json as object, text, dockerfile }, io);
  }
  if (call.name === "lint" && json) (await import("./lint.ts")).expectChecked(json, dockerfile);
  return call.ignoreStatus ? 0 : statusCode;
}

interface Printable {
  json: object;
  text: string | undefined;
  dockerfile: string;
}

async function printKnown(name: string, { json, text, dockerfile }: Printable, io: CliIo): Promise<void> {
  switch (name) {
    case "lint":
      return (await import("./lint.ts")).printLint(json, dockerfile, io.stdout);
    case "outline":
      return void io.stdout.write((await import("./outline.ts")).outlineText(json));
    case "targets":
      return void io.stdout.write((await import("./targets.ts")).targetsText(json));
    case "subrequests.describe":
      return void io.stdout.write((await import("./describe.ts")).requestsText(json as never));
    default:
      io.stdout.write(text ?? `${JSON.stringify(json, null, 2)}\n`);
  }
}

function isNewer(version: string): boolean {
  return version.localeCompare(KNOWN_VERSION, "en", { numeric: true }) > 0;
}

function noAnswer({ name }: Call, how: string): TsbxError {
  return new TsbxError("NO_ANSWER", `the frontend does not answer ${name} ${how}`);
}
