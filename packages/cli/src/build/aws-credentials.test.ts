import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withAwsCredentials } from "./aws-credentials.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tsbx-aws-"));
  await mkdir(join(home, ".aws"));
  await writeFile(
    join(home, ".aws/credentials"),
    "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key=B\n[other]\naws_access_key_id=C\naws_secret_access_key=D\naws_session_token=E\n",
  );
  const json = JSON.stringify({ Version: 1, AccessKeyId: "F", SecretAccessKey: "G" });
  await writeFile(join(home, "print.mjs"), `console.log(${JSON.stringify(json)})`);
  const command = `"${process.execPath}" ${join(home, "print.mjs")}`;
  await writeFile(
    join(home, ".aws/config"),
    `[profile told]\r\ncredential_process = ${command}\r\n[profile broken]\ncredential_process = nothing-there\n`,
  );
});
afterAll(() => rm(home, { recursive: true }));

const keys = (access_key_id: string, secret_access_key: string, session_token?: string) => ({
  access_key_id,
  secret_access_key,
  ...(session_token && { session_token }),
});

test.each([
  [{ AWS_ACCESS_KEY_ID: "X", AWS_SECRET_ACCESS_KEY: "Y", AWS_SESSION_TOKEN: "Z" }, keys("X", "Y", "Z")],
  [{ AWS_ACCESS_KEY_ID: "X" }, keys("A", "B")],
  [{}, keys("A", "B")],
  [{ AWS_PROFILE: "other" }, keys("C", "D", "E")],
  [{ AWS_PROFILE: "told" }, keys("F", "G")],
  [{ AWS_PROFILE: "broken" }, {}],
  [{ AWS_PROFILE: "nobody" }, {}],
])("%j", async (env, credentials) => {
  const attrs = { bucket: "b", region: "r" };
  const local = { type: "local", attrs: { src: "x" } };
  expect(await withAwsCredentials([{ type: "s3", attrs }, local], { HOME: home, ...env })).toEqual([
    { type: "s3", attrs: { ...attrs, ...credentials } },
    local,
  ]);
});

test("keys that were given are left alone", async () => {
  const env = { AWS_ACCESS_KEY_ID: "X", AWS_SECRET_ACCESS_KEY: "Y", AWS_SESSION_TOKEN: "Z" };
  const [both, one] = [keys("P", "Q"), { access_key_id: "P" }];
  const entries = [both, one].map((attrs) => ({ type: "s3", attrs }));
  expect((await withAwsCredentials(entries, env)).map(({ attrs }) => attrs)).toEqual([
    both,
    keys("P", "Y", "Z"),
  ]);
});
