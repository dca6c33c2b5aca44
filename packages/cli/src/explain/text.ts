import type { CacheMiss, MissReason } from "@tsbx/core/explain";
import { terminalText } from "../progress/terminal-text.ts";

/** So many files are named. */
const NAMED = 5;

/** Lines that say why steps were not cached. */
export function missesText(misses: readonly CacheMiss[] | undefined): string {
  if (!misses) return "This daemon does not tell what it builds: nothing is known of its cache.\n";
  if (misses.length === 0) return "Every step was in the cache.\n";
  const isFirst = misses.some(({ reasons }) => reasons.some(({ kind }) => kind === "unknown"));
  const rows = misses.filter(({ reasons }) => !reasons.some(({ kind }) => kind === "unknown"));
  const lines = rows.map(({ name, reasons }) => `  ${oneLine(name)}: ${reasonsText(reasons)}\n`);
  const head = lines.length > 0 ? "Steps that were not in the cache, and why:\n" : "";
  const first = isFirst
    ? "There is no build before to compare with: the next one with --explain-cache can tell what has changed.\n"
    : "";
  return head + lines.join("") + first;
}

/** What one step's reasons come to, in words. */
export function reasonsText(reasons: readonly MissReason[]): string {
  return reasons.map(reasonText).join("; ");
}

function reasonText(reason: MissReason): string {
  switch (reason.kind) {
    case "no-cache":
      return "the cache was not to be used";
    case "new":
      return "the step is new";
    case "part":
      return `its ${reason.name} has changed`;
    case "argument":
      return `build argument ${oneLine(reason.name)} has changed`;
    case "variable":
      return `variable ${oneLine(reason.name)} has changed`;
    case "image":
      return `image ${oneLine(reason.name)} is another`;
    case "files":
      return filesText(reason);
    case "follows":
      return `follows ${oneLine(reason.step)}`;
    case "rewired":
      return "it builds on another step than before";
    case "unfinished":
      return "it was not finished the last time";
    case "not-cached":
      return `not in this daemon's cache${
        reason.unless.length > 0 ? `, or ${reason.unless.map(oneLine).join(", ")} has changed` : ""
      }`;
    case "unknown":
      return "there is no build before to compare with";
  }
}

function filesText({ changed, added, removed }: Extract<MissReason, { kind: "files" }>): string {
  const all = [
    ...changed.map((path) => `${oneLine(path)} has changed`),
    ...added.map((path) => `${oneLine(path)} is new`),
    ...removed.map((path) => `${oneLine(path)} is gone`),
  ];
  const more = all.length - NAMED;
  return [...all.slice(0, NAMED), ...(more > 0 ? [`${more} more files`] : [])].join(", ");
}

function oneLine(text: string): string {
  return terminalText(text.replaceAll("\n", " "));
}
