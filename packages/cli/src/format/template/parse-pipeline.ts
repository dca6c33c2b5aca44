import { TemplateError } from "./error.ts";
import { FUNCTIONS } from "./functions.ts";
import type { Command, Operand, Pipeline } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

const CONSTANTS: Readonly<Record<string, boolean | undefined>> = { true: true, false: false, nil: undefined };

/** Parses a pipeline up to what ends it, which is not read. `variables` is how many it may set. */
export function parsePipeline(reader: TokenReader, { variables }: { variables: number }): Pipeline {
  reader.skipSpace();
  const at = reader.peek()?.at ?? 0;
  const declared = reader.attempt(() => parseVariables(reader, variables));
  const commands: Command[] = [];
  do commands.push(parseCommand(reader));
  while (reader.takeMark("|"));
  for (const [operand] of commands.slice(1)) {
    if (operand.kind !== "function")
      throw new TemplateError("only a function can stand behind |", operand.at);
  }
  return { at, variables: [], assigns: false, ...declared, commands };
}

/** `$a :=`, `$a =` or `$a, $b :=` */
function parseVariables(
  reader: TokenReader,
  most: number,
): Pick<Pipeline, "variables" | "assigns"> | undefined {
  const variables: string[] = [];
  do {
    reader.skipSpace();
    const token = reader.next();
    if (token?.type !== "variable" || token.value === "$") return undefined;
    variables.push(token.value);
    reader.skipSpace();
  } while (variables.length < most && reader.takeMark(","));
  if (reader.takeMark(":=")) return { variables, assigns: false };
  if (reader.takeMark("=")) return { variables, assigns: true };
  return undefined;
}

/** Parses the operands of one command, with the space before and behind it. */
function parseCommand(reader: TokenReader): Command {
  reader.skipSpace();
  const command: Command = [parseOperand(reader)];
  while (reader.skipSpace() && startsOperand(reader)) command.push(parseOperand(reader));
  const [first, second] = command;
  if (second && first.kind !== "function") {
    throw new TemplateError("only a function takes arguments", first.at);
  }
  if (first.kind === "constant" && first.value === undefined) {
    throw new TemplateError("nil cannot stand alone", first.at);
  }
  return command;
}

function startsOperand(reader: TokenReader): boolean {
  const token = reader.peek();
  return token !== undefined && token.type !== "close" && (token.type !== "mark" || token.value === "(");
}

function parseOperand(reader: TokenReader): Operand {
  const operand = parseTerm(reader);
  const fields = [...operand.fields];
  for (let token = reader.peek(); token?.type === "field"; token = reader.peek()) {
    fields.push(token.value);
    reader.next();
  }
  if (fields.length > 0 && (operand.kind === "constant" || operand.kind === "function")) {
    throw new TemplateError("only a value has fields; use parentheses around a function", operand.at);
  }
  return { ...operand, fields };
}

function parseTerm(reader: TokenReader): Operand {
  const token = reader.peek();
  const at = token?.at ?? 0;
  const fields: readonly string[] = [];
  if (reader.takeMark("(")) {
    return reader.nested(() => {
      const pipeline = parsePipeline(reader, { variables: 0 });
      if (!reader.takeMark(")")) throw reader.unexpected();
      return { kind: "pipeline", pipeline, at, fields };
    });
  }
  if (token?.type === "field" || token?.type === "dot") {
    if (token.type === "dot") reader.next();
    return { kind: "dot", at, fields };
  }
  if (token?.type === "variable") {
    reader.next();
    return { kind: "variable", name: token.value, at, fields };
  }
  if (token?.type === "constant") {
    reader.next();
    return { kind: "constant", value: token.value, at, fields };
  }
  if (token?.type === "word") {
    reader.next();
    if (Object.hasOwn(CONSTANTS, token.value)) {
      return { kind: "constant", value: CONSTANTS[token.value], at, fields };
    }
    if (!Object.hasOwn(FUNCTIONS, token.value)) {
      throw new TemplateError(`there is no function ${token.value}`, at);
    }
    return { kind: "function", name: token.value, at, fields };
  }
  throw reader.unexpected();
}
