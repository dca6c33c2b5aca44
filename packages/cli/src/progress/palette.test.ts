import { describe, expect, it } from "vitest";
import { colorize, readPalette } from "./palette.ts";

const read = (env: Record<string, string>) => readPalette(env, "linux");

describe("readPalette", () => {
  it("has defaults, of which one is another on Windows", () => {
    expect(read({}).palette).toEqual({ run: "34", cancel: "33", error: "31", warning: "33" });
    expect(readPalette({}, "win32").palette.run).toBe("36");
  });

  it("has no colours with NO_COLOR, whatever BUILDKIT_COLORS says", () => {
    expect(read({ NO_COLOR: "1", BUILDKIT_COLORS: "run=green" }).palette).toEqual({});
    expect(read({ NO_COLOR: "" }).palette.run).toBe("34");
  });

  it("takes names and levels from BUILDKIT_COLORS", () => {
    expect(read({ BUILDKIT_COLORS: "run=Green:error=light-red:Cancel=255,165,0:warning=default" })).toEqual({
      palette: { run: "32", error: "91", cancel: "38;5;214", warning: "39" },
      problems: [],
    });
  });

  it.each(["run", "run=", "run=pink", "walk=green", "run=1,2", "run=1,2,256", "run=1,2,x"])(
    "names what it cannot use: %s",
    (part) => {
      const { palette, problems } = read({ BUILDKIT_COLORS: `error=blue:${part}` });
      expect(palette.error).toBe("34");
      expect(palette.run).toBe("34");
      expect(problems).toEqual([`BUILDKIT_COLORS: cannot use "${part}"`]);
    },
  );
});

describe("colorize", () => {
  it("colours when there is a colour", () => {
    expect(colorize("x", "31")).toBe("\u001b[31mx\u001b[0m");
    expect(colorize("x", undefined)).toBe("x");
  });
});
