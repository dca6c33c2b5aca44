import { parseBody, parseExpression } from "./expressions.ts";
import { invalid, unsupported } from "./problem.ts";
import { TokenReader } from "./reader.ts";
import { parseTerm } from "./terms.ts";
import { tokenize } from "./tokens.ts";
import type { Branch, Expression, Import, Module, Rule, Term } from "./tree.ts";

const TRUE: Term = { kind: "value", value: true };

/**
 * Reads a module of Rego v1.
 * @param file its name, for errors
 * @throws TsbxError `INVALID_POLICY`, `POLICY_UNSUPPORTED`
 */
export function parseModule(text: string, file: string): Module {
  const reader = new TokenReader(tokenize(text, file));
  reader.expect("package");
  const name = path(reader);
  const imports: Import[] = [];
  const rules: Rule[] = [];
  while (reader.next.kind !== "end") {
    if (!reader.next.newLine && !reader.skip(";")) throw reader.unexpected();
    if (reader.is("import")) imports.push(...parseImport(reader));
    else rules.push(parseRule(reader));
  }
  return { file, package: name, imports, rules };
}

function path(reader: TokenReader): string[] {
  const names = [reader.take().text];
  while (reader.skip(".")) names.push(reader.take().text);
  const bad = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (bad !== undefined) throw reader.unexpected("in a path");
  return names;
}

/** Of keywords and of the language's version nothing is left: they are there anyway. */
function parseImport(reader: TokenReader): Import[] {
  const { at } = reader.expect("import");
  const names = path(reader);
  const as = reader.skip("as") ? reader.name().text : names.at(-1)!;
  const [root] = names;
  if (names.join(".") === "rego.v1" || names.join(".").startsWith("future.keywords")) return [];
  if (root === "data" || root === "input") return [{ path: names, as, at }];
  throw invalid(at, `imports begin with data, input or rego.v1, and not with ${root}`);
}

function parseRule(reader: TokenReader): Rule {
  const { at } = reader.next;
  const isDefault = reader.skip("default");
  const name = reader.name().text;
  if (reader.is(".")) throw unsupported(reader.next.at, "a rule whose name has several parts");
  const rule: Rule = {
    ...{ kind: "complete", name, at, isDefault, args: [], slots: 0 },
    branch: { value: TRUE, body: [] },
  };
  if (reader.adjacent("(")) {
    reader.take();
    rule.kind = "function";
    rule.args = reader.list(")", () => parseTerm(reader));
  } else if (reader.adjacent("[")) {
    reader.take();
    rule.kind = "object";
    rule.key = parseTerm(reader);
    reader.expect("]");
  } else if (reader.skip("contains")) {
    rule.kind = "set";
    rule.key = parseTerm(reader);
  }
  const { branch, complete } = parseBranch(reader);
  rule.branch = branch;
  if (!complete && rule.kind !== "set") throw invalid(at, `${name} has neither a value nor a body after if`);
  if (isDefault && (branch.body.length > 0 || rule.kind === "set" || rule.kind === "object"))
    throw invalid(at, "a default is a value alone");
  let last = branch;
  while (reader.is("else")) {
    const { at: place } = reader.take();
    if (rule.kind === "set" || rule.kind === "object" || last.body.length === 0)
      throw invalid(place, "else belongs to a rule with a body");
    last.otherwise = parseBranch(reader).branch;
    last = last.otherwise;
  }
  return rule;
}

function parseBranch(reader: TokenReader): { branch: Branch; complete: boolean } {
  const valued = reader.skip(":=") || reader.skip("=");
  const value = valued ? parseTerm(reader) : TRUE;
  const body: Expression[] = [];
  if (reader.skip("if")) {
    if (reader.skip("{")) body.push(...parseBody(reader, "}"));
    else body.push(parseExpression(reader));
  }
  return { branch: { value, body }, complete: valued || body.length > 0 };
}
