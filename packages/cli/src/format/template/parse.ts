import { TemplateError } from "./error.ts";
import { type Token, tokenize } from "./lex.ts";
import { parsePipeline } from "./parse-pipeline.ts";
import type { Part } from "./syntax.ts";
import { TokenReader } from "./token-reader.ts";

const CLOSERS = ["end", "else"] as const;
const UNSUPPORTED = new Set(["define", "template", "block"]);

/**
 * Parses a Go template.
 * @throws TemplateError
 */
export function parseTemplate(source: string): Part[] {
  const reader = new TokenReader(tokenize(source), source.length);
  const { parts, closer } = parseParts(reader, { inRange: false });
  if (closer) throw new TemplateError(`unexpected {{${closer.value}}}`, closer.at);
  return parts;
}

interface Surroundings {
  inRange: boolean;
}

type Closer = { value: (typeof CLOSERS)[number]; at: number };

/** Parses up to the `end` or `else` that belongs to a block outside, of which only the word is read. */
function parseParts(reader: TokenReader, around: Surroundings): { parts: Part[]; closer?: Closer } {
  const parts: Part[] = [];
  for (let token = reader.next(); token; token = reader.next()) {
    if (token.type === "text") {
      parts.push({ kind: "text", text: token.value });
      continue;
    }
    reader.skipSpace();
    const word = reader.peek();
    const closer = CLOSERS.find((value) => word?.type === "word" && word.value === value);
    if (closer) {
      reader.next();
      return { parts, closer: { value: closer, at: word!.at } };
    }
    parts.push(parseAction(reader, around));
  }
  return { parts };
}

/** Parses an action, whose opening braces are read. */
function parseAction(reader: TokenReader, around: Surroundings): Part {
  const token = reader.peek();
  const word = token?.type === "word" ? token.value : undefined;
  if (word === "if" || word === "with" || word === "range") return parseBlock(reader, word, around);
  if (word === "break" || word === "continue") {
    if (!around.inRange) throw new TemplateError(`{{${word}}} outside of {{range}}`, token!.at);
    reader.next();
    reader.close();
    return { kind: word };
  }
  if (word !== undefined && UNSUPPORTED.has(word)) {
    throw new TemplateError(`{{${word}}} is not supported`, token!.at);
  }
  const pipeline = parsePipeline(reader, { variables: 1 });
  reader.close();
  return { kind: "action", pipeline };
}

function parseBlock(reader: TokenReader, kind: "if" | "with" | "range", around: Surroundings): Part {
  return reader.nested(() => {
    const start: Token = reader.next()!;
    const pipeline = parsePipeline(reader, { variables: kind === "range" ? 2 : 1 });
    reader.close();
    const { parts: then, closer } = parseParts(reader, { inRange: around.inRange || kind === "range" });
    if (!closer) throw new TemplateError(`{{${kind}}} has no {{end}}`, start.at);
    const otherwise = closer.value === "else" ? parseElse(reader, kind, start.at, around) : [];
    if (closer.value === "end") reader.close();
    return { kind, pipeline, then, otherwise };
  });
}

/** Parses what follows the word `else`, including the end of the block. */
function parseElse(
  reader: TokenReader,
  kind: "if" | "with" | "range",
  at: number,
  around: Surroundings,
): Part[] {
  reader.skipSpace();
  const word = reader.peek();
  if (kind !== "range" && word?.type === "word" && word.value === kind) {
    return [parseBlock(reader, kind, around)];
  }
  reader.close();
  const { parts, closer } = parseParts(reader, around);
  if (!closer) throw new TemplateError(`{{${kind}}} has no {{end}}`, at);
  if (closer.value === "else") throw new TemplateError("unexpected {{else}}", closer.at);
  reader.close();
  return parts;
}
