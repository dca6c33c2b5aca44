import { TsbxError } from "../../errors.ts";
import { textOf } from "./byte-name.ts";

/**
 * Checks the paths of a received listing: relative, clean, in order, each in a directory that came before.
 * The rules are those of BuildKit's own receiver; a sender that breaks one is faulty or hostile.
 */
export class ReceivedOrder {
  #last = "";
  /** The directories that lead to the last entry, from the top. */
  #parents: string[] = [];

  /** @throws TsbxError `UNSAFE_PATH` */
  check(path: string, isDirectory: boolean): void {
    const names = path.split("/");
    if (path.startsWith("/")) throw unsafe(path, "absolute path");
    if (path.includes("\0") || names.some((name) => name === "" || name === "." || name === "..")) {
      throw unsafe(path, "unclean path");
    }
    if (this.#last !== "" && compare(this.#last, path) >= 0) {
      throw unsafe(path, `out of order after ${JSON.stringify(textOf(this.#last))}`);
    }
    const parent = names.slice(0, -1).join("/");
    while (this.#parents.length > 0 && this.#parents.at(-1) !== parent) this.#parents.pop();
    if (parent !== "" && this.#parents.length === 0) throw unsafe(path, "its directory was not sent");
    if (isDirectory) this.#parents.push(path);
    this.#last = path;
  }
}

/** By bytes, with `/` below every other. */
function compare(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return rank(a, i) - rank(b, i);
  }
  return a.length - b.length;
}

function rank(path: string, at: number): number {
  return path[at] === "/" ? -1 : path.charCodeAt(at);
}

function unsafe(path: string, problem: string): TsbxError {
  return new TsbxError("UNSAFE_PATH", `the daemon sent ${JSON.stringify(textOf(path))}: ${problem}`);
}
