import { TemplateError } from "./error.ts";
import type { Token } from "./lex.ts";

const MAX_DEPTH = 100;

/** Reads a template's tokens in their order. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#position];
  }

  next(): Token | undefined {
    return this.#tokens[this.#position++];
  }

  /** Reads the next token if it is this mark. */
  takeMark(mark: string): boolean {
    const token = this.peek();
    if (token?.type !== "mark" || token.value !== mark) return false;
    this.#position++;
    return true;
  }

  skipSpace(): boolean {
    if (this.peek()?.type !== "space") return false;
    this.#position++;
    return true;
  }

  /** Reads the closing braces. */
  close(): void {
    this.skipSpace();
    if (this.peek()?.type !== "close") throw this.unexpected();
    this.#position++;
  }

  /** The error for the token that comes next. */
  unexpected(): TemplateError {
    const token = this.peek();
    if (!token) return new TemplateError("unexpected end", this.#end);
    if (token.type === "close") return new TemplateError("something is missing", token.at);
    const shown = "value" in token ? String(token.value) : token.type;
    return new TemplateError(`unexpected ${shown}`, token.at);
  }

  /** Runs an action that reads something which may contain itself. */
  nested<T>(action: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new TemplateError("it is nested too deep", this.peek()?.at);
    try {
      return action();
    } finally {
      this.#depth--;
    }
  }

  /** Whether what follows is like `action` reads it; otherwise nothing is read. */
  attempt<T>(action: () => T | undefined): T | undefined {
    const start = this.#position;
    const result = action();
    if (result === undefined) this.#position = start;
    return result;
  }
}
