import { describe, expect, it } from "vitest";
import { command, workspacePath } from "./commands.ts";
import { harmless } from "./log-text.ts";

describe("a command for GitHub's runner", () => {
  it("escapes data and properties as they need it", () => {
    const file = "a:b,c%\r\n";
    expect(command("warning", "50%: a,\r\nb", { file, line: 0, title: "", col: undefined })).toBe(
      "::warning file=a%3Ab%2Cc%25%0D%0A,line=0::50%25: a,%0D%0Ab\n",
    );
    expect(command("endgroup", "")).toBe("::endgroup::\n");
  });

  it.each([
    ["/w/app/Dockerfile", "app/Dockerfile"],
    ["/w/..app/Dockerfile", "..app/Dockerfile"],
    ["/w", undefined],
    ["/x/Dockerfile", undefined],
  ])("names %s from the checkout", (path, expected) => {
    expect(workspacePath(path, { GITHUB_WORKSPACE: "/w" })).toBe(expected);
    expect(workspacePath(path, {})).toBeUndefined();
  });
});

describe("foreign text", () => {
  it.each([
    ["::set-output name=a::b", ": :set-output name=a::b"],
    ["a\n \t::error::x", "a\n \t: :error::x"],
    ["a\r::error::x", "a\r: :error::x"],
    ["#1 0.1 ##[add-mask]x ##[group]", "#1 0.1 ## [add-mask]x ## [group]"],
    ["###[x]", "### [x]"],
    ["std::string ## [x]", "std::string ## [x]"],
  ])("%j is made harmless", (text, expected) => {
    expect(harmless(text)).toBe(expected);
  });
});
