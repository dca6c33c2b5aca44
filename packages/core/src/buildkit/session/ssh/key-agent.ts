import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { TsbxError } from "../../../errors.ts";
import { EncryptedKeyError, parseOpenSshKey, type SshPrivateKey } from "./private-key.ts";
import { WireReader, wireMpint, wireString, wireUint32 } from "./wire.ts";

// Messages and flags of the SSH agent protocol (draft-miller-ssh-agent).
const FAILURE = 5;
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const RSA_SHA2_256 = 2;
const RSA_SHA2_512 = 4;

/** No private key is longer; what is, is no key. */
const MAX_KEY_FILE = 100 * 1024;

/**
 * An agent inside this process that holds the given private keys, and does nothing but list them and sign.
 * @returns answers one request
 * @throws TsbxError `INVALID_SSH`, `SSH_KEY_ENCRYPTED`
 */
export async function keyAgent(paths: readonly string[]): Promise<(request: Buffer) => Buffer> {
  const keys = await Promise.all(paths.map(loadKey));
  return (request) => {
    try {
      return answer(keys, request);
    } catch (error) {
      // Shorter than it says.
      if (error instanceof RangeError) return Buffer.from([FAILURE]);
      throw error;
    }
  };
}

async function loadKey(path: string): Promise<SshPrivateKey> {
  try {
    if ((await stat(path)).size > MAX_KEY_FILE) throw new Error("it is too large for a key");
    const text = await readFile(path, "utf8");
    return parseOpenSshKey(text) ?? pemKey(text, basename(path));
  } catch (error) {
    if (error instanceof EncryptedKeyError || /passphrase|encrypted/i.test((error as Error).message)) {
      throw new TsbxError("SSH_KEY_ENCRYPTED", `ssh key ${path} is protected by a passphrase`, {
        cause: error,
        hint: `add it to an agent (ssh-add ${path}) and forward that: --ssh default`,
      });
    }
    throw new TsbxError("INVALID_SSH", `cannot use ssh key ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** PKCS #1, PKCS #8 and SEC 1, which Node reads itself. */
function pemKey(text: string, comment: string): SshPrivateKey {
  if (/ENCRYPTED/.test(text)) throw new EncryptedKeyError("the key is protected by a passphrase");
  const key = createPrivateKey(text);
  const { type, publicBlob } = publicBlobOf(key);
  return { type, key, publicBlob, comment };
}

function publicBlobOf(key: KeyObject): { type: string; publicBlob: Buffer } {
  const jwk = createPublicKey(key).export({ format: "jwk" });
  const part = (name: "n" | "e" | "x" | "y") => Buffer.from(jwk[name] ?? "", "base64url");
  if (jwk.kty === "RSA") {
    const blob = [wireString("ssh-rsa"), wireMpint(part("e")), wireMpint(part("n"))];
    return { type: "ssh-rsa", publicBlob: Buffer.concat(blob) };
  }
  if (jwk.crv === "Ed25519") {
    const blob = [wireString("ssh-ed25519"), wireString(part("x"))];
    return { type: "ssh-ed25519", publicBlob: Buffer.concat(blob) };
  }
  if (jwk.kty === "EC") {
    const curve = `nistp${jwk.crv?.replace("P-", "")}`;
    const point = Buffer.concat([Buffer.from([4]), part("x"), part("y")]);
    const type = `ecdsa-sha2-${curve}`;
    return { type, publicBlob: Buffer.concat([wireString(type), wireString(curve), wireString(point)]) };
  }
  throw new Error(`keys of type ${jwk.kty} are not supported`);
}

function answer(keys: readonly SshPrivateKey[], request: Buffer): Buffer {
  if (request[0] === REQUEST_IDENTITIES) {
    const list = keys.flatMap((key) => [wireString(key.publicBlob), wireString(key.comment)]);
    return Buffer.concat([Buffer.from([IDENTITIES_ANSWER]), wireUint32(keys.length), ...list]);
  }
  if (request[0] === SIGN_REQUEST) {
    const reader = new WireReader(request.subarray(1));
    const blob = reader.bytes();
    const data = reader.bytes();
    const key = keys.find((candidate) => candidate.publicBlob.equals(blob));
    if (key)
      return Buffer.concat([Buffer.from([SIGN_RESPONSE]), wireString(signature(key, data, reader.uint32()))]);
  }
  return Buffer.from([FAILURE]);
}

function signature({ type, key }: SshPrivateKey, data: Buffer, flags: number): Buffer {
  if (type === "ssh-ed25519") return Buffer.concat([wireString(type), wireString(sign(null, data, key))]);
  if (type === "ssh-rsa") {
    const [name, hash] =
      flags & RSA_SHA2_512
        ? ["rsa-sha2-512", "sha512"]
        : flags & RSA_SHA2_256
          ? ["rsa-sha2-256", "sha256"]
          : ["ssh-rsa", "sha1"];
    return Buffer.concat([wireString(name), wireString(sign(hash, data, key))]);
  }
  const hash = type.endsWith("256") ? "sha256" : type.endsWith("384") ? "sha384" : "sha512";
  const pair = sign(hash, data, { key, dsaEncoding: "ieee-p1363" });
  const half = pair.length / 2;
  const inner = Buffer.concat([wireMpint(pair.subarray(0, half)), wireMpint(pair.subarray(half))]);
  return Buffer.concat([wireString(type), wireString(inner)]);
}
