import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { within } from "./support/deadline.ts";
import { container } from "./support/victims/containers.ts";
import { pod } from "./support/victims/pods.ts";
import { eventually, type Victim } from "./support/victims/victim.ts";
import { workspace } from "./support/workspace.ts";

/** What a fault may take until the command has ended. */
const SECONDS = 10;

const IMAGES: ReadonlyArray<readonly [what: string, image: string, reason: RegExp]> = [
  ["that is not in its registry", "moby/buildkit:no-such-tag", /not found/],
  ["of a registry that is down", "127.0.0.1:1/moby/buildkit:1", /connection refused/],
];

describe.each([
  [container, /^ERROR: cannot pull image /m],
  [pod, /^ERROR: pod \S+ cannot start: (ErrImagePull|ImagePullBackOff): /m],
] as const)("$driver driver", ({ start }, failure) => {
  let victim: Victim;
  let client: Client;
  beforeEach(async () => {
    victim = await start();
  });
  afterEach(() => victim.remove());

  it.each(IMAGES)(
    "an image %s ends the boot with an error, and nothing is left",
    async (_what, image, reason) => {
      const { create = [], ...place } = victim.place;
      client = await tsbx(await workspace(), {
        ...place,
        create: [...create, "--driver-opt", `image=${image}`],
      });
      const boot = client.run(["inspect", "--bootstrap"]);
      const { code, stderr } = await within(SECONDS, "the boot", boot);
      expect(stderr).toMatch(failure);
      expect(stderr).toMatch(reason);
      expect(stderr).toContain(image);
      expect(code).toBe(1);
      expect(await readdir(client.temporary)).toEqual([]);
      await eventually(async () => expect(await victim.leftovers()).toEqual([]));
    },
  );
});
