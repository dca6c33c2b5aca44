import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GetSecretRequest, GetSecretResponse } from "../../gen/secrets.ts";
import { type SecretSource, secretHandlers } from "./secrets.ts";
import { servedCall } from "./served-call.test.support.ts";

const LIMIT = 500 * 1024;
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tsbx-secrets-"));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

async function get(secrets: Record<string, SecretSource>, id: string): Promise<Buffer> {
  const handlers = await secretHandlers(secrets, { cwd });
  const request = GetSecretRequest.encode(GetSecretRequest.fromPartial({ id })).finish();
  const [answer] = await servedCall(handlers, "/moby.buildkit.secrets.v1.Secrets/GetSecret", [request]);
  return Buffer.from(GetSecretResponse.decode(answer!).data);
}

test("from a file, a value and a function", async () => {
  writeFileSync(join(cwd, "file"), Buffer.from([0, 255, 10]));
  const secrets: Record<string, SecretSource> = {
    file: { file: "file" },
    text: { value: "ü" },
    bytes: { value: Buffer.from([1, 2]) },
    empty: { value: "" },
    read: { read: async (signal) => `aborted: ${signal.aborted}` },
  };
  expect(await get(secrets, "file")).toEqual(Buffer.from([0, 255, 10]));
  expect((await get(secrets, "text")).toString()).toBe("ü");
  expect(await get(secrets, "bytes")).toEqual(Buffer.from([1, 2]));
  expect((await get(secrets, "empty")).length).toBe(0);
  expect((await get(secrets, "read")).toString()).toBe("aborted: false");
});

test("a file is read when it is asked for", async () => {
  writeFileSync(join(cwd, "file"), "old");
  const handlers = await secretHandlers({ id: { file: "file" } }, { cwd });
  writeFileSync(join(cwd, "file"), "new");
  const request = GetSecretRequest.encode(GetSecretRequest.fromPartial({ id: "id" })).finish();
  const [answer] = await servedCall(handlers, "/moby.buildkit.secrets.v1.Secrets/GetSecret", [request]);
  expect(Buffer.from(GetSecretResponse.decode(answer!).data).toString()).toBe("new");
});

test("one that is unknown is not found, also under a name that objects have", async () => {
  for (const id of ["other", "", "constructor", "__proto__"]) {
    await expect(get({ id: { value: "x" } }, id)).rejects.toMatchObject({ code: 5 });
  }
});

test("up to 500 KiB", async () => {
  expect((await get({ id: { value: "x".repeat(LIMIT) } }, "id")).length).toBe(LIMIT);
  const tooBig = { code: "INVALID_SECRET", message: expect.stringContaining("500KiB") as string };
  await expect(get({ id: { value: "x".repeat(LIMIT + 1) } }, "id")).rejects.toMatchObject(tooBig);
  writeFileSync(join(cwd, "big"), Buffer.alloc(LIMIT + 1));
  await expect(get({ id: { file: "big" } }, "id")).rejects.toMatchObject(tooBig);
  const late = get({ id: { read: async () => Buffer.alloc(LIMIT + 1) } }, "id");
  await expect(late).rejects.toThrow("500KiB");
});

test("what can never be served is said before the build", async () => {
  const missing = secretHandlers({ id: { file: "missing" } }, { cwd });
  await expect(missing).rejects.toMatchObject({
    code: "INVALID_SECRET",
    message: expect.stringContaining("missing") as string,
  });
  await expect(secretHandlers({ "": { value: "x" } }, { cwd })).rejects.toThrow("secret missing ID");
});
