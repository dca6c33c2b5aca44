import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TsbxError } from "../../../errors.ts";
import { runCredentialHelper } from "./credential-helper.ts";
import type { Credential, CredentialProvider } from "./provider.ts";

/** How long a helper's answer is used; some hand out tokens that live for five minutes. */
const CACHE_MS = 290_000;

type Fields = Readonly<Record<string, unknown>>;

interface DockerConfig {
  auths: Fields;
  credHelpers: Fields;
  credsStore?: unknown;
}

export interface DockerConfigOptions {
  /** The directory that holds `config.json`, usually `~/.docker`. */
  configDir: string;
  /** Environment for credential helpers, PATH above all. */
  env: Readonly<Record<string, string | undefined>>;
}

interface LookUp {
  until: number;
  credential: Promise<Credential | undefined>;
  /** Of the call that it is made for. */
  signal: AbortSignal;
}

/**
 * Credentials out of Docker's configuration: a helper for the host, else the credentials store, else what
 * the file itself holds. It is read anew for each build, and each host is asked for once.
 */
export function dockerConfigCredentials(options: DockerConfigOptions): CredentialProvider {
  const known = new Map<string, LookUp>();
  // Helpers are called one after the other: several keychains cannot take two at once.
  let last: Promise<unknown> = Promise.resolve();
  return {
    async credentials(host, signal) {
      for (;;) {
        let found = known.get(host);
        if (!found || found.until <= Date.now()) {
          const credential = last.then(() => lookUp(host, options, signal));
          last = credential.catch(() => {});
          found = { until: Date.now() + CACHE_MS, credential, signal };
          known.set(host, found);
        }
        try {
          return await found.credential;
        } catch (error) {
          if (known.get(host) === found) known.delete(host);
          // Who asked first may have given up; that is no answer to whoever else waits.
          if (signal.aborted || !found.signal.aborted) throw error;
        }
      }
    },
  };
}

async function lookUp(
  host: string,
  options: DockerConfigOptions,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const config = await readConfig(join(options.configDir, "config.json"));
  const helper = (Object.hasOwn(config.credHelpers, host) && config.credHelpers[host]) || config.credsStore;
  if (typeof helper === "string" && helper !== "")
    return runCredentialHelper(helper, host, options.env, signal);
  const entry = Object.hasOwn(config.auths, host)
    ? config.auths[host]
    : Object.entries(config.auths).find(([key]) => hostOf(key) === host)?.[1];
  return credentialOf(fieldsOf(entry));
}

async function readConfig(path: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { auths: {}, credHelpers: {} };
    throw new TsbxError("DOCKER_CONFIG_UNREADABLE", `cannot read ${path}`, { cause: error });
  }
  try {
    const { auths, credHelpers, credsStore } = fieldsOf(JSON.parse(text));
    return { auths: fieldsOf(auths), credHelpers: fieldsOf(credHelpers), credsStore };
  } catch {
    // JSON.parse's own error quotes the text, which may hold a password.
    throw new TsbxError("DOCKER_CONFIG_INVALID", `${path} is not valid JSON`);
  }
}

/** Old configurations have URLs for keys. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function credentialOf(entry: Fields): Credential | undefined {
  const registryToken = textOf(entry.registrytoken);
  if (registryToken) return { registryToken };
  const identityToken = textOf(entry.identitytoken);
  if (identityToken) return { identityToken };
  const auth = textOf(entry.auth);
  if (auth) {
    const [username = "", ...password] = Buffer.from(auth, "base64").toString("utf8").split(":");
    return { username, password: password.join(":").replace(/\0+$/, "") };
  }
  const [username, password] = [textOf(entry.username), textOf(entry.password)];
  return username && password !== undefined ? { username, password } : undefined;
}

/** The members of an object; none of anything else. */
function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
