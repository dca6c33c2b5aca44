import { parseDriverOptions } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { options } from "./options.ts";

/** A bad value of every option, with a piece of the accepted form. */
const BAD: Readonly<Record<keyof typeof options, [value: string, form: string]>> = {
  cacert: ["ca.pem", "absolute path"],
  cert: ["./cert.pem", "absolute path"],
  key: ["", "absolute path"],
  servername: ["https://build.example", "host name or an address"],
  identity: ["~/.ssh/id_ed25519", "absolute path"],
  "identity-passphrase-env": ["$KEY_PASSPHRASE", "environment variable"],
  knownhosts: ["/etc/known_hosts:known_hosts", "absolute paths"],
  "default-load": ["maybe", "true or false"],
};

const parse = (pairs: Record<string, string>) => parseDriverOptions(options, pairs, { driver: "remote" });

test.each(Object.entries(BAD))("%s refuses %j with its name and what it takes", (name, [value, form]) => {
  expect(() => parse({ [name]: value })).toThrow(
    expect.objectContaining({
      code: "INVALID_DRIVER_OPTION",
      message: `driver option ${name} of the remote driver cannot be ${JSON.stringify(value)}`,
      hint: expect.stringContaining(form),
    }),
  );
});

test.each([
  ["servername", ["", "build.example:1234", "build example", "[::1]", ".example", "build..example"]],
  ["identity-passphrase-env", ["", "KEY=x", "1KEY"]],
  ["knownhosts", ["", "/etc/known_hosts:", "known_hosts"]],
])("%s refuses %j", (name, values) => {
  for (const value of values) expect(() => parse({ [name]: value })).toThrow("cannot be");
});

test.each([
  ["servername", ["localhost", "build.example", "a-b_c.EXAMPLE", "10.0.0.1", "::1"]],
  ["identity-passphrase-env", ["_KEY1"]],
  ["knownhosts", ["/etc/ssh/known hosts:/b"]],
])("%s takes %j", (name, values) => {
  for (const value of values) expect(parse({ [name]: value })[name]).toBe(value);
});
