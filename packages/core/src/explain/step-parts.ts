import { createHash } from "node:crypto";
import type { ExecOp, Op } from "../gen/llb.ts";

interface Parts {
  parts: Record<string, string>;
  variables: Record<string, string>;
}

/**
 * What an operation does, apart from what it does it to. What the daemon's cache does not go by, such as a proxy,
 * is left out.
 * @param inline the operations that hold texts of its own
 */
export function stepParts(
  { inputs, exec, source, file, platform, ...others }: Op,
  inline: readonly Op[],
): Parts {
  // Of a source all that matters is where from: see sourceOf.
  if (source) return { parts: {}, variables: {} };
  const shared = { platform: fingerprint(platform) };
  if (!exec) return { parts: { ...shared, command: fingerprint([file, others, inline]) }, variables: {} };
  return { parts: { ...shared, ...execParts(exec, inline) }, variables: variablesOf(exec) };
}

function execParts(
  { meta, mounts, network, security, secretenv, cdiDevices }: ExecOp,
  inline: readonly Op[],
) {
  const { args, cwd, user, extraHosts, hostname, ulimit, cgroupParent, validExitCodes } = meta ?? {};
  const mounted = mounts.map(({ input, output, resultId, ...mount }) => mount);
  return {
    command: fingerprint([args, mounted, secretenv, cdiDevices, validExitCodes, inline]),
    "working directory": fingerprint(cwd),
    user: fingerprint(user),
    network: fingerprint([network, extraHosts, hostname]),
    "security mode": fingerprint(security),
    limits: fingerprint([ulimit, cgroupParent]),
  };
}

function variablesOf({ meta }: ExecOp): Record<string, string> {
  return Object.fromEntries(
    (meta?.env ?? []).map((text) => {
      const at = text.indexOf("=");
      return at < 0 ? [text, ""] : [text.slice(0, at), fingerprint(text.slice(at + 1))];
    }),
  );
}

/** Short, and nothing that could be read back. */
function fingerprint(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    return part instanceof Uint8Array ? Buffer.from(part).toString("base64") : part;
  });
  return createHash("sha256")
    .update(text ?? "")
    .digest("base64url")
    .slice(0, 16);
}
