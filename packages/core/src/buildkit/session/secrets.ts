import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { TsbxError } from "../../errors.ts";
import { SecretsDefinition } from "../../gen/secrets.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { ServerHandler } from "../transport/stream.ts";
import { unary } from "./unary.ts";

/** BuildKit's limit for one secret, in bytes. */
const MAX_SIZE = 500 * 1024;

/** Where a secret comes from: a file, read whenever it is asked for; a value; or a function. */
export type SecretSource =
  | { file: string }
  | { value: string | Uint8Array }
  | { read: (signal: AbortSignal) => Promise<string | Uint8Array> };

/**
 * The service that hands out secrets by id (`moby.buildkit.secrets.v1.Secrets`).
 * @throws TsbxError `INVALID_SECRET` for a file that is missing or too big
 */
export async function secretHandlers(
  secrets: Readonly<Record<string, SecretSource>>,
  options: { cwd: string },
): Promise<ReadonlyMap<string, ServerHandler>> {
  const sources = new Map(Object.entries(secrets));
  for (const [id, source] of sources) await check(id, source, options.cwd);
  const handler = unary(SecretsDefinition.methods.getSecret, async ({ id }, call) => {
    const source = sources.get(id);
    if (!source) throw new GrpcError(Code.NOT_FOUND, `secret ${id} not found`);
    const data = await read(source, options.cwd, call.signal);
    if (data.length > MAX_SIZE) throw new GrpcError(Code.INVALID_ARGUMENT, tooBig(id));
    return { data };
  });
  return new Map([["/moby.buildkit.secrets.v1.Secrets/GetSecret", handler]]);
}

async function check(id: string, source: SecretSource, cwd: string): Promise<void> {
  if (id === "") throw new TsbxError("INVALID_SECRET", "secret missing ID");
  if ("value" in source && bytes(source.value).length > MAX_SIZE)
    throw new TsbxError("INVALID_SECRET", tooBig(id));
  if (!("file" in source)) return;
  const path = resolve(cwd, source.file);
  const info = await stat(path).catch((cause: Error) => {
    throw new TsbxError("INVALID_SECRET", `failed to stat ${source.file}: ${cause.message}`, { cause });
  });
  if (info.size > MAX_SIZE) throw new TsbxError("INVALID_SECRET", tooBig(source.file));
}

async function read(source: SecretSource, cwd: string, signal: AbortSignal): Promise<Uint8Array> {
  if ("file" in source) return readFile(resolve(cwd, source.file), { signal });
  return bytes("value" in source ? source.value : await source.read(signal));
}

function bytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}

function tooBig(name: string): string {
  return `secret ${name} too big. max size 500KiB`;
}
