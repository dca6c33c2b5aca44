import { describe, expect, it } from "vitest";
import { GithubRenderer } from "./github.ts";
import { PlainRenderer } from "./plain.ts";
import { QuietRenderer } from "./quiet.ts";
import { RawJsonRenderer } from "./rawjson.ts";
import { TestOutput } from "./recording.test.support.ts";
import { createRenderer } from "./renderer.ts";
import { TtyRenderer } from "./tty.ts";

async function rendererFor(
  mode: string,
  isTTY: boolean,
  BUILDKIT_PROGRESS?: string,
  GITHUB_ACTIONS?: string,
) {
  const output = Object.assign(new TestOutput(), { isTTY });
  const renderer = await createRenderer(mode, { output, env: { BUILDKIT_PROGRESS, GITHUB_ACTIONS } });
  await renderer.close();
  expect(output.text).toBe("");
  return renderer;
}

describe("createRenderer", () => {
  it.each([
    ["auto", true, TtyRenderer],
    ["auto", false, PlainRenderer],
    ["", true, TtyRenderer],
    ["tty", true, TtyRenderer],
    ["plain", true, PlainRenderer],
    ["rawjson", true, RawJsonRenderer],
    ["quiet", true, QuietRenderer],
    ["none", true, QuietRenderer],
  ])("mode %j with a terminal: %s", async (mode, isTTY, type) => {
    expect(await rendererFor(mode, isTTY)).toBeInstanceOf(type);
  });

  it("lets BUILDKIT_PROGRESS replace auto and nothing else", async () => {
    expect(await rendererFor("auto", true, "plain")).toBeInstanceOf(PlainRenderer);
    expect(await rendererFor("auto", true, "")).toBeInstanceOf(TtyRenderer);
    expect(await rendererFor("tty", true, "plain")).toBeInstanceOf(TtyRenderer);
    expect(await rendererFor("", true, "plain")).toBeInstanceOf(TtyRenderer);
  });

  it("groups steps in a GitHub workflow, unless it is told a mode", async () => {
    expect(await rendererFor("auto", false, undefined, "true")).toBeInstanceOf(GithubRenderer);
    expect(await rendererFor("auto", false, undefined, "false")).toBeInstanceOf(PlainRenderer);
    expect(await rendererFor("auto", false, "plain", "true")).toBeInstanceOf(PlainRenderer);
    expect(await rendererFor("plain", false, undefined, "true")).toBeInstanceOf(PlainRenderer);
    expect(await rendererFor("auto", true, undefined, "true")).toBeInstanceOf(TtyRenderer);
  });

  it("refuses a mode that isn't one", async () => {
    const error = { code: "INVALID_PROGRESS_MODE", message: "invalid progress mode fancy" };
    await expect(rendererFor("fancy", true)).rejects.toMatchObject(error);
    await expect(rendererFor("auto", true, "fancy")).rejects.toMatchObject(error);
  });

  it("refuses tty without a terminal", async () => {
    await expect(rendererFor("tty", false)).rejects.toMatchObject({ code: "NOT_A_TERMINAL" });
    await expect(rendererFor("auto", false, "tty")).rejects.toMatchObject({ code: "NOT_A_TERMINAL" });
  });
});
