import { parseBody } from "./expressions.ts";
import { invalid, unsupported } from "./problem.ts";
import type { TokenReader } from "./reader.ts";
import type { Operator, Term } from "./tree.ts";

/** From those that bind least to those that bind most. */
const LEVELS: ReadonlyArray<{ operators: readonly Operator[]; chains: boolean }> = [
  { operators: ["in"], chains: false },
  { operators: ["==", "!=", "<", "<=", ">", ">="], chains: false },
  { operators: ["|"], chains: true },
  { operators: ["&"], chains: true },
  { operators: ["+", "-"], chains: true },
  { operators: ["*", "/", "%"], chains: true },
];

/** A term with infix operators. */
export function parseTerm(reader: TokenReader, level = 0): Term {
  const { operators, chains } = LEVELS[level] ?? {};
  if (!operators) return parseOperand(reader);
  let left = parseTerm(reader, level + 1);
  for (let count = 0; ; count++) {
    const operator = operators.find((each) => reader.is(each));
    if (!operator) return left;
    const { at, newLine } = reader.next;
    if (newLine) throw unsupported(at, `a line that begins with ${operator}`);
    if (count > 0 && !chains) throw unsupported(at, `${operator} after another comparison`);
    reader.take();
    left = { kind: "operation", operator, left, right: parseTerm(reader, level + 1) };
  }
}

/** A term without infix operators: what is outermost stands in brackets, or is a reference or a call. */
export function parseOperand(reader: TokenReader): Term {
  let term = parseHead(reader);
  for (;;) {
    const { at } = reader.next;
    if (reader.adjacent(".")) {
      reader.take();
      const { kind, text, spaced } = reader.next;
      if (kind !== "name" || spaced) throw reader.unexpected("where a name is expected");
      reader.take();
      term = extended(term, { kind: "value", value: text }, at);
    } else if (reader.adjacent("[")) {
      reader.take();
      const key = parseTerm(reader);
      reader.expect("]");
      term = extended(term, key, at);
    } else if (reader.adjacent("(")) {
      reader.take();
      const name = calledName(term);
      if (name === undefined) throw invalid(at, "only functions can be called");
      term = { kind: "call", name, args: reader.list(")", () => parseTerm(reader)), at };
    } else {
      return term;
    }
  }
}

function extended(head: Term, key: Term, at: ReturnType<TokenReader["take"]>["at"]): Term {
  if (head.kind === "ref") return { ...head, path: [...head.path, key] };
  return { kind: "ref", head, path: [key], at: head.kind === "name" ? head.at : at };
}

/** `a.b.c` of a reference with constant names. */
function calledName(term: Term): string | undefined {
  if (term.kind === "name") return term.name;
  if (term.kind !== "ref" || term.head.kind !== "name") return undefined;
  const names = term.path.map((each) => (each.kind === "value" ? each.value : undefined));
  return names.every((each) => typeof each === "string") ? [term.head.name, ...names].join(".") : undefined;
}

function parseHead(reader: TokenReader): Term {
  const { kind, text, at } = reader.next;
  if (kind === "string") return { kind: "value", value: reader.take().text };
  if (kind === "number") return { kind: "value", value: number(reader, 1) };
  if (kind === "name") return parseWord(reader);
  if (reader.skip("-")) {
    if (reader.next.kind !== "number" || reader.next.spaced) throw reader.unexpected("after -");
    return { kind: "value", value: number(reader, -1) };
  }
  if (reader.skip("(")) {
    const term = parseTerm(reader);
    reader.expect(")");
    return term;
  }
  if (reader.skip("[")) {
    return (
      parseComprehension(reader, "array", "]") ?? {
        kind: "array",
        items: reader.list("]", () => parseTerm(reader)),
      }
    );
  }
  if (reader.skip("{")) return parseBraces(reader);
  throw invalid(at, `unexpected ${text}`);
}

function parseWord(reader: TokenReader): Term {
  const { text, at } = reader.next;
  if (text === "true" || text === "false" || text === "null") {
    reader.take();
    return { kind: "value", value: text === "null" ? null : text === "true" };
  }
  if (text === "input" || text === "data") {
    reader.take();
    return { kind: "name", name: text, at };
  }
  const { text: name } = reader.name();
  if (name === "set" && reader.adjacent("(")) {
    reader.take();
    reader.expect(")");
    return { kind: "set", items: [] };
  }
  return { kind: "name", name, at };
}

function number(reader: TokenReader, sign: 1 | -1): number {
  const { text, at } = reader.take();
  const value = sign * Number(text);
  if (!Number.isSafeInteger(value) || !/^[0-9]+$/.test(text))
    throw unsupported(at, `the number ${text}, which is no whole one of 53 bits,`);
  // There is one zero.
  return value === 0 ? 0 : value;
}

function parseBraces(reader: TokenReader): Term {
  const comprehension = parseComprehension(reader, "set", "}") ?? parseObjectComprehension(reader);
  if (comprehension) return comprehension;
  if (reader.skip("}")) return { kind: "object", entries: [] };
  const first = parseTerm(reader);
  if (reader.skip(":")) {
    const entries: Array<[Term, Term]> = [[first, parseTerm(reader)]];
    if (!reader.is("}")) reader.expect(",");
    entries.push(
      ...reader.list("}", (): [Term, Term] => {
        const key = parseTerm(reader);
        reader.expect(":");
        return [key, parseTerm(reader)];
      }),
    );
    return { kind: "object", entries };
  }
  if (!reader.is("}")) reader.expect(",");
  return { kind: "set", items: [first, ...reader.list("}", () => parseTerm(reader))] };
}

/** A comprehension whose head is one operand, as they all are; nothing where there is no `|` behind it. */
function parseComprehension(reader: TokenReader, of: "array" | "set", close: string): Term | undefined {
  return reader.attempt(() => {
    if (reader.is(close)) return undefined;
    const head = parseOperand(reader);
    if (!reader.skip("|")) return undefined;
    return { kind: "comprehension", of, head, body: parseBody(reader, close) };
  });
}

function parseObjectComprehension(reader: TokenReader): Term | undefined {
  return reader.attempt(() => {
    if (reader.is("}")) return undefined;
    const key = parseOperand(reader);
    if (!reader.skip(":")) return undefined;
    const head = parseOperand(reader);
    if (!reader.skip("|")) return undefined;
    return { kind: "comprehension", of: "object", key, head, body: parseBody(reader, "}") };
  });
}
