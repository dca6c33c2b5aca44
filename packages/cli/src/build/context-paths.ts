import { posix } from "node:path";

const INSTRUCTION = /^\s*(?:ONBUILD\s+)?(COPY|ADD|RUN)\s+([\s\S]*)$/i;
const HEREDOC = /<<-?(["']?)([A-Za-z_][\w.]*)\1/g;
/** The directive, among the comments that a Dockerfile begins with. */
const BACKTICK_ESCAPES = /^(?:[ \t]*#[^\n]*\n)*[ \t]*#[ \t]*escape[ \t]*=[ \t]*`[ \t]*(?:\r?\n|$)/i;
const WILDCARD = /[*?[]/;

/** What of its context a Dockerfile names, by the first segment of each path. */
export interface ContextPaths {
  /** Whether the Dockerfile names this entry, itself or something in it; to copy everything names none. */
  has(entry: string): boolean;
}

/** Reads what COPY, ADD and bind mounts take from the context. Paths with variables name everything. */
export function contextPaths(dockerfile: string): ContextPaths {
  const names = new Set<string>();
  const patterns: RegExp[] = [];
  let unknown = false;
  for (const path of instructions(dockerfile).flatMap(sourcesOf)) {
    const [first = ""] = posix.normalize(`/${path}`).slice(1).split("/");
    if (path.includes("$")) unknown = true;
    else if (!WILDCARD.test(first)) names.add(first);
    // What matches every name is everything.
    else if (!/^\*+$/.test(first)) patterns.push(patternOf(first));
  }
  return {
    has: (entry) => unknown || names.has(entry) || patterns.some((pattern) => pattern.test(entry)),
  };
}

/** The text of each instruction that may take files, on one line and without heredocs. */
function instructions(dockerfile: string): string[] {
  const text = dockerfile.replace(/^\ufeff/, "");
  const escapeCharacter = BACKTICK_ESCAPES.test(text) ? "`" : "\\";
  const lines = text.split(/\r?\n/);
  const found: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    let line = lines[at]!;
    if (isComment(line)) continue;
    while (line.trimEnd().endsWith(escapeCharacter) && at + 1 < lines.length) {
      const next = lines[++at]!;
      if (!isComment(next) && next.trim() !== "") line = `${line.trimEnd().slice(0, -1)} ${next}`;
    }
    if (!INSTRUCTION.test(line)) continue;
    found.push(line);
    for (const [, , end] of line.matchAll(HEREDOC)) {
      while (at + 1 < lines.length && lines[++at]!.trim() !== end);
    }
  }
  return found;
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith("#");
}

function sourcesOf(instruction: string): string[] {
  const [, name = "", rest = ""] = INSTRUCTION.exec(instruction) ?? [];
  const words = rest.match(/"(?:\\.|[^"\\])*"|'[^']*'|\S+/g) ?? [];
  const count = words.findIndex((word) => !word.startsWith("--"));
  const flags = count < 0 ? words : words.slice(0, count);
  if (name.toUpperCase() === "RUN") return flags.flatMap(mountSource);
  if (flags.some((flag) => flag.startsWith("--from="))) return [];
  const paths = jsonWords(words.slice(flags.length).join(" ")) ?? words.slice(flags.length).map(unquoted);
  return paths.slice(0, -1).filter((path) => !/^<<|:\/\/|^git@/.test(path));
}

/** The source of a bind mount that is from the context. */
function mountSource(flag: string): string[] {
  if (!flag.startsWith("--mount=")) return [];
  const fields = new Map(
    unquoted(flag.slice("--mount=".length))
      .split(",")
      .map((field) => [field.split("=")[0]!, field.slice(field.indexOf("=") + 1)]),
  );
  if ((fields.get("type") ?? "bind") !== "bind" || fields.has("from")) return [];
  return [fields.get("source") ?? fields.get("src") ?? "/"];
}

function jsonWords(text: string): string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : undefined;
  } catch {
    return undefined;
  }
}

function unquoted(word: string): string {
  return word.replace(/^(["'])(.*)\1$/s, "$2");
}

function patternOf(segment: string): RegExp {
  const body = segment
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    return new RegExp(`^${body}$`, "s");
  } catch {
    // A bracket without its other one.
    return /^/;
  }
}
