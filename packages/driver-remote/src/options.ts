import { isIP } from "node:net";
import { delimiter, isAbsolute } from "node:path";
import type { OptionSchema, OptionSpec } from "@tsbx/core/driver";

type Check = NonNullable<OptionSpec["check"]>;

/** A check of the value's text. */
function text(accepts: (value: string) => boolean, form: string): Check {
  return (value) => (accepts(String(value)) ? undefined : form);
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

const host = text(
  (value) => HOST_NAME.test(value) || isIP(value) !== 0,
  "a host name or an address, without scheme and port",
);
const variable = text(
  (value) => /^[a-z_][a-z0-9_]*$/i.test(value),
  "the name of an environment variable: letters, digits and _",
);
const files = text(
  (value) => knownHostsFiles(value).every((file) => isAbsolute(file)),
  `absolute paths, separated by "${delimiter}"`,
);

/** The options of ssh endpoints. */
export const SSH_OPTIONS = ["identity", "identity-passphrase-env", "knownhosts"] as const;

/** The files that the option `knownhosts` names. */
export function knownHostsFiles(value: string): string[] {
  return value.split(delimiter);
}

export const options = {
  cacert: {
    type: "path",
    doc: "PEM file of the authority that signed the daemon's certificate; turns TLS on.",
  },
  cert: { type: "path", doc: "PEM file of the client certificate, with key; turns TLS on." },
  key: { type: "path", doc: "PEM file of the client certificate's key; turns TLS on." },
  servername: {
    type: "string",
    check: host,
    doc: "Name that the daemon's certificate must be for; turns TLS on. Default: the endpoint's host.",
  },
  identity: { type: "path", doc: "Private key file for ssh, before the agent and the keys in ~/.ssh." },
  "identity-passphrase-env": {
    type: "string",
    check: variable,
    doc: "Name of the environment variable that holds the passphrase of the ssh key.",
  },
  knownhosts: {
    type: "string",
    check: files,
    doc: "Absolute paths of known_hosts files for ssh, separated by colons. Default: ~/.ssh/known_hosts and the system's.",
  },
  "default-load": {
    type: "boolean",
    default: false,
    doc: "Load the image into the local image store when a build names no output.",
  },
} as const satisfies OptionSchema;
