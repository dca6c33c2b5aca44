import type { Credential, CredentialProvider } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { registryAuth } from "./registry-auth.ts";

const { signal } = new AbortController();

function only(host: string, credential: Credential): CredentialProvider {
  return { credentials: async (asked) => (asked === host ? credential : undefined) };
}

const decoded = (header: string) => JSON.parse(Buffer.from(header, "base64url").toString());

test("Docker Hub's credential is found by its own name", async () => {
  const hub = "https://index.docker.io/v1/";
  const header = await registryAuth("docker.io", only(hub, { username: "u", password: "p" }), signal);
  expect(decoded(header)).toEqual({ username: "u", password: "p", serveraddress: hub });
});

test("tokens", async () => {
  const identity = await registryAuth("r:5000", only("r:5000", { identityToken: "t" }), signal);
  expect(decoded(identity)).toEqual({ identitytoken: "t", serveraddress: "r:5000" });
  const registry = await registryAuth("r:5000", only("r:5000", { registryToken: "t" }), signal);
  expect(decoded(registry)).toEqual({ registrytoken: "t", serveraddress: "r:5000" });
});

test("is there without a credential too", async () => {
  expect(decoded(await registryAuth("r", undefined, signal))).toEqual({});
  expect(decoded(await registryAuth("r", only("other", { registryToken: "t" }), signal))).toEqual({});
});

test("is spelt in the alphabet for URLs, with its padding", async () => {
  const header = await registryAuth("r", only("r", { username: "??>>~~", password: "ÿÿÿ" }), signal);
  expect(header).toMatch(/^[\w-]+={0,2}$/);
  expect(header.length % 4).toBe(0);
  expect(decoded(header).password).toBe("ÿÿÿ");
});
