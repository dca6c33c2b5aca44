import { TsbxError } from "../../errors.ts";

/** One piece of a pattern. */
type Piece =
  /** A character of a kind; `source` is it as a regular expression. */
  | { kind: "one"; source: string; matches: (char: string) => boolean }
  /** `*`: any characters of one name. */
  | { kind: "name" }
  /** `**` in front of something: any directories. */
  | { kind: "directories" }
  /** `**` at the end. */
  | { kind: "rest" }
  /** What `^` is in regular expressions: not taken literally elsewhere either, so `^a*` matches `ab`. */
  | { kind: "start" };

const SOURCES = { name: "[^/]*", directories: "(?:[^\\n]*/)?", rest: "[^\\n]*", start: "^" } as const;
/** Some milliseconds. */
const MOST_STEPS = 1e6;

/**
 * A matcher for what `*`, `?`, `[...]`, `**` and backslashes stand for. Nothing takes it long: patterns and paths
 * come out of repositories that may be anybody's.
 * @param mostSteps how many steps a regular expression may need in the worst case
 * @throws TsbxError `INVALID_PATTERN`
 */
export function globMatcher(text: string, mostSteps = MOST_STEPS): (path: string) => boolean {
  const pieces = piecesOf(text);
  const source = pieces.map((piece) => (piece.kind === "one" ? piece.source : SOURCES[piece.kind])).join("");
  const regex = new RegExp(`^${source}$`, "u");
  const openEnds = pieces.filter(({ kind }) => kind !== "one" && kind !== "start").length;
  // A regular expression is faster, but tries all ways to share the path out among the open ends.
  return (path) => (path.length ** openEnds > mostSteps ? matchesAtOnce(pieces, path) : regex.test(path));
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = String.fromCodePoint(text.codePointAt(at)!);
    if (char === "*" && text[at + 1] === "*") {
      at++;
      if (text[at + 1] === "/") at++;
      pieces.push({ kind: at + 1 >= text.length ? "rest" : "directories" });
    } else if (char === "*") pieces.push({ kind: "name" });
    else if (char === "?") pieces.push({ kind: "one", source: "[^/]", matches: (each) => each !== "/" });
    else if (char === "^") pieces.push({ kind: "start" });
    else if (char === "[") {
      const end = classEnd(text, at);
      if (end < 0) throw syntaxError(text);
      pieces.push(classPiece(text.slice(at, end + 1), text));
      at = end;
    } else {
      const escaped = char === "\\" ? text.codePointAt(++at) : char.codePointAt(0);
      if (escaped === undefined) throw syntaxError(text);
      const literal = String.fromCodePoint(escaped);
      at += literal.length - 1;
      const source = /[.*+?^${}()|[\]\\/]/.test(literal) ? `\\${literal}` : literal;
      pieces.push({ kind: "one", source, matches: (each) => each === literal });
    }
  }
  return pieces;
}

/** Where a character class ends; -1 when it is none: no end, no content, or `-` and `]` out of place. */
function classEnd(text: string, start: number): number {
  const member = /(?:\\.|[^\\\]-])(?:-(?:\\.|[^\\\]-]))?/suy;
  member.lastIndex = text[start + 1] === "^" ? start + 2 : start + 1;
  let end = -1;
  while (member.test(text)) end = member.lastIndex;
  return end >= 0 && text[end] === "]" ? end : -1;
}

function classPiece(source: string, text: string): Piece {
  try {
    const regex = new RegExp(`^${source}$`, "u");
    return { kind: "one", source, matches: (char) => regex.test(char) };
  } catch {
    throw syntaxError(text);
  }
}

/** Follows all ways through the pattern at the same time: in steps of the path's length times the pattern's. */
function matchesAtOnce(pieces: readonly Piece[], path: string): boolean {
  // The place before each piece, that behind the last, and then for each piece the inside of its directories.
  const end = pieces.length;
  let now = new Uint8Array(2 * end + 1);
  let next = new Uint8Array(2 * end + 1);
  const enter = (places: Uint8Array, from: number, atStart: boolean) => {
    for (let place = from; places[place] !== 1; place++) {
      places[place] = 1;
      const kind = pieces[place]?.kind;
      if (kind === "directories") places[end + 1 + place] = 1;
      if (kind === undefined || kind === "one" || (kind === "start" && !atStart)) return;
    }
  };
  enter(now, 0, true);
  for (const char of path) {
    next.fill(0);
    for (const [place, piece] of pieces.entries()) {
      if (now[end + 1 + place] === 1 && char !== "\n") {
        next[end + 1 + place] = 1;
        if (char === "/") enter(next, place + 1, false);
      }
      if (now[place] !== 1) continue;
      if (piece.kind === "one" && piece.matches(char)) enter(next, place + 1, false);
      else if (piece.kind === "name" && char !== "/") enter(next, place, false);
      else if (piece.kind === "rest" && char !== "\n") enter(next, place, false);
    }
    [now, next] = [next, now];
  }
  return now[end] === 1;
}

function syntaxError(text: string): TsbxError {
  return new TsbxError("INVALID_PATTERN", `syntax error in pattern "${text}"`);
}
