import { createHash } from "node:crypto";
import { Op } from "../gen/llb.ts";
import type { GraphStep } from "./graph.ts";
import { localPaths } from "./local-paths.ts";
import { stepParts } from "./step-parts.ts";
import { sourceOf } from "./step-source.ts";

/** A definition on the wire. */
export interface WireDefinition {
  def: readonly Uint8Array[];
  metadata: Readonly<Record<string, { ignoreCache: boolean; description: Readonly<Record<string, string>> }>>;
}

/** Reads the steps of definitions; those of several platforms have steps in common. */
export function readSteps(definitions: readonly WireDefinition[]): GraphStep[] {
  const decoded = new Map<string, Decoded>();
  for (const { def, metadata } of definitions) {
    for (const bytes of def) {
      const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
      const { ignoreCache = false, description = {} } = metadata[digest] ?? {};
      const name = description["llb.customname"] ?? description["com.docker.dockerfile.v1.command"] ?? "";
      decoded.set(digest, { op: Op.decode(bytes), name, ignoresCache: ignoreCache });
    }
  }
  return [...decoded].flatMap(([digest, each]) =>
    isEnd(each.op) || isInlineText(each) ? [] : [stepOf(digest, each, decoded)],
  );
}

interface Decoded {
  op: Op;
  name: string;
  ignoresCache: boolean;
}

/** The last operation names the result and does nothing. */
function isEnd({ exec, source, file, build, merge, diff, passthrough }: Op): boolean {
  return !(exec || source || file || build || merge || diff || passthrough);
}

function stepOf(
  digest: string,
  { op, name, ignoresCache }: Decoded,
  all: ReadonlyMap<string, Decoded>,
): GraphStep {
  const inputs = op.inputs.map((input) => input.digest);
  const isLocal = (index: number) =>
    all.get(inputs[index] ?? "")?.op.source?.identifier.startsWith("local://");
  const isInline = (input: string) => isInlineText(all.get(input));
  const inline = inputs.filter(isInline).map((input) => all.get(input)!.op);
  return {
    digest,
    name: name || (op.source?.identifier ?? ""),
    inputs: inputs.filter((input) => !isInline(input)),
    ignoresCache,
    ...stepParts(op, inline),
    ...(op.source && { source: sourceOf(op.source) }),
    takes: localPaths(op).flatMap(({ input, ...paths }) =>
      isLocal(input) ? [{ source: inputs[input]!, ...paths }] : [],
    ),
  };
}

/** The text of a heredoc, which is a step of its own, but not to who wrote it. */
function isInlineText(each: Decoded | undefined): boolean {
  return each?.op.file !== undefined && each.op.inputs.length === 0 && each.name.startsWith("[internal]");
}
