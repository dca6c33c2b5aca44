import { readFile } from "node:fs/promises";
import { isTsbxError, TsbxError } from "@tsbx/core/driver";
import ssh2, { type AnyAuthMethod } from "ssh2";
import type { SshSettings } from "./settings.ts";

/** The ways to log in, in the order in which they are tried. */
export interface Credentials {
  methods: AnyAuthMethod[];
  /** The same for messages. */
  names: string[];
  /** Key files that could not be used without their passphrase. */
  encrypted: string[];
}

/**
 * Reads the key files: the one that was asked for comes first, then those of ~/.ssh/config, the agent and the
 * usual files. Only the first must be there and be usable.
 * @throws TsbxError `SSH_KEY_UNREADABLE`, `SSH_KEY_INVALID`, `SSH_NO_IDENTITY`, `SSH_KEY_ENCRYPTED`
 */
export async function loadCredentials(settings: SshSettings): Promise<Credentials> {
  const { identity, configuredIdentities, usualIdentities, agent } = settings;
  const found: Credentials = { methods: [], names: [], encrypted: [] };
  if (identity !== undefined) await addKey(found, identity, settings);
  else for (const file of configuredIdentities) await addUsableKey(found, file, settings);
  if (agent !== undefined) {
    found.methods.push({ type: "agent", username: settings.user, agent });
    found.names.push(`the agent at ${agent}`);
  }
  if (identity === undefined && configuredIdentities.length === 0) {
    for (const file of usualIdentities) await addUsableKey(found, file, settings);
  }
  if (found.methods.length > 0) return found;
  if (found.encrypted.length > 0) throw encryptedKey(found.encrypted[0]!);
  throw new TsbxError("SSH_NO_IDENTITY", `there is no ssh key to log in to ${settings.host} with`, {
    hint: "Start an agent and ssh-add a key, or give a key file as driver option identity.",
  });
}

async function addUsableKey(found: Credentials, file: string, settings: SshSettings): Promise<void> {
  await addKey(found, file, settings).catch((error) => {
    if (!isTsbxError(error)) throw error;
  });
}

async function addKey(found: Credentials, file: string, settings: SshSettings): Promise<void> {
  const content = await readFile(file).catch((cause) => {
    throw new TsbxError("SSH_KEY_UNREADABLE", `cannot read the ssh key ${file}: ${String(cause?.message)}`, {
      hint: "Check the path and the permissions of the key file.",
      cause,
    });
  });
  const key = ssh2.utils.parseKey(content, settings.passphrase);
  if (!(key instanceof Error) && key.isPrivateKey()) {
    found.methods.push({ type: "publickey", username: settings.user, key });
    found.names.push(file);
    return;
  }
  const reason = key instanceof Error ? key.message : "it is a public key";
  if (!/passphrase/i.test(reason)) {
    throw new TsbxError("SSH_KEY_INVALID", `${file} is not an ssh private key: ${reason}`, {
      hint: "Give the private key, not the .pub file beside it.",
      cause: key,
    });
  }
  if (settings.passphrase !== undefined) {
    throw new TsbxError("SSH_KEY_ENCRYPTED", `the passphrase given does not open the ssh key ${file}`, {
      hint: "Check the variable that driver option identity-passphrase-env names.",
      cause: key,
    });
  }
  found.encrypted.push(file);
}

/** The error for when nothing but a key with an unknown passphrase is left. */
export function encryptedKey(file: string): TsbxError {
  return new TsbxError("SSH_KEY_ENCRYPTED", `the ssh key ${file} is protected by a passphrase`, {
    hint: `Run: ssh-add ${file}. Or give the name of a variable with the passphrase as driver option identity-passphrase-env.`,
  });
}
