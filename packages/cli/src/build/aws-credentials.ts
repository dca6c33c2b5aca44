import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CacheEntry } from "@tsbx/core";
import { homeDir } from "../docker-config.ts";
import { shellWords } from "../flags/shell-words.ts";
import type { Environment } from "../io.ts";

type Section = Readonly<Record<string, string>>;

/**
 * Adds this side's AWS credentials to `s3` caches that have none: those of the environment, else of the profile in
 * the AWS files (`AWS_PROFILE`, `default`), written there or told by its `credential_process`. Without any, the
 * daemon looks for its own.
 */
export async function withAwsCredentials(
  caches: readonly CacheEntry[],
  env: Environment,
): Promise<readonly CacheEntry[]> {
  const lacks = ({ type, attrs }: CacheEntry) =>
    type === "s3" && !(attrs.access_key_id && attrs.secret_access_key);
  if (!caches.some(lacks)) return caches;
  const credentials = fromEnvironment(env) ?? (await fromFiles(env)) ?? {};
  return caches.map((entry) =>
    lacks(entry) ? { ...entry, attrs: { ...credentials, ...entry.attrs } } : entry,
  );
}

function fromEnvironment(env: Environment): Section | undefined {
  return attributes(env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN);
}

async function fromFiles(env: Environment): Promise<Section | undefined> {
  const directory = join(homeDir(env), ".aws");
  const name = env.AWS_PROFILE || "default";
  const [shared, config] = await Promise.all([
    sectionOf(env.AWS_SHARED_CREDENTIALS_FILE || join(directory, "credentials"), name),
    sectionOf(
      env.AWS_CONFIG_FILE || join(directory, "config"),
      name === "default" ? name : `profile ${name}`,
    ),
  ]);
  const profile = { ...config, ...shared };
  const { aws_access_key_id, aws_secret_access_key, aws_session_token, credential_process } = profile;
  return (
    attributes(aws_access_key_id, aws_secret_access_key, aws_session_token) ??
    (credential_process ? fromProcess(credential_process, env) : undefined)
  );
}

/** Runs a profile's `credential_process`, which prints JSON. */
async function fromProcess(command: string, env: Environment): Promise<Section | undefined> {
  const [file = "", ...args] = shellWords(command);
  try {
    const { stdout } = await promisify(execFile)(file, args, { env });
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(stdout);
    return attributes(AccessKeyId, SecretAccessKey, SessionToken);
  } catch {
    return undefined;
  }
}

function attributes(id?: string, secret?: string, token?: string): Section | undefined {
  if (!id || !secret) return undefined;
  return { access_key_id: id, secret_access_key: secret, ...(token && { session_token: token }) };
}

/** One section of an AWS file; its settings are `key = value`, comments begin with `#` or `;`. */
async function sectionOf(path: string, name: string): Promise<Section> {
  const text = await readFile(path, "utf8").catch(() => "");
  const settings: Record<string, string> = {};
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const [, header] = /^\s*\[\s*(.+?)\s*\]/.exec(line) ?? [];
    if (header !== undefined) inside = header.replace(/\s+/g, " ") === name;
    const [, key, value] = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (inside && key !== undefined && value !== undefined) settings[key] = value;
  }
  return settings;
}
