import fc from "fast-check";

/** Any bytes. */
export function bytes(maxLength = 200): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ maxLength }).map((all) => Buffer.from(all));
}

/** What takes some bytes out, and puts others in. */
export interface Change {
  at: number;
  drop: number;
  add: Uint8Array;
}

/** Lengths that are too long, and numbers that do not end. */
const EDGES = [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], Array<number>(11).fill(0x80), [0], [0x80]];

export function change(): fc.Arbitrary<Change> {
  const added = fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom(...EDGES).map((edge) => Uint8Array.from(edge)),
  );
  return fc.record({ at: fc.nat(), drop: fc.oneof(fc.nat(3), fc.nat(300)), add: added });
}

export function changed(source: Uint8Array, { at, drop, add }: Change): Buffer {
  const from = at % (source.length + 1);
  return Buffer.concat([source.subarray(0, from), add, source.subarray(from + drop)]);
}

/** What `source` makes, changed a few times or not at all. */
export function changedBytes(source: fc.Arbitrary<Uint8Array>, maxChanges = 4): fc.Arbitrary<Buffer> {
  return fc
    .tuple(source, fc.array(change(), { maxLength: maxChanges }))
    .map(([all, changes]) => changes.reduce<Buffer>(changed, Buffer.from(all)));
}

/** The bytes cut into chunks, anywhere. */
export function chunked(source: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer[]> {
  return fc.tuple(source, fc.array(fc.nat(), { maxLength: 6 })).map(([all, cuts]) => {
    const ends = [...new Set(cuts.map((cut) => cut % (all.length + 1))), all.length].sort((a, b) => a - b);
    return ends.map((end, index) => Buffer.from(all.subarray(ends[index - 1] ?? 0, end)));
  });
}
