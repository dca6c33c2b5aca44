import { invalid, unsupported } from "./problem.ts";
import type { Token } from "./tokens.ts";

/** Words that no rule and no variable has for a name. */
const RESERVED = new Set(
  "as default else every false if import in input data not null package some true with".split(" "),
);

/** Goes through tokens from left to right. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.#tokens[this.#index]!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== "end") this.#index++;
    return token;
  }

  is(text: string): boolean {
    const { kind, text: found } = this.next;
    return found === text && (kind === "symbol" || kind === "name");
  }

  /** Whether the symbol follows without white space: as the continuation of what is before it. */
  adjacent(text: string): boolean {
    return this.is(text) && !this.next.spaced;
  }

  skip(text: string): boolean {
    const found = this.is(text);
    if (found) this.take();
    return found;
  }

  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`where ${text} is expected`);
    return this.take();
  }

  name(): Token {
    const { kind, text } = this.next;
    if (kind !== "name" || RESERVED.has(text)) throw this.unexpected("where a name is expected");
    return this.take();
  }

  /** Elements up to `close`, which is taken, with commas between them and perhaps one behind. */
  list<T>(close: string, element: () => T): T[] {
    const elements: T[] = [];
    while (!this.skip(close)) {
      elements.push(element());
      if (!this.is(close)) this.expect(",");
    }
    return elements;
  }

  /** Does `attempt`; where that gives nothing, all is as before. */
  attempt<T>(attempt: () => T | undefined): T | undefined {
    const start = this.#index;
    const result = attempt();
    if (result === undefined) this.#index = start;
    return result;
  }

  unexpected(context = "") {
    if (this.is("with")) return unsupported(this.next.at, "with");
    const text = this.next.kind === "string" ? JSON.stringify(this.next.text) : this.next.text;
    return invalid(this.next.at, `unexpected ${text} ${context}`.trimEnd());
  }
}
