import { invalid } from "./problem.ts";
import type { TokenReader } from "./reader.ts";
import { parseOperand, parseTerm } from "./terms.ts";
import type { Expression, NameTerm, Term } from "./tree.ts";

/** Expressions up to `close`, which is taken: one a line, or with semicolons between them. */
export function parseBody(reader: TokenReader, close: string): Expression[] {
  const body: Expression[] = [];
  while (!reader.skip(close)) {
    if (body.length > 0 && !reader.skip(";") && !reader.next.newLine) {
      throw reader.unexpected("after an expression");
    }
    body.push(parseExpression(reader));
  }
  if (body.length === 0) throw invalid(reader.next.at, "an empty body");
  return body;
}

export function parseExpression(reader: TokenReader): Expression {
  const expression = parseUnqualified(reader);
  if (reader.is("with")) throw reader.unexpected();
  return expression;
}

function parseUnqualified(reader: TokenReader): Expression {
  const { at } = reader.next;
  if (reader.skip("not")) {
    if (reader.is("not")) throw reader.unexpected("after not");
    return { kind: "not", expression: parseExpression(reader), at };
  }
  if (reader.is("some")) return parseSome(reader);
  if (reader.is("every")) return parseEvery(reader);
  const left = parseTerm(reader);
  if (reader.is(":=") && !["name", "array", "object"].includes(left.kind)) {
    throw invalid(at, "only variables can be assigned to");
  }
  if (reader.skip(":=")) return { kind: "assign", left, right: parseTerm(reader), at };
  if (reader.skip("=")) return { kind: "unify", left, right: parseTerm(reader), at };
  return { kind: "term", term: left, at };
}

function parseSome(reader: TokenReader): Expression {
  const { at } = reader.expect("some");
  const terms: Term[] = [parseOperand(reader)];
  while (reader.skip(",")) terms.push(parseOperand(reader));
  if (!reader.skip("in")) return { kind: "some", names: terms.map((term) => nameOf(term, at)), at };
  const [first, second, ...rest] = terms as [Term, ...Term[]];
  if (rest.length > 0) throw invalid(at, "some with more than a key and a value");
  // The domain binds as what is on the right of `in` does.
  const domain = parseTerm(reader, 1);
  return { kind: "someIn", ...(second && { key: first }), value: second ?? first, domain, at };
}

function parseEvery(reader: TokenReader): Expression {
  const { at } = reader.expect("every");
  const first = nameOf(parseOperand(reader), at);
  const second = reader.skip(",") ? nameOf(parseOperand(reader), at) : undefined;
  reader.expect("in");
  const domain = parseTerm(reader, 1);
  reader.expect("{");
  const body = parseBody(reader, "}");
  return { kind: "every", ...(second && { key: first }), value: second ?? first, domain, body, at };
}

function nameOf(term: Term, at: NameTerm["at"]): NameTerm {
  if (term.kind === "name") return term;
  throw invalid(at, "only variables can be declared");
}
