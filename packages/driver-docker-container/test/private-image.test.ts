import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerConfigCredentials } from "@tsbx/core";
import { type CredentialProvider, parseDriverOptions } from "@tsbx/core/driver";
import { pullImage, pushImage } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import driver from "../src/index.ts";
import { containerName } from "../src/names.ts";
import { ask, connect, endpoint, engine, isImageThere, leftovers, never, nodeName } from "./engine.ts";

const { host, user, password } = loadBed(["docker", "registry"]).registry.tlsAuth;
const repository = `${host}/private/buildkit-${randomBytes(4).toString("hex")}`;
const image = `${repository}:latest`;

let work: string;
let name: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "tsbx-private-"));
  const transfer = { progress: () => {}, signal: never };
  await pullImage(engine, driver.options.image!.default as string, transfer);
  const query = { repo: repository, tag: "latest" };
  await engine.json("POST", `/images/${driver.options.image!.default}/tag`, { query, signal: never });
  await pushImage(engine, image, { ...transfer, credentials: await login(password) });
  await ask("DELETE", `/images/${image}`);
});
afterAll(() => rm(work, { recursive: true }));

beforeEach(() => {
  name = nodeName();
});
afterEach(async () => {
  await connect(name).remove({ keepState: false }, never);
  expect(await leftovers(name)).toEqual([]);
  await ask("DELETE", `/images/${image}`);
});

/** What `docker login` leaves. */
async function login(secret: string): Promise<CredentialProvider> {
  const configDir = await mkdtemp(join(work, "docker-"));
  const auth = Buffer.from(`${user}:${secret}`).toString("base64");
  await writeFile(join(configDir, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  return dockerConfigCredentials({ configDir, env: {} });
}

function boot(credentials?: CredentialProvider): Promise<void> {
  const options = parseDriverOptions(driver.options, { image }, { driver: driver.name });
  const context = { env: {}, stateDir: work, ...(credentials && { credentials }) };
  return driver.connect({ builder: name, name, endpoint, options }, context).boot(() => {}, never);
}

test("the image of a builder comes from a registry that wants a login", async () => {
  await boot(await login(password));
  const container = await ask<{ Config: object }>("GET", `/containers/${containerName(name)}/json`);
  expect(container).toMatchObject({ Config: { Image: image }, State: { Running: true } });
});

test.each<[string, () => Promise<CredentialProvider | undefined>]>([
  ["no login", async () => undefined],
  ["a wrong password", () => login("wrong")],
])("with %s it is refused, and the error says what to check", async (_, credentials) => {
  await expect(credentials().then(boot)).rejects.toMatchObject({
    code: "BOOT_FAILED",
    message: expect.stringMatching(
      `^cannot pull image ${image}: .*(no basic auth credentials|401|unauthorized)`,
    ),
    hint: expect.stringContaining("credentials"),
  });
  expect(await isImageThere(image)).toBe(false);
});
