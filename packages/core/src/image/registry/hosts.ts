import { isIP } from "node:net";
import { TsbxError } from "../../errors.ts";
import type { RegistryTls } from "./transport.ts";

/** How one registry is spoken to. */
export interface RegistryHost extends RegistryTls {
  /** Without TLS. Default: only where a registry on this machine does not speak TLS. */
  http?: boolean;
}

const CONFIG_DIR = "/etc/buildkit/";

/**
 * The registries that a node's buildkitd configuration describes: what its daemon trusts, the client that
 * merges what it pushed has to trust as well.
 * @param files of the node, with `buildkitd.toml` and the certificates that it names
 */
export async function registryHosts(
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<ReadonlyMap<string, RegistryHost>> {
  const config = files["buildkitd.toml"];
  if (!config) return new Map();
  const { parse } = await import("smol-toml");
  let table: { registry?: Record<string, { http?: unknown; insecure?: unknown; ca?: unknown }> };
  try {
    table = parse(Buffer.from(config).toString("utf8"));
  } catch (cause) {
    const message = `cannot parse the node's buildkitd.toml: ${(cause as Error).message.trim()}`;
    throw new TsbxError("INVALID_BUILDKITD_CONFIG", message, { cause });
  }
  const { registry = {} } = table;
  return new Map(
    Object.entries(registry).map(([host, { http, insecure, ca }]) => [
      host,
      {
        ...(typeof http === "boolean" && { http }),
        ...(insecure === true && { insecure }),
        ca: (Array.isArray(ca) ? ca : []).flatMap((path) => certificate(files, String(path))),
      },
    ]),
  );
}

function certificate(files: Readonly<Record<string, Uint8Array>>, path: string): string[] {
  const file = path.startsWith(CONFIG_DIR) ? files[path.slice(CONFIG_DIR.length)] : undefined;
  return file ? [Buffer.from(file).toString("utf8")] : [];
}

/** Whether a registry, given with its port, is on this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || (isIP(name) === 4 && name.startsWith("127.")) || name === "::1";
}
