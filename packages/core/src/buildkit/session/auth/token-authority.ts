import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";

/** Before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const RAW_KEY_LENGTH = 32;

/**
 * Proves to the daemon that two builds hold the same credential without showing it: with that it may share
 * cached registry tokens between them. The key comes out of a seed of ours and a salt of the daemon's.
 */
export class TokenAuthority {
  readonly #seeds = new Map<string, Buffer>();

  publicKey(host: string, salt: Uint8Array, hasSecret: boolean): Buffer {
    const spki = createPublicKey(this.#key(host, salt, hasSecret)).export({ type: "spki", format: "der" });
    return spki.subarray(spki.length - RAW_KEY_LENGTH);
  }

  /** The signature, followed by what it signs. */
  sign(host: string, salt: Uint8Array, payload: Uint8Array, hasSecret: boolean): Buffer {
    return Buffer.concat([sign(null, payload, this.#key(host, salt, hasSecret)), payload]);
  }

  #key(host: string, salt: Uint8Array, hasSecret: boolean): KeyObject {
    const mac = createHmac("sha256", salt)
      .update(hasSecret ? this.#seed(host) : Buffer.alloc(0))
      .digest();
    return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, mac]), format: "der", type: "pkcs8" });
  }

  #seed(host: string): Buffer {
    const seed = this.#seeds.get(host) ?? randomBytes(16);
    this.#seeds.set(host, seed);
    return seed;
  }
}
