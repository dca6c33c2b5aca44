import { isAbsolute, relative, sep } from "node:path";
import type { SourceRange } from "@tsbx/core/progress";
import type { Environment } from "../io.ts";

/** A place in a file that an annotation is put on. Properties that are undefined are left out. */
export interface AnnotationPlace {
  file?: string | undefined;
  line?: number | undefined;
  endLine?: number | undefined;
}

/** A line that has GitHub's runner do something; any text is escaped as its syntax needs. */
export function command(
  name: string,
  data: string,
  properties: Readonly<Record<string, unknown>> = {},
): string {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined && value !== "");
  const list = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(",");
  return `::${name}${list ? ` ${list}` : ""}::${escapeData(data)}\n`;
}

/** Where an annotation on lines of a file goes. Without a file it is put on none. */
export function annotationPlace(file: string | undefined, ranges: readonly SourceRange[]): AnnotationPlace {
  const [range] = ranges;
  if (file === undefined || range === undefined || range.start.line < 1) return { file };
  return { file, line: range.start.line, endLine: Math.max(range.start.line, range.end.line) };
}

/** A path as annotations need it: from the workflow's checkout. What is outside has none. */
export function workspacePath(path: string, { GITHUB_WORKSPACE: root }: Environment): string | undefined {
  if (!root) return undefined;
  const inside = relative(root, path);
  return inside === "" || /^\.\.(?:$|[\\/])/.test(inside) || isAbsolute(inside)
    ? undefined
    : inside.split(sep).join("/");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
