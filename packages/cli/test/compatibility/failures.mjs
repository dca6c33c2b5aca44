/**
 * One command line about builders that fails, which both tools are given. There is a builder `one` of the remote
 * driver. The exit codes are equal, and nothing is stored.
 * @typedef {object} Failure
 * @property {string[]} args
 * @property {string} [differs] how the message is not the same
 * @property {RegExp} [says] our message, where it is not the same
 */

const NOWHERE = "tcp://127.0.0.1:1";

/** @type {Failure[]} */
export const FAILURES = [
  { args: ["create", "--name", "one", "--driver", "remote", NOWHERE] },
  { args: ["create", "--name", "default"] },
  { args: ["create", "--name", "-x"] },
  { args: ["create", "--name", "a/b"] },
  {
    args: ["create", "--driver", "nosuch"],
    differs: "the drivers that are installed are named",
    says: /^ERROR: driver nosuch is not installed \(installed: /,
  },
  { args: ["create", "--append"] },
  { args: ["create", "--append", "--name", "nosuch", "--driver", "remote", NOWHERE] },
  { args: ["create", "--append", "--name", "one", "--driver", "docker-container"] },
  { args: ["create", "--leave"] },
  { args: ["create", "--leave", "--name", "one"] },
  { args: ["create", "--leave", "--name", "one", "--node", "nosuch"] },
  {
    args: ["create", "--append", "--leave", "--name", "one"],
    differs: "both flags are named instead of a third",
    says: /^ERROR: --append and --leave exclude each other$/,
  },
  {
    args: ["create", "--driver", "remote", "--driver-opt", "nosuch=1", NOWHERE],
    differs: "the message is without the name that the builder would have had",
    says: /^ERROR: the remote driver has no option nosuch$/,
  },
  {
    args: ["create", "--driver", "remote"],
    differs: "the way to write it is told",
    says: /^ERROR: driver remote needs an endpoint$/,
  },
  {
    args: ["create", "--driver", "docker-container", "--buildkitd-config", "missing.toml"],
    differs: "the reason is told once",
    says: /^ERROR: cannot read buildkit configuration file missing\.toml: /,
  },
  {
    args: ["create", "--driver", "docker-container", "NOSUCH"],
    differs: "it is not taken for the name of a host, and nothing is looked up",
    says: /^ERROR: there is no docker context "NOSUCH"$/,
  },
  {
    args: ["create", "--driver", "remote", "--buildkitd-flags", "--debug", NOWHERE],
    differs: "the flag is named, and what to do",
    says: /^ERROR: --buildkitd-flags is not supported by the remote driver$/,
  },
  {
    args: ["create", "a", "b"],
    differs: "the message is in our words",
    says: /^ERROR: 'tsbx create' takes at most 1 argument$/,
  },
  { args: ["create", "--nosuch"] },
  {
    args: ["use", "nosuch"],
    differs: "the message is without the system call",
    says: /^ERROR: failed to find instance "nosuch"$/,
  },
  {
    args: ["use"],
    differs: "what is missing is told",
    says: /^ERROR: use needs the name of a builder$/,
  },
  {
    args: ["use", "a", "b"],
    differs: "the message is in our words",
    says: /^ERROR: 'tsbx use' takes at most 1 argument$/,
  },
  { args: ["inspect", "nosuch"] },
  { args: ["stop", "nosuch"] },
  { args: ["rm"] },
  { args: ["rm", "nosuch"] },
  { args: ["rm", "one", "nosuch"] },
  { args: ["rm", "default"] },
  { args: ["rm", "--all-inactive", "one"] },
  {
    args: ["ls", "--format", "{{.Nosuch}}"],
    differs: "the message is not Go's",
    says: /^ERROR: invalid format: there is no field \.Nosuch at line 1, column 3$/,
  },
  {
    args: ["ls", "--format", "{{"],
    differs: "the message is not Go's",
    says: /^ERROR: invalid format: an action has no }} at line 1, column 3$/,
  },
];
