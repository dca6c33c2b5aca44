import { readFile } from "node:fs/promises";
import { TsbxError } from "@tsbx/core/driver";
import {
  fingerprint,
  hostEntryName,
  judge,
  type KnownHost,
  keyTypeOf,
  parseKnownHosts,
} from "./known-hosts.ts";
import type { SshSettings } from "./settings.ts";

/** All entries of the files; those that are not there count as empty. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const read = async (file: string) => parseKnownHosts(file, await readFile(file, "utf8").catch(() => ""));
  return (await Promise.all(files.map(read))).flat();
}

/**
 * Checks the key that the host presented.
 * @returns the error to refuse it with, `SSH_HOST_KEY_UNKNOWN`, `SSH_HOST_KEY_MISMATCH` or
 *   `SSH_HOST_KEY_REVOKED`; undefined when it is the host's
 */
export function refuseHostKey(
  entries: readonly KnownHost[],
  settings: SshSettings,
  key: Buffer,
): TsbxError | undefined {
  const { host, port, knownHostsFiles } = settings;
  const verdict = judge(entries, host, port, key);
  const name = hostEntryName(host, port);
  const shown = `${keyTypeOf(key)} ${fingerprint(key)}`;
  switch (verdict.state) {
    case "known":
      return undefined;
    case "unknown":
      return new TsbxError("SSH_HOST_KEY_UNKNOWN", `the ssh host ${name} is not known; its key is ${shown}`, {
        hint: `When the fingerprint is the host's, add this line to ${knownHostsFiles[0] ?? "known_hosts"}: ${name} ${keyTypeOf(key)} ${key.toString("base64")}`,
      });
    case "changed":
      return new TsbxError(
        "SSH_HOST_KEY_MISMATCH",
        `the ssh host ${name} has the key ${shown}, which is not the one in ${place(verdict.entry)}`,
        {
          hint: `Someone may be listening in. When the host really has a new key, replace line ${verdict.entry.line} of ${verdict.entry.file}.`,
        },
      );
    case "revoked":
      return new TsbxError(
        "SSH_HOST_KEY_REVOKED",
        `the ssh host ${name} has the key ${shown}, which ${place(verdict.entry)} revokes`,
        { hint: "Do not connect: ask the host's owner." },
      );
  }
}

function place(entry: KnownHost): string {
  return `${entry.file}:${entry.line}`;
}
