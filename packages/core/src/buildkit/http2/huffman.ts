import { ErrorCode, ProtocolError } from "./frame.ts";

/**
 * How many bits the code of each byte has, in base 36 (RFC 7541, appendix B). The code is canonical: codes of one
 * length are consecutive, in the order of the bytes.
 */
const LENGTHS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnqqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq";
const LONGEST = 30;
/** The end-of-string code is all ones, and as long as the longest. */
const EOS = 256;

interface Lengths {
  /** The first code of a length, and where its symbols begin. */
  readonly first: number[];
  readonly offset: number[];
  readonly count: number[];
  readonly symbols: number[];
}

let table: Lengths | undefined;

function lengths(): Lengths {
  const bits = [...LENGTHS].map((digit) => Number.parseInt(digit, 36));
  bits.push(LONGEST);
  const made: Lengths = { first: [], offset: [], count: [], symbols: [] };
  let code = 0;
  for (let length = 0; length <= LONGEST; length++) {
    made.first[length] = code;
    made.offset[length] = made.symbols.length;
    for (const [symbol, each] of bits.entries()) if (each === length) made.symbols.push(symbol);
    made.count[length] = made.symbols.length - made.offset[length]!;
    code = (code + made.count[length]!) * 2;
  }
  return made;
}

/** @throws ProtocolError for what is no text in this code */
export function decodeHuffman(bytes: Buffer): Buffer {
  table ??= lengths();
  const { first, offset, count, symbols } = table;
  // The shortest codes have five bits.
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let [at, code, length] = [0, 0, 0];
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      length++;
      const index = code - first[length]!;
      if (index >= count[length]!) {
        if (length === LONGEST) throw malformed();
        continue;
      }
      const symbol = symbols[offset[length]! + index]!;
      if (symbol === EOS) throw malformed();
      text[at++] = symbol;
      code = 0;
      length = 0;
    }
  }
  // The rest of the last byte is the beginning of the end-of-string code, and shorter than a byte.
  if (length > 7 || code !== (1 << length) - 1) throw malformed();
  return text.subarray(0, at);
}

function malformed(): ProtocolError {
  return new ProtocolError("malformed Huffman code in a header", ErrorCode.COMPRESSION_ERROR);
}
