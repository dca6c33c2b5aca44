import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { WireReader } from "./wire.ts";

/** A private key with its algorithm's name in SSH, and its public half as SSH encodes it. */
export interface SshPrivateKey {
  type: string;
  key: KeyObject;
  publicBlob: Buffer;
  comment: string;
}

export class EncryptedKeyError extends Error {}

const MAGIC = "openssh-key-v1\0";
const PEM = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END OPENSSH PRIVATE KEY-----/;

/**
 * Reads an unencrypted private key in OpenSSH's own format (PROTOCOL.key).
 * @returns undefined when the text is in another format
 * @throws EncryptedKeyError
 */
export function parseOpenSshKey(text: string): SshPrivateKey | undefined {
  const body = PEM.exec(text)?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, "base64");
  if (data.subarray(0, MAGIC.length).toString("latin1") !== MAGIC) throw new Error("not an OpenSSH key");
  const reader = new WireReader(data.subarray(MAGIC.length));
  const cipher = reader.text();
  reader.bytes(); // name of the key derivation
  reader.bytes(); // its options
  if (cipher !== "none") throw new EncryptedKeyError("the key is protected by a passphrase");
  if (reader.uint32() !== 1) throw new Error("more than one key");
  const publicBlob = reader.bytes();
  const secret = new WireReader(reader.bytes());
  const [first, second] = [secret.uint32(), secret.uint32()];
  if (first !== second) throw new Error("the key is damaged");
  const type = secret.text();
  const key = createPrivateKey({ key: jwkOf(type, secret), format: "jwk" });
  return { type, key, publicBlob, comment: secret.text() };
}

function jwkOf(type: string, secret: WireReader): JsonWebKey {
  if (type === "ssh-ed25519") {
    const x = secret.bytes();
    const d = secret.bytes().subarray(0, 32);
    return { kty: "OKP", crv: "Ed25519", x: url(x), d: url(d) };
  }
  if (type === "ssh-rsa") {
    const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => secret.mpint()) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const modulo = (prime: Buffer) => bytesOf(number(d) % (number(prime) - 1n));
    return {
      kty: "RSA",
      n: url(n),
      e: url(e),
      d: url(d),
      p: url(p),
      q: url(q),
      dp: url(modulo(p)),
      dq: url(modulo(q)),
      qi: url(qi),
    };
  }
  const curve = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type)?.[1];
  if (curve) {
    secret.bytes(); // the curve's name again
    const point = secret.bytes();
    const size = (point.length - 1) / 2;
    const d = secret.mpint();
    const padded = Buffer.concat([Buffer.alloc(Math.max(0, size - d.length)), d]);
    return {
      kty: "EC",
      crv: `P-${curve}`,
      x: url(point.subarray(1, 1 + size)),
      y: url(point.subarray(1 + size)),
      d: url(padded),
    };
  }
  throw new Error(`keys of type ${type} are not supported`);
}

function url(bytes: Buffer): string {
  return bytes.toString("base64url");
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex") || "0"}`);
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
}
