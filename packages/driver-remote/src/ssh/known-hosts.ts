import { createHash, createHmac } from "node:crypto";
import { matchesPatterns } from "./pattern.ts";

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  file: string;
  line: number;
  /** The names, as written: patterns, or one that is hashed. */
  hosts: string;
  keyType: string;
  key: Buffer;
  revoked: boolean;
}

export type Verdict =
  | { state: "known" | "unknown" }
  /** The host has other keys there, or this one is revoked there. */
  | { state: "changed" | "revoked"; entry: KnownHost };

/** Lines that are comments, for certificate authorities or broken are left out. */
export function parseKnownHosts(file: string, text: string): KnownHost[] {
  return text.split("\n").flatMap((content, index) => {
    const fields = content.trim().split(/\s+/);
    const marker = fields[0]?.startsWith("@") ? fields.shift() : undefined;
    const [hosts, keyType, key] = fields;
    if (hosts === undefined || hosts.startsWith("#") || keyType === undefined || key === undefined) return [];
    if (marker !== undefined && marker !== "@revoked") return [];
    return [
      {
        file,
        line: index + 1,
        hosts,
        keyType,
        key: Buffer.from(key, "base64"),
        revoked: marker === "@revoked",
      },
    ];
  });
}

/** How known_hosts files name a host and port. */
export function hostEntryName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Judges the key that a host presented. */
export function judge(entries: readonly KnownHost[], host: string, port: number, key: Buffer): Verdict {
  const named = entries.filter(({ hosts }) => matchesHost(hosts, hostEntryName(host, port)));
  const bare = port === 22 ? named : entries.filter(({ hosts }) => matchesHost(hosts, host));
  const same = [...named, ...bare].filter((entry) => entry.key.equals(key));
  const revoked = same.find((entry) => entry.revoked);
  if (revoked) return { state: "revoked", entry: revoked };
  // Like OpenSSH: a key that is known for the host without a port is good on every port.
  if (same.length > 0) return { state: "known" };
  const other = named.find((entry) => !entry.revoked);
  return other ? { state: "changed", entry: other } : { state: "unknown" };
}

/** The types of the keys that are known for a host, so that it can be asked for one of these. */
export function knownKeyTypes(entries: readonly KnownHost[], host: string, port: number): string[] {
  const names = [hostEntryName(host, port), host];
  return entries
    .filter(({ hosts, revoked }) => !revoked && names.some((name) => matchesHost(hosts, name)))
    .map(({ keyType }) => keyType);
}

/** The form that `ssh-keygen -l` shows. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The type that an SSH key blob names at its beginning (RFC 4253, 6.6). */
export function keyTypeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
}

function matchesHost(hosts: string, name: string): boolean {
  const lower = name.toLowerCase();
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? [];
  if (salt !== undefined && hash !== undefined) {
    const own = createHmac("sha1", Buffer.from(salt, "base64")).update(lower).digest();
    return own.equals(Buffer.from(hash, "base64"));
  }
  return matchesPatterns(hosts.split(","), lower);
}
