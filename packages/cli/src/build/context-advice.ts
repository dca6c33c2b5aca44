import { join, resolve } from "node:path";
import type { BuildOptions, Transfer } from "@tsbx/core";
import { isFile } from "../files/is-file.ts";
import { humanSize } from "../format/human.ts";
import { terminalText } from "../progress/terminal-text.ts";
import { contextPaths } from "./context-paths.ts";
import { readDockerfile } from "./dockerfile-source.ts";

/** Contexts of which more than this is sent are worth a word. */
const LARGE = 100_000_000;
const NAMED = 5;
/** Entries below this part of the whole make no difference. */
const WORTH_NAMING = 0.01;

/** Something at the top of the context of which much was sent. */
export interface LargeEntry {
  path: string;
  bytes: number;
  files: number;
  /** The line that leaves it out; absent for what the Dockerfile asks for by name. */
  ignoreLine?: string;
}

/** A context that is large, and what can be done about it. */
export interface ContextAdvice {
  /** What was sent of it, to all nodes. */
  bytes: number;
  largest: LargeEntry[];
  /** The file that the lines belong into, as a user would write its path. */
  ignoreFile: string;
}

/**
 * What to say of a context of which much was sent; nothing otherwise.
 * @param path the context argument
 */
export async function contextAdvice(
  transfers: readonly Transfer[],
  request: BuildOptions,
  path: string,
  cwd: string,
  limit = LARGE,
): Promise<ContextAdvice | undefined> {
  const sent = transfers.filter(({ mount }) => mount === "context");
  const bytes = sent.reduce((sum, transfer) => sum + transfer.bytes, 0);
  if (bytes <= limit || typeof request.context !== "string") return undefined;
  const dockerfile = await readDockerfile(request, path, cwd);
  // Without the Dockerfile nobody knows what it asks for.
  const wanted = dockerfile ? contextPaths(dockerfile.text) : { has: () => true };
  const largest = merged(sent)
    .filter((entry) => entry.bytes >= bytes * WORTH_NAMING)
    .map((entry) => ({
      ...entry,
      ...(!wanted.has(entry.path) && { ignoreLine: ignoreLine(entry.path) }),
    }));
  const own = dockerfile?.path && `${dockerfile.path}.dockerignore`;
  const ignoreFile = own && (await isFile(resolve(cwd, own))) ? own : join(path, ".dockerignore");
  return { bytes, largest, ignoreFile };
}

/** The advice as lines for the terminal. */
export function adviceText({ bytes, largest, ignoreFile }: ContextAdvice): string {
  const rows = largest.map((entry) => {
    const files = `${entry.files} ${entry.files === 1 ? "file" : "files"}`;
    return `  ${humanSize(entry.bytes).padStart(8)}  ${terminalText(entry.path)} (${files})\n`;
  });
  const lines = largest.flatMap(({ ignoreLine }) => (ignoreLine === undefined ? [] : [ignoreLine]));
  const hint =
    lines.length > 0
      ? `To leave out what the build does not need, add to ${ignoreFile}:\n${lines.map((line) => `  ${terminalText(line)}\n`).join("")}`
      : "";
  return `${humanSize(bytes)} of context were sent, most of it:\n${rows.join("")}${hint}`;
}

function merged(transfers: readonly Transfer[]): LargeEntry[] {
  const byPath = new Map<string, LargeEntry>();
  for (const { path, bytes, files } of transfers.flatMap(({ largest }) => largest)) {
    const entry = byPath.get(path) ?? { path, bytes: 0, files: 0 };
    byPath.set(path, { path, bytes: entry.bytes + bytes, files: entry.files + files });
  }
  return [...byPath.values()].sort((a, b) => b.bytes - a.bytes).slice(0, NAMED);
}

/** A pattern that matches this name and, but for characters that a line cannot hold, no other. */
function ignoreLine(name: string): string {
  const literal = name.replace(/[\\*?[\]]/g, "\\$&");
  // A comment, an exception, and blanks that would be trimmed.
  return literal
    .replace(/^[#!]/, "\\$&")
    .replace(/\p{Cc}/gu, "?")
    .replace(/^\s|\s$/g, "?");
}
