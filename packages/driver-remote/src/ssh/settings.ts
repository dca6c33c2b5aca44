import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { type DriverContext, type OptionValues, TsbxError } from "@tsbx/core/driver";
import type { SshEndpoint } from "../endpoint.ts";
import { knownHostsFiles } from "../options.ts";
import { lookupSshConfig, type SshConfig } from "./config.ts";

/** Everything about one ssh connection, put together from the endpoint, the options and ~/.ssh/config. */
export interface SshSettings {
  host: string;
  port: number;
  user: string;
  /** The key file that was asked for. */
  identity?: string;
  /** Key files out of ~/.ssh/config, tried when they are there. */
  configuredIdentities: string[];
  /** The usual key files, tried when they are there and no others are named. */
  usualIdentities: string[];
  passphrase?: string;
  /** The socket of the user's agent. */
  agent?: string;
  knownHostsFiles: string[];
}

const USUAL_KEYS = ["id_ed25519", "id_ecdsa", "id_rsa"];

/** @throws TsbxError `SSH_CONFIG_UNSUPPORTED`, `INVALID_DRIVER_OPTION` */
export async function sshSettings(
  endpoint: SshEndpoint,
  options: OptionValues,
  env: DriverContext["env"],
): Promise<SshSettings> {
  const home = env.HOME ?? env.USERPROFILE;
  const dotSsh = home === undefined ? undefined : join(home, ".ssh");
  const config = await readConfig(dotSsh, endpoint.host);
  if (config.proxy) throw unsupportedProxy(endpoint.host, config.proxy);
  const user = endpoint.user ?? config.user ?? userInfo().username;
  const host = config.hostname?.replaceAll("%h", endpoint.host) ?? endpoint.host;
  const expand = (path: string) => expandPath(path, { home, host, user });
  const passphrase = passphraseOf(options, env);
  const inDotSsh = (...names: string[]) =>
    dotSsh === undefined ? [] : names.map((name) => join(dotSsh, name));
  return {
    host,
    port: endpoint.port ?? config.port ?? 22,
    user,
    ...(options.identity ? { identity: String(options.identity) } : {}),
    configuredIdentities: config.identityFiles.map(expand),
    usualIdentities: inDotSsh(...USUAL_KEYS),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(env.SSH_AUTH_SOCK ? { agent: env.SSH_AUTH_SOCK } : {}),
    knownHostsFiles: options.knownhosts
      ? knownHostsFiles(String(options.knownhosts))
      : [...(config.userKnownHostsFiles?.map(expand) ?? inDotSsh("known_hosts")), "/etc/ssh/ssh_known_hosts"],
  };
}

async function readConfig(dotSsh: string | undefined, host: string): Promise<SshConfig> {
  const text = dotSsh === undefined ? "" : await readFile(join(dotSsh, "config"), "utf8").catch(() => "");
  return lookupSshConfig(text, host);
}

function expandPath(path: string, values: { home: string | undefined; host: string; user: string }): string {
  const { home = "", host, user } = values;
  const tokens: Record<string, string> = {
    "%d": home,
    "%h": host,
    "%r": user,
    "%u": userInfo().username,
    "%%": "%",
  };
  return path.replace(/^~(?=\/)/, home).replace(/%[dhru%]/g, (token) => tokens[token] ?? token);
}

function passphraseOf(options: OptionValues, env: DriverContext["env"]): string | undefined {
  const name = options["identity-passphrase-env"];
  if (!name) return undefined;
  const passphrase = env[String(name)];
  if (passphrase !== undefined) return passphrase;
  throw new TsbxError(
    "INVALID_DRIVER_OPTION",
    `driver option identity-passphrase-env names ${name}, which is not set`,
    {
      hint: `Set ${name} in the environment to the passphrase of the ssh key.`,
    },
  );
}

function unsupportedProxy(host: string, proxy: string): TsbxError {
  return new TsbxError(
    "SSH_CONFIG_UNSUPPORTED",
    `the ssh configuration sets ${proxy} for ${host}, which tsbx does not do`,
    {
      hint: `Open the way with OpenSSH: ssh -NL /tmp/buildkitd.sock:/run/buildkit/buildkitd.sock ${host}, then use unix:///tmp/buildkitd.sock.`,
    },
  );
}
