import { loadBed } from "@tsbx/testbed";
import { expect, test } from "vitest";
import { options } from "../src/options.ts";
import { connect, never, speakHttp2 } from "./connect.ts";

const { buildkitd, ssh } = loadBed(["buildkitd", "ssh"]);
const { certs, tcp } = buildkitd;
const host = `ssh://${ssh.user}@127.0.0.1:${ssh.port}${ssh.socketPath}`;

/** Each option that a connection shows: with one value it is made, with another it fails as only that one can. */
const SHOWN: readonly [
  option: string,
  endpoint: string,
  others: Readonly<Record<string, string>>,
  good: string,
  other: string,
  code: string,
][] = [
  ["cacert", tcp.tls, {}, certs.ca, certs.wrongCa, "TLS_UNKNOWN_CA"],
  ["cert", tcp.mtls, { cacert: certs.ca, key: certs.key }, certs.cert, certs.wrongCert, "TLS_KEY_MISMATCH"],
  ["key", tcp.mtls, { cacert: certs.ca, cert: certs.cert }, certs.key, certs.wrongKey, "TLS_KEY_MISMATCH"],
  ["servername", tcp.tls, { cacert: certs.ca }, "localhost", "other.example", "TLS_SERVER_NAME_MISMATCH"],
  ["identity", host, { knownhosts: ssh.knownHosts }, ssh.key, ssh.unauthorizedKey, "SSH_AUTH_FAILED"],
  [
    "identity-passphrase-env",
    host,
    { knownhosts: ssh.knownHosts, identity: ssh.passphraseKey },
    "RIGHT",
    "WRONG",
    "SSH_KEY_ENCRYPTED",
  ],
  ["knownhosts", host, { identity: ssh.key }, ssh.knownHosts, ssh.wrongKnownHosts, "SSH_HOST_KEY_MISMATCH"],
];

test("every option is tried", () => {
  expect([...SHOWN.map(([option]) => option), "default-load"].sort()).toEqual(Object.keys(options).sort());
});

test.each(SHOWN)("%s reaches the connection", async (option, endpoint, others, good, other, code) => {
  const env = { RIGHT: ssh.passphrase, WRONG: "wrong" };
  await speakHttp2(await connect(endpoint, { ...others, [option]: good }, env).dial(never));
  const refused = connect(endpoint, { ...others, [option]: other }, env).dial(never);
  await expect(refused).rejects.toMatchObject({ code });
});

test("default-load", () => {
  expect(connect(buildkitd.unix, { "default-load": "true" }).defaultLoad).toBe(true);
  expect(connect(buildkitd.unix).defaultLoad).toBe(false);
});

test.each([
  ["a TLS option", host, { cacert: certs.ca }, "driver option cacert is not for ssh endpoints"],
  [
    "an ssh option",
    tcp.tls,
    { knownhosts: ssh.knownHosts },
    "driver option knownhosts is not for tcp endpoints",
  ],
  ["one of a pair", tcp.mtls, { cert: certs.cert }, "driver option cert is given without key"],
])("%s where it has no use is refused before anything is dialled", (_name, endpoint, pairs, message) => {
  expect(() => connect(endpoint, pairs)).toThrow(
    expect.objectContaining({ code: "INVALID_DRIVER_OPTION", message }),
  );
});
