import { build } from "@tsbx/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { type OwnDaemon, startOwnDaemon } from "./support/own-daemon.ts";
import { workspace } from "./support/workspace.ts";

let daemon: OwnDaemon;

beforeAll(async () => {
  daemon = await startOwnDaemon();
});
afterAll(() => daemon.remove());

/** Both clients of the daemon. */
async function clients(): Promise<{ ours: Client; theirs: Client }> {
  const directory = await workspace();
  return {
    ours: await tsbx(directory, daemon.endpoint),
    theirs: await peer(directory, daemon.endpoint),
  };
}

/** Fills the cache: layers, a mount, a context, with text that is special to HTML. */
async function fillCache(): Promise<void> {
  const Dockerfile = [
    "FROM busybox",
    "COPY Dockerfile /",
    'RUN --mount=type=cache,target=/cache echo "<a> & ü" > /cache/x && echo b > /b',
    "RUN --mount=type=bind,source=.,target=/mnt dd if=/dev/zero of=/large bs=1k count=1300",
  ].join("\n");
  await build(daemon.node, { context: { files: { Dockerfile } } }).result;
}

/** How long ago something was depends on when one asks. */
function timeless(text: string): string {
  return text.replace(/(Less than a second|About an? \w+|\d+ \w+) ago/g, "SOME TIME ago");
}

describe("du prints what the peer prints", () => {
  beforeAll(fillCache);

  it.each([
    [[]],
    [["--verbose"]],
    [["--format", "table"]],
    [["--format", "pretty"]],
    [["--format", "json"]],
    [["--format", "{{json .}} {{json .Description}}"]],
    [["--format", "table {{.ID}}\\t{{.Parents}}\\t{{.CreatedAt}}\t{{upper .Type}}"]],
    [["--format", "table {{.Size}}\t{{.Shared}}\t{{.Mutable}} {{.UsageCount}}\t{{.Description}}"]],
    [["--format", "{{.ID}}: {{range $i, $p := .Parents}}{{if $i}}, {{end}}{{$p}}{{else}}none{{end}}"]],
    [["--filter", "type=regular"]],
    [["--filter", "type=regular", "--filter", "Description~=large", "--verbose"]],
    [["--filter", "type!=regular"]],
    [["--filter", "id=^[a-h]"]],
    [["--filter", "parents~=[a-z]"]],
    [["--filter", "type=nothing"]],
    [["--filter", "type=nothing", "--verbose"]],
    [["--filter", "until=24h"]],
    [["--filter", ""]],
    [["--timeout", "5s"]],
  ])("%j", async (args) => {
    const { ours, theirs } = await clients();
    const expected = await theirs.succeed(["du", ...args]);
    const { stdout, stderr } = await ours.succeed(["du", ...args]);
    expect(timeless(stdout)).toBe(timeless(expected.stdout));
    expect(stderr).toBe("");
  });

  it.each([
    [["--verbose", "--format", "json"], /^ERROR: --format and --verbose cannot be used together/],
    [["--filter", "type"], /^ERROR: invalid argument "type" for "--filter" flag: bad format of filter/],
    [["--filter", "a=b", "--filter", "a=c"], /^ERROR: "a" filter expects only one value/],
    [["--filter", "until=soon"], /^ERROR: "until" filter expects a duration/],
    [
      ["--filter", "until=1h", "--filter", "unused-for=1h"],
      /^ERROR: conflicting filters "until" and "unused-for"/,
    ],
    [["--filter", "type~=."], /^ERROR: failed to parse diskusage filters \[type~=\.\]/],
    [["--timeout", "5"], /^ERROR: invalid argument "5" for "--timeout" flag/],
    [
      ["--format", "{{.Id}}"],
      /^ERROR: invalid format: there is no field \.Id at .*\nHINT: The fields are \.ID,/,
    ],
    [["--format", "{{.ID"], /^ERROR: invalid format: an action has no }}/],
    [["--builder", "nope"], /^ERROR: no builder "nope" found/],
    [["extra"], /^ERROR: 'tsbx du' accepts no arguments/],
  ])("fails with %j", async (args, message) => {
    const { ours, theirs } = await clients();
    const expected = await theirs.run(["du", ...args]);
    const { code, stdout, stderr } = await ours.run(["du", ...args]);
    expect({ code, stdout }).toEqual({ code: expected.code, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

describe("du says what is wrong with a builder", () => {
  it("whose daemon is not there", async () => {
    const directory = await workspace();
    const ours = await tsbx(directory, `unix://${directory}/no.sock`);
    const { code, stdout, stderr } = await ours.run(["du"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^ERROR: cannot reach buildkitd at unix:.*no\.sock/);
  });

  it("whose daemon is slow", async () => {
    const { ours } = await clients();
    const { code, stderr } = await ours.run(["du", "--timeout", "1ns"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: builder bed did not answer within .*\nHINT: .*--timeout/);
  });
});
