/**
 * @typedef {object} SshdOptions
 * @property {number} port
 * @property {string} hostKey
 * @property {string} authorizedKeys
 * @property {string} pidFile
 * @property {boolean} forwarding   of unix sockets and of TCP
 * @property {boolean} pam
 * @property {Record<string, string>} env   of the sessions
 */

/**
 * The configuration of one sshd: keys only, loopback only, nothing read from the machine's own configuration.
 * @param {SshdOptions} options
 */
export function sshdConfig(options) {
  const yes = (/** @type {boolean} */ value) => (value ? "yes" : "no");
  const env = Object.entries(options.env).map(([name, value]) => `"${name}=${value}"`);
  const lines = [
    "ListenAddress 127.0.0.1",
    `Port ${options.port}`,
    `HostKey ${options.hostKey}`,
    `PidFile ${options.pidFile}`,
    `AuthorizedKeysFile ${options.authorizedKeys}`,
    // The bed folder may lie below a folder others can write to; its own files are made by the bed.
    "StrictModes no",
    "PermitRootLogin prohibit-password",
    "PubkeyAuthentication yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    `UsePAM ${yes(options.pam)}`,
    `AllowStreamLocalForwarding ${yes(options.forwarding)}`,
    `AllowTcpForwarding ${yes(options.forwarding)}`,
    "X11Forwarding no",
    "PrintMotd no",
    // Tests open many sessions at once; the defaults begin to refuse at ten.
    "MaxStartups 100",
    "MaxSessions 100",
    `SetEnv ${env.join(" ")}`,
    "LogLevel VERBOSE",
  ];
  return `${lines.join("\n")}\n`;
}
