import { withDeadline } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import type { CommandContext } from "../commands/command.ts";
import { confirm } from "../confirm.ts";
import { parseTimeout, TIMEOUT_FLAG } from "../flags/duration.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { type Builder, builderOf } from "./builder.ts";
import { findBuilder } from "./find.ts";
import { type BuilderHost, builderHost } from "./host.ts";
import { reportBuilder } from "./node-report.ts";
import { closeNodes, openNodes } from "./open-nodes.ts";
import { checkRemovable } from "./removable.ts";
import { selectBuilder } from "./select.ts";

export const RM_FLAGS = {
  ...GLOBAL_FLAGS,
  "all-inactive": { type: "boolean", doc: "Remove all builders that do not run" },
  force: { type: "boolean", short: "f", doc: "Do not ask for confirmation" },
  "keep-daemon": { type: "boolean", doc: "Forget the builder, and leave its BuildKit as it is" },
  "keep-state": { type: "boolean", doc: "Keep the build cache for a later builder of the same name" },
  timeout: TIMEOUT_FLAG,
} as const satisfies FlagTable;

type RmFlags = FlagValues<typeof RM_FLAGS>;

const QUESTION =
  "WARNING! This will remove all builders that are not in running state. Are you sure you want to continue?";

/** Removes builders with what they run. */
export async function removeBuilders(
  names: readonly string[],
  flags: RmFlags,
  context: CommandContext,
): Promise<void> {
  const timeout = parseTimeout(flags.timeout);
  const inactive = flags["all-inactive"];
  if (inactive && names.length > 0) {
    throw new TsbxError("INVALID_ARGUMENTS", "cannot specify builder name when --all-inactive is set");
  }
  if (inactive && !flags.force && !(await confirm(QUESTION, context.io, context.signal))) return;
  const host = await builderHost(context);
  const { stderr } = context.io;
  let failed = 0;
  const hints = new Set<string>();
  const remove = async (name: string, builder: () => Promise<Builder>) => {
    try {
      await removeBuilder(await builder(), flags, timeout, host);
      stderr.write(`${name} removed\n`);
    } catch (error) {
      if (host.signal.aborted) throw error;
      failed++;
      const { message, hint } = error as Error & { hint?: string };
      if (hint) hints.add(hint);
      stderr.write(`failed to remove ${name}: ${message}\n`);
    }
  };
  if (inactive) {
    const builders = await inactiveBuilders(timeout, host);
    await Promise.all(builders.map((builder) => remove(builder.name, async () => builder)));
  } else if (names.length > 0) {
    await Promise.all(names.map((name) => remove(name, () => findBuilder(name, "rm", host))));
  } else {
    const { builder } = await selectBuilder(flags.builder, host);
    await remove(builder.name, async () => builder);
  }
  if (failed === 0) return;
  throw new TsbxError("REMOVE_FAILED", "failed to remove one or more builders", {
    ...(hints.size > 0 && { hint: [...hints].join(" ") }),
  });
}

/** The builders of the store of which no node runs. */
async function inactiveBuilders(timeout: number, host: BuilderHost): Promise<Builder[]> {
  const { builders } = await host.store.list();
  const reports = await Promise.all(
    builders.map((stored) => reportBuilder(builderOf(stored), host, timeout)),
  );
  return reports
    .filter(({ error, nodes }) => !error && !nodes.some(({ state }) => state === "running"))
    .map(({ builder }) => builder);
}

/** Removes what the nodes run, and what the store has of the builder whatever became of that. */
async function removeBuilder(
  builder: Builder,
  flags: RmFlags,
  timeout: number,
  host: BuilderHost,
): Promise<void> {
  if (!builder.stored) await checkRemovable(builder, flags["keep-daemon"], host);
  try {
    if (!flags["keep-daemon"]) await removeNodes(builder, flags["keep-state"], timeout, host);
  } finally {
    await host.store.update(async (update) => {
      // Another one of its name, which is stored, stays.
      if (builder.stored || !(await update.get(builder.name))) await update.remove(builder.name);
    }, host.signal);
  }
}

async function removeNodes(
  builder: Builder,
  keepState: boolean,
  timeout: number,
  host: BuilderHost,
): Promise<void> {
  const driver = await host.drivers.load(builder.driver);
  const nodes = openNodes(builder, driver, host, await import("@tsbx/core"));
  const removeAll = async (signal: AbortSignal) => {
    const removals = nodes.map((node) => node.scoped(() => node.handle.remove({ keepState }, signal)));
    const failures = (await Promise.allSettled(removals)).flatMap((settled) =>
      settled.status === "rejected" ? [settled.reason as Error & { hint?: string }] : [],
    );
    if (failures.length > 0) {
      const message = failures.map((failure) => failure.message).join("; ");
      const hint = failures.map((failure) => failure.hint).find(Boolean);
      throw new TsbxError("REMOVE_FAILED", message, { cause: failures[0], ...(hint && { hint }) });
    }
  };
  const expired = () =>
    new TsbxError("BUILDER_TIMEOUT", `it was not removed within ${timeout / 1000} s`, {
      hint: "Give it more time with --timeout.",
    });
  try {
    if (timeout === 0) await removeAll(host.signal);
    else await withDeadline(timeout, host.signal, expired, removeAll);
  } finally {
    await closeNodes(nodes);
  }
}
