import { expect, test } from "vitest";
import { newRef } from "./ref.ts";
import { hasGitQuery, isGitReference, isRemoteUrl } from "./remote-url.ts";

test.each<[string, "git" | "http" | "local"]>([
  ["https://github.com/me/app.git", "git"],
  ["https://github.com/me/app.git#main:dir", "git"],
  ["https://github.com/me/app.git?branch=main", "git"],
  ["http://host/app.git", "git"],
  ["git://host/app", "git"],
  ["ssh://git@host/app", "git"],
  ["git@github.com:me/app.git", "git"],
  ["user@host.example:app#main", "git"],
  ["github.com/me/app", "git"],
  ["https://host/app.tar.gz", "http"],
  ["https://host/app.github", "http"],
  ["http://host/", "http"],
  [".", "local"],
  ["./github.com/me/app", "local"],
  ["../git@host:x", "local"],
  ["dir/app.git", "local"],
  ["/abs/app.git", "local"],
  ["gitlab.com/me/app", "local"],
  ["ftp://host/x", "local"],
  ["C:\\dir", "local"],
  ["", "local"],
])("%s", (text, kind) => {
  expect([isRemoteUrl(text), isGitReference(text)]).toEqual([kind !== "local", kind === "git"]);
});

test.each([
  ["https://host/app.git?branch=main", true],
  ["https://host/app.git?branch=main#:dir", true],
  ["https://host/app.git#main?x", true],
  ["https://host/app.git", false],
  ["https://host/app.git?", false],
  ["https://host/app.tar?x=1", false],
])("a query in %s", (text, expected) => {
  expect(hasGitQuery(text)).toBe(expected);
});

test("references: 25 characters of base 36, each time others", () => {
  const refs = Array.from({ length: 500 }, newRef);
  expect(refs.every((ref) => /^[0-9a-z]{25}$/.test(ref))).toBe(true);
  expect(new Set(refs).size).toBe(500);
  expect(new Set(refs.join("")).size).toBe(36);
});
