import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { within } from "./support/deadline.ts";
import { writeTree } from "./support/tree.ts";
import { BOOTED_VICTIMS, eventually, type Victim } from "./support/victims/index.ts";
import { workspace } from "./support/workspace.ts";

/** What a fault may take until the command has ended. */
const SECONDS = 10;

describe.each(BOOTED_VICTIMS)("%s", (_driver, { start, bootSteps, undoes, interrupted }) => {
  let victim: Victim;
  let client: Client;
  beforeAll(async () => {
    victim = await start();
  });
  beforeEach(async () => {
    client = await tsbx(await workspace(), victim.place);
  });
  afterEach(async () => {
    expect(await readdir(client.temporary)).toEqual([]);
    await client.succeed(["rm", "bed"]);
    await eventually(async () => expect(await victim.leftovers()).toEqual([]));
  });
  afterAll(() => victim?.remove());

  describe.each(bootSteps)("while it boots: %s", (step) => {
    it("a kill ends the boot with an error, or the builder builds", async () => {
      const boot = client.start(["inspect", "--bootstrap"]);
      await boot.printed(step);
      await victim.kill();
      const { code, stderr } = await within(SECONDS, "the boot", boot.outcome);
      await victim.revive();
      if (code === 0) return build();
      expect(code).toBe(1);
      expect(stderr).toMatch(/^ERROR: .*(cannot reach|connection|ended|killed|stopped|cannot start)/m);
      if (undoes) await eventually(async () => expect(await victim.leftovers()).toEqual([]));
    });

    if (!interrupted) return;
    it("SIGINT ends the boot", async () => {
      const boot = client.start(["inspect", "--bootstrap"]);
      await boot.printed(step);
      boot.child.kill("SIGINT");
      const { code, stderr } = await within(SECONDS, "the boot", boot.outcome);
      expect(code).toBe(130);
      expect(stderr).toMatch(/^ERROR: stopped by SIGINT$/m);
      await eventually(async () => expect(await victim.leftovers()).toEqual([]));
    });
  });

  async function build(): Promise<void> {
    const context = join(client.home, "context");
    await mkdir(context);
    writeTree(context, { Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
    await client.succeed(["build", "--output", "type=tar,dest=out", "context"]);
  }
});
