import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { join } from "node:path";
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { TsbxError } from "@tsbx/core/driver";
import { isAbsence } from "../contexts/config.ts";
import { tlsFailed } from "../errors.ts";
import type { EngineTarget } from "./resolve.ts";

/** What secures a connection; undefined when it is plain. */
export async function tlsContext(target: EngineTarget): Promise<SecureContext | undefined> {
  const { address, tlsDir } = target;
  if (address.kind !== "tcp") return undefined;
  const [ca, cert, key] = await Promise.all(["ca", "cert", "key"].map((name) => readPem(tlsDir, name)));
  const files = { ...(ca && { ca }), ...(cert && key && { cert, key }) };
  if (Object.keys(files).length === 0 && !address.secure) return undefined;
  try {
    return createSecureContext({ ...files, minVersion: "TLSv1.2" });
  } catch (cause) {
    throw new TsbxError("TLS_FILE_INVALID", `invalid TLS files in ${tlsDir}: ${(cause as Error).message}`, {
      hint: "ca.pem, cert.pem and key.pem must be PEM files, and the key must be the certificate's.",
      cause,
    });
  }
}

/** Speaks TLS over a connected socket. Destroys it when it throws. */
export async function secure(
  socket: Socket,
  host: string,
  context: SecureContext,
  skipVerify: boolean,
  subject: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const tls = connect({
    socket,
    secureContext: context,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: !skipVerify,
  });
  try {
    await once(tls, "secureConnect", { signal });
    return tls;
  } catch (cause) {
    tls.destroy();
    socket.destroy();
    signal.throwIfAborted();
    throw tlsFailed(subject, cause);
  }
}

async function readPem(dir: string | undefined, name: string): Promise<Buffer | undefined> {
  if (dir === undefined) return undefined;
  const path = join(dir, `${name}.pem`);
  return readFile(path).catch((error: unknown) => {
    if (isAbsence(error)) return undefined;
    throw new TsbxError("TLS_FILE_INVALID", `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  });
}
