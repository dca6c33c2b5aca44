import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContext } from "node:tls";
import { TsbxError } from "@tsbx/core/driver";
import type { TlsOptions } from "./options.ts";

/**
 * Reads the files of the TLS options, each checked by itself so that an error can name it.
 * @throws TsbxError `TLS_FILE_UNREADABLE`, `TLS_FILE_INVALID`, `TLS_KEY_MISMATCH`
 */
export async function secureContext(options: TlsOptions): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([
    load(options.cacert, "cacert", "a PEM certificate", (pem) => new X509Certificate(pem)),
    load(options.cert, "cert", "a PEM certificate", (pem) => new X509Certificate(pem)),
    load(options.key, "key", "an unencrypted PEM private key", (pem) => createPrivateKey(pem)),
  ]);
  if (cert && key && !new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new TsbxError("TLS_KEY_MISMATCH", `the key ${options.key} does not belong to ${options.cert}`, {
      hint: "Give the options cert and key the two files of one pair.",
    });
  }
  return createSecureContext({
    minVersion: "TLSv1.2",
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  });
}

async function load(
  path: string | undefined,
  option: string,
  content: string,
  check: (pem: Buffer) => unknown,
): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  let pem: Buffer;
  try {
    pem = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TsbxError("TLS_FILE_UNREADABLE", `cannot read ${path} (driver option ${option}): ${reason}`, {
      hint: `Check the path and the permissions of the file given as ${option}.`,
      cause,
    });
  }
  try {
    check(pem);
  } catch (cause) {
    throw new TsbxError("TLS_FILE_INVALID", `${path} (driver option ${option}) is not ${content}`, {
      hint: `Check that ${option} is ${content}, not one of the other files.`,
      cause,
    });
  }
  return pem;
}
