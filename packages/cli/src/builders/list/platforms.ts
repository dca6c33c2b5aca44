import type { NodeReport } from "../node-report.ts";

const MAJOR = ["amd64", "arm64", "arm", "ppc64le", "s390x", "riscv64", "mips64"].map(
  (arch) => `linux/${arch}`,
);
const SHOWN = 4;

/** A node's platforms for people: those it was created for first, with a star, then what else it can do. */
export function platformNames(chosen: readonly string[], detected: readonly string[]): string[] {
  const names = chosen.map((platform) => `${platform}*`);
  return [...new Set([...names, ...detected.filter((platform) => !chosen.includes(platform))])];
}

/** All platforms of a node, those it was created for and those of its workers. */
export function nodePlatforms({ node, workers }: NodeReport): string[] {
  return platformNames(
    node.platforms ?? [],
    workers.flatMap(({ platforms }) => platforms),
  );
}

/**
 * The names in the width of a table: at most four kinds, well-known ones first, and how many more there are.
 * Several variants of a kind are counted, as in `linux/amd64 (+3)`.
 */
export function shortPlatforms(names: readonly string[]): string {
  const kinds = new Map<string, string[]>();
  for (const name of names) {
    const kind = kindOf(name);
    kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  }
  const order = [
    ...MAJOR.filter((kind) => kinds.has(kind)),
    ...[...kinds.keys()].filter((kind) => !MAJOR.includes(kind)),
  ];
  const shown = order.slice(0, SHOWN).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const texts = shown.map((kind) => kindText(kind, kinds.get(kind)!));
  const left = order.slice(SHOWN).reduce((total, kind) => total + kinds.get(kind)!.length, 0);
  return [...texts, ...(left > 0 ? [`(${left} more)`] : [])].join(", ");
}

function kindOf(name: string): string {
  return name.replace(/\*$/, "").split("/").slice(0, 2).join("/");
}

function rank(kind: string): number {
  const index = MAJOR.indexOf(kind);
  return index < 0 ? MAJOR.length : index;
}

function kindText(kind: string, names: readonly string[]): string {
  if (names.length === 1) return names[0]!;
  const star = names.some((name) => name.endsWith("*")) ? "*" : "";
  return `${kind}${star} (+${names.length})`;
}
