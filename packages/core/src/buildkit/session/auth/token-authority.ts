import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/** Before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const RAW_KEY_LENGTH = 32;

/**
 * The key that proves to the daemon that two builds hold the same credential without showing it: with that it
 * may share cached registry tokens between them. It comes out of a seed of ours and a salt of the daemon's.
 * @param seed empty without a credential, so that all who ask anonymously share
 */
export function authorityKey(seed: Uint8Array, salt: Uint8Array): KeyObject {
  const mac = createHmac("sha256", salt).update(seed).digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, mac]), format: "der", type: "pkcs8" });
}

export function rawPublicKey(key: KeyObject): Buffer {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return spki.subarray(spki.length - RAW_KEY_LENGTH);
}

/** The signature, followed by what it signs. */
export function signed(key: KeyObject, payload: Uint8Array): Buffer {
  return Buffer.concat([sign(null, payload, key), payload]);
}
