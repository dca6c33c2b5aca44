import { isTsbxError } from "@tsbx/core/errors";
import type { SourceInfo, SourceRange } from "@tsbx/core/progress";
import { logText } from "../github/log-text.ts";
import type { Environment, TerminalOutput } from "../io.ts";

const DENIED = "SOURCE_DENIED";
/** Of errors that are the daemon's. */
const FAILED: ReadonlySet<string> = new Set(["BUILD_FAILED", DENIED]);

interface PrintOptions {
  stderr: TerminalOutput;
  /** Adds stack traces, those of the causes too. */
  debug: boolean;
  env: Environment;
}

/**
 * Prints an error as the last word of a command: where it is in the Dockerfile, what it is, what to do. That of a
 * check is laid out like what else the check found: first what it is.
 */
export async function printError(error: unknown, { stderr, debug, env }: PrintOptions): Promise<void> {
  const places = await excerpts(error);
  const what = `ERROR: ${messageOf(error)}\n`;
  const isCheck = isTsbxError(error) && error.code === "CHECK_FAILED";
  let text = denials(error) + (isCheck ? what + places : places + what);
  if (isTsbxError(error) && error.hint) text += `HINT: ${error.hint}\n`;
  if (debug) text += stacks(error);
  if (stderr.isTTY) text = (await import("../progress/terminal-text.ts")).writable(text, stderr);
  stderr.write(logText(text, env));
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isTsbxError(error) && FAILED.has(error.code)) return `failed to build: ${error.message}`;
  return error.message || error.name;
}

/** Why a source policy ended a build, in the policy's words. */
function denials(error: unknown): string {
  const { code, messages } = Object(error) as { code?: string; messages?: readonly string[] };
  if (code !== DENIED) return "";
  return (messages ?? []).map((message) => `Policy: ${message}\n`).join("");
}

/** The innermost place comes last, next to the message. */
async function excerpts(error: unknown): Promise<string> {
  const { sources } = Object(error) as { sources?: readonly { info: SourceInfo; ranges: SourceRange[] }[] };
  if (!sources?.length) return "";
  const { sourceExcerpt } = await import("@tsbx/core/progress");
  return sources.map(({ info, ranges }) => sourceExcerpt(info, ranges) ?? "").join("");
}

function stacks(error: unknown): string {
  let text = "";
  for (let current = error; current instanceof Error; current = current.cause) {
    text += `${current === error ? "" : "caused by: "}${current.stack ?? current.message}\n`;
  }
  return text;
}
