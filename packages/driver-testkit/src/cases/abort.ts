import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { type CaseDefinition, isManaged } from "../case-definition.ts";
import { assertTyped, rejection, within } from "../rejection.ts";
import { runBuild, smallBuild } from "../scratch-build.ts";
import { assertState } from "./lifecycle.ts";

const GIVE_UP_MS = 2000;

export const abortCases: readonly CaseDefinition[] = [
  {
    name: "status and dial under an aborted signal reject",
    async run(trial) {
      const { handle } = await trial.booted();
      const aborted = AbortSignal.abort();
      for (const method of ["status", "dial"] as const) {
        const call = rejection(`aborted ${method}`, () => handle[method](aborted), "ABORTED");
        await within(GIVE_UP_MS, `aborted ${method}`, call);
      }
    },
  },
  {
    name: "status, boot and dial that are aborted on their way give up in time, and leave the node usable",
    async run(trial) {
      const { handle } = await trial.booted();
      const abort = new AbortController();
      const calls = Object.entries({
        status: handle.status(abort.signal),
        boot: handle.boot(() => {}, abort.signal),
        dial: handle.dial(abort.signal).then((stream) => stream.destroy()),
      });
      abort.abort();
      for (const [name, call] of calls) {
        // What was done before it heard of the abort is done.
        const given = call.then(
          () => {},
          (error) => assertTyped(`aborted ${name}`, error, "ABORTED"),
        );
        await within(GIVE_UP_MS, `aborted ${name}`, given);
      }
      await assertState("after aborted calls", handle, ["running"], trial.signal);
      (await handle.dial(trial.signal)).destroy();
    },
  },
  {
    name: "a first boot that is aborted gives up in time, and the next one succeeds",
    applies: isManaged,
    async run(trial) {
      const { handle } = await trial.removed();
      const abort = new AbortController();
      let heard = () => {};
      const begun = new Promise<void>((resolve) => {
        heard = resolve;
      });
      const booting = rejection(
        "aborted boot",
        () => handle.boot(heard, AbortSignal.any([abort.signal, trial.signal])),
        "ABORTED",
      );
      await Promise.race([begun, booting]);
      abort.abort();
      await within(GIVE_UP_MS, "aborted boot", booting);
      const again = await trial.booted();
      await assertState("after an aborted boot and another", again.handle, ["running"], trial.signal);
      await again.client(trial.signal);
    },
  },
  {
    name: "a build that is aborted while it exports gives up in time, and the next one succeeds",
    async run(trial) {
      const node = await trial.booted();
      const abort = new AbortController();
      let arrived = () => {};
      const exporting = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      // It takes the first bytes and never asks for more: the build cannot end by itself.
      const dest = new Writable({ write: () => arrived() });
      dest.on("error", () => {});
      const options = smallBuild({
        context: { files: { payload: randomBytes(1024 * 1024) } },
        outputs: [{ type: "tar", dest }],
        signal: AbortSignal.any([abort.signal, trial.signal]),
      });
      const building = rejection("aborted build", () => runBuild(node, options, trial), "ABORTED");
      await Promise.race([exporting, building]);
      abort.abort();
      await within(GIVE_UP_MS, "aborted build", building);
      dest.destroy();
      await runBuild(node, smallBuild(), trial);
    },
  },
];
