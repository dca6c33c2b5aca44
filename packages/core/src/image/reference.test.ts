import { expect, test } from "vitest";
import { normalizeReference, parseReference } from "./reference.ts";

const HEX = "a".repeat(64);

test.each([
  ["busybox", "docker.io/library/busybox:latest"],
  ["busybox:1.36", "docker.io/library/busybox:1.36"],
  ["me/app", "docker.io/me/app:latest"],
  ["docker.io/app", "docker.io/library/app:latest"],
  ["index.docker.io/app", "docker.io/library/app:latest"],
  ["docker.io/me/app:x", "docker.io/me/app:x"],
  ["ghcr.io/me/app", "ghcr.io/me/app:latest"],
  ["ghcr.io/app", "ghcr.io/app:latest"],
  ["localhost/app", "localhost/app:latest"],
  ["localhost:5000/a/b/c:V_1.0-x", "localhost:5000/a/b/c:V_1.0-x"],
  ["HOST/app", "HOST/app:latest"],
  ["host:5000/app", "host:5000/app:latest"],
  ["[::1]:5000/app", "[::1]:5000/app:latest"],
  ["a_b/c__d/e-f--g/h.i", "docker.io/a_b/c__d/e-f--g/h.i:latest"],
  [`app@sha256:${HEX}`, `docker.io/library/app@sha256:${HEX}`],
  [`app:1@sha256:${HEX}`, `docker.io/library/app:1@sha256:${HEX}`],
  [`host:1/app@sha256:${HEX}`, `host:1/app@sha256:${HEX}`],
])("%s", (text, normal) => {
  expect(normalizeReference(text)).toBe(normal);
  expect(normalizeReference(normal)).toBe(normal);
});

test.each([
  "",
  ":tag",
  "app:",
  "app:-x",
  `app:${"t".repeat(129)}`,
  "App",
  "me/App",
  "a//b",
  "/app",
  "app/",
  "-app",
  "app-",
  "a___b",
  "a b",
  "app@",
  "app@sha256",
  "app@sha256:abc",
  "https://ghcr.io/app",
  "-bad.host/app",
  "host:port/app",
  `me/${"a".repeat(300)}`,
  HEX,
])("%j is refused", (text) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: "INVALID_REFERENCE" }));
});

test("its parts", () => {
  expect(parseReference("ghcr.io/me/app:1")).toEqual({ domain: "ghcr.io", path: "me/app", tag: "1" });
  expect(parseReference("app")).toEqual({ domain: "docker.io", path: "library/app" });
});
