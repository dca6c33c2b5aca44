import { describe, it } from "vitest";
import { CONTEXT, interrupt } from "./support/interrupted.ts";

describe("SIGINT ends a build", () => {
  it("while it lists a large tree", () =>
    interrupt({
      files: {
        Dockerfile: "FROM scratch\nCOPY . /\n",
        ...Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`tree/${i % 100}/${i}`, ""])),
      },
      phase: new RegExp(`"name":"${CONTEXT}[^}]*"started":`),
      step: CONTEXT,
    }));

  it.each([
    ["tar", "type=tar,dest=out", []],
    ["local", "type=local,dest=out-dir", ["out-dir"]],
  ])("while it receives a large %s output", (_, output, leaves) =>
    interrupt({
      files: {
        Dockerfile:
          "FROM busybox AS make\nRUN dd if=/dev/zero of=/NONCE bs=1M count=1024\nFROM scratch\nCOPY --from=make /NONCE /\n",
      },
      args: ["--output", output],
      phase: /"id":"(copying files|sending tarball)/,
      step: "exporting to client",
      leaves,
      large: true,
    }),
  );
});
