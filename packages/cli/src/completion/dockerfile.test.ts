import { expect, it } from "vitest";
import { dockerfileNames } from "./dockerfile.ts";

it("finds stages, bases and arguments", () => {
  const text = `# syntax=docker/dockerfile:1
ARG VERSION=1 OTHER="a b" LAST
from --platform=$BUILDPLATFORM golang:$VERSION AS build
RUN echo FROM no AS nothing
RUN <<EOF cat > x
FROM also AS nothing
EOF
COPY <<-"ONE" <<TWO /
FROM one AS nothing
	ONE
FROM two AS nothing
TWO
RUN a \\
  # in between
  FROM neither AS nothing
FROM build as test
FROM \\
  alpine AS final
FROM scratch
FROM golang:$VERSION
`;
  expect(dockerfileNames(text)).toEqual({
    stages: ["build", "test", "final"],
    bases: ["golang:$VERSION", "alpine"],
    args: ["VERSION", "OTHER", "LAST"],
  });
});

it("follows another escape character", () => {
  const text = "# escape=`\nRUN a\\\nFROM x AS one\nRUN b `\n FROM y AS two\n";
  expect(dockerfileNames(text).stages).toEqual(["one"]);
});
