import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { removeBuilder } from "./support/client.ts";
import { fail } from "./support/failing.ts";
import { CONTEXT, interrupt } from "./support/interrupted.ts";
import { places } from "./support/places.ts";
import { auths, configure, pushAndPull, scene } from "./support/pushing.ts";

// What other files test at length with one builder is shown for each here.
describe.each(places())("$name", (place) => {
  afterAll(() => removeBuilder(place));

  it("pushes an image, with the password that the registry wants, and builds upon it", async () => {
    const { closedRegistry, openRegistry } = place;
    const here = await scene(closedRegistry?.host ?? openRegistry, place);
    if (closedRegistry) configure(here.client, auths(closedRegistry));
    await pushAndPull(here);
  });

  it("shows the lines of the Dockerfile where a step failed", async () => {
    const { code, stderr } = await fail({
      files: { Dockerfile: "FROM busybox\nRUN true\n\nRUN echo to stderr >&2 && \\\n  exit 7\nRUN true\n" },
      args: ["--metadata-file=metadata.json", "--output=type=tar,dest=out.tar", "context"],
      at: place,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Dockerfile:4$/m);
    expect(stderr).toMatch(/^ {3}4 \| >>> RUN echo to stderr >&2 && \\$/m);
    expect(stderr).toMatch(/^ {3}5 \| >>> {3}exit 7$/m);
    expect(stderr).toMatch(/^ {3}6 \| {5}RUN true$/m);
    expect(stderr).toMatch(/^ERROR: failed to build: .*did not complete successfully: exit code: 7$/m);
  });

  it("says so of an image that no registry has", async () => {
    const { code, stderr } = await fail({
      files: { Dockerfile: `FROM ${place.openRegistry}/nothing-of-this-name\n` },
      args: ["--output=type=tar,dest=out.tar", "context"],
      at: place,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: failed to build: .*nothing-of-this-name.*not found/m);
  });

  it("is left by SIGINT while a RUN instruction sleeps", () =>
    interrupt({
      place,
      files: { Dockerfile: "FROM busybox\nRUN echo asleep; sleep 1000\n" },
      // The line that it prints, in base64.
      phase: new RegExp(`"data":"${Buffer.from("asleep\n").toString("base64")}"`),
      step: "\\[2/2\\] RUN",
    }));

  it("is left by SIGINT while it gets a large file", () =>
    interrupt({
      place,
      files: { Dockerfile: "FROM scratch\nCOPY . /\n" },
      prepare: (context) => {
        writeFileSync(join(context, "large"), "");
        truncateSync(join(context, "large"), 8 * 1024 ** 3);
      },
      phase: /"id":"transferring context:[^}]*"current":\d{8}/,
      step: CONTEXT,
    }));
});
