import { createHash } from "node:crypto";

/** A place on the ring: an md5 sum as two numbers. */
type Point = readonly [high: bigint, low: bigint];

/**
 * The one of `names` that `key` belongs to. The same key stays with the same name as long as that is there,
 * and every tool finds the same one: it is the consistent hash that Buildx chooses pods with.
 * @param names at least one, in any order
 */
export function stickyChoice(names: readonly string[], key: string): string {
  const ring = names
    .map((name) => ({ name, point: pointOf(`${name}-0`) }))
    .sort((a, b) => compare(a.point, b.point));
  const wanted = pointOf(key);
  return (ring.find(({ point }) => compare(point, wanted) > 0) ?? ring[0]!).name;
}

function pointOf(text: string): Point {
  const sum = createHash("md5").update(text).digest();
  return [sum.readBigInt64LE(0), sum.readBigInt64LE(8)];
}

function compare(a: Point, b: Point): number {
  const [x, y] = a[0] === b[0] ? [a[1], b[1]] : [a[0], b[0]];
  return x < y ? -1 : x > y ? 1 : 0;
}
