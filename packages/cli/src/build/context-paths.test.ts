import { describe, expect, it } from "vitest";
import { contextPaths } from "./context-paths.ts";

const ENTRIES = ["src", "data", "big.bin", "other", "a b"];
const named = (dockerfile: string) => ENTRIES.filter((entry) => contextPaths(dockerfile).has(entry));

describe("what a Dockerfile names of its context", () => {
  it.each<[string, string[]]>([
    ["COPY . .", []],
    ["COPY * ./", []],
    ["COPY ./ /app", []],
    ["COPY src/main.c /", ["src"]],
    ["copy --chown=1:1 --link ./src /data/ /x/", ["src", "data"]],
    ["COPY ../src/../data /", ["data"]],
    ["COPY big.* /", ["big.bin"]],
    ["COPY dat[a] s?c /", ["src", "data"]],
    ['COPY ["a b", "/x"]', ["a b"]],
    ['COPY "a b" /x', ["a b"]],
    ["COPY --from=base src /", []],
    ["ADD https://host/src git@host:data src /", ["src"]],
    ["ONBUILD ADD data /", ["data"]],
    ["COPY $WHAT /", ENTRIES],
    ["RUN --mount=type=bind,source=data,target=/d ls", ["data"]],
    ["RUN --mount=src=data,target=/d --mount=type=cache,target=src ls", ["data"]],
    ["RUN --mount=type=bind,from=base,source=data,target=/d ls", []],
    ["RUN --mount=target=. ls src", []],
    ["RUN cp src data", []],
    ["# COPY src /", []],
    ["COPY \\\n  # not this\n\n  src \\\n  data \\\n  /", ["src", "data"]],
    ["# syntax=x\n# escape=`\nCOPY src `\n data /", ["src", "data"]],
    ["FROM x\n# escape=`\nCOPY src \\\n data /", ["src", "data"]],
    ["COPY <<one <<-'two' src /\nCOPY data /\none\nCOPY other /\n\ttwo\nCOPY big.bin /", ["src", "big.bin"]],
    ["RUN <<EOF\nCOPY src /\nEOF\nCOPY data /\r\n", ["data"]],
    ["COPY src[ /", ENTRIES],
  ])("%j", (dockerfile, expected) => {
    expect(named(dockerfile)).toEqual(expected);
  });
});
