import { readFile } from "node:fs/promises";
import { TsbxError } from "@tsbx/core/driver";
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
 * Reads the key files: those that were asked for come first, then the agent, then the usual files.
 * @throws TsbxError `SSH_KEY_UNREADABLE`, `SSH_KEY_INVALID`, `SSH_NO_IDENTITY`, `SSH_KEY_ENCRYPTED`
 */
export async function loadCredentials(settings: SshSettings): Promise<Credentials> {
  const found: Credentials = { methods: [], names: [], encrypted: [] };
  for (const file of settings.identities) {
    const key = await readFile(file).catch((cause) => {
      throw new TsbxError(
        "SSH_KEY_UNREADABLE",
        `cannot read the ssh key ${file}: ${String(cause?.message)}`,
        {
          hint: "Check the path and the permissions of the key file.",
          cause,
        },
      );
    });
    addKey(found, file, key, settings);
  }
  if (settings.agent !== undefined) {
    found.methods.push({ type: "agent", username: settings.user, agent: settings.agent });
    found.names.push(`the agent at ${settings.agent}`);
  }
  for (const file of settings.identities.length > 0 ? [] : settings.defaultIdentities) {
    const key = await readFile(file).catch(() => undefined);
    if (key !== undefined) addKey(found, file, key, settings);
  }
  if (found.methods.length > 0) return found;
  if (found.encrypted.length > 0) throw encryptedKey(found.encrypted[0]!);
  throw new TsbxError("SSH_NO_IDENTITY", `there is no ssh key to log in to ${settings.host} with`, {
    hint: "Start an agent and ssh-add a key, or give a key file as driver option identity.",
  });
}

function addKey(found: Credentials, file: string, content: Buffer, settings: SshSettings): void {
  const key = ssh2.utils.parseKey(content, settings.passphrase);
  if (key instanceof Error) {
    if (!/passphrase/i.test(key.message)) {
      throw new TsbxError("SSH_KEY_INVALID", `${file} is not an ssh private key: ${key.message}`, {
        hint: "Give the private key, not the .pub file beside it.",
        cause: key,
      });
    }
    if (settings.passphrase !== undefined && settings.identities.includes(file)) {
      throw new TsbxError("SSH_KEY_ENCRYPTED", `the passphrase given does not open the ssh key ${file}`, {
        hint: "Check the variable that driver option identity-passphrase-env names.",
        cause: key,
      });
    }
    found.encrypted.push(file);
    return;
  }
  if (!key.isPrivateKey()) {
    throw new TsbxError("SSH_KEY_INVALID", `${file} is a public ssh key`, {
      hint: "Give the private key, without .pub.",
    });
  }
  found.methods.push({ type: "publickey", username: settings.user, key });
  found.names.push(file);
}

/** The error for when nothing but a key with an unknown passphrase is left. */
export function encryptedKey(file: string): TsbxError {
  return new TsbxError("SSH_KEY_ENCRYPTED", `the ssh key ${file} is protected by a passphrase`, {
    hint: `Run: ssh-add ${file}. Or give the name of a variable with the passphrase as driver option identity-passphrase-env.`,
  });
}
