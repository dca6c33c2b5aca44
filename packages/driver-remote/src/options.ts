import type { OptionSchema } from "@tsbx/core/driver";

export const options = {
  cacert: {
    type: "path",
    doc: "PEM file of the authority that signed the daemon's certificate; turns TLS on.",
  },
  cert: { type: "path", doc: "PEM file of the client certificate, with key; turns TLS on." },
  key: { type: "path", doc: "PEM file of the client certificate's key; turns TLS on." },
  servername: {
    type: "string",
    doc: "Name that the daemon's certificate must be for; turns TLS on. Default: the endpoint's host.",
  },
  identity: { type: "path", doc: "Private key file for ssh, before the agent and the keys in ~/.ssh." },
  "identity-passphrase-env": {
    type: "string",
    doc: "Name of the environment variable that holds the passphrase of the ssh key.",
  },
  knownhosts: {
    type: "string",
    doc: "Absolute paths of known_hosts files for ssh, separated by colons. Default: ~/.ssh/known_hosts and the system's.",
  },
  "default-load": {
    type: "boolean",
    default: false,
    doc: "Load the image into the local image store when a build names no output.",
  },
} as const satisfies OptionSchema;
