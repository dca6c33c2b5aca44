import {
  nodeRequest,
  normalizeName,
  randomName,
  type StoredBuilder,
  type StoreUpdate,
} from "@tsbx/core/store";
import type { CommandContext } from "../../commands/command.ts";
import { withAlternatives } from "../alternatives.ts";
import { bootBuilder } from "../boot.ts";
import { builderOf } from "../builder.ts";
import { implicitBuilders } from "../find.ts";
import { type BuilderHost, builderHost, driverContext, endpointKey } from "../host.ts";
import { addNode, changeNode, leaveNode } from "./change-nodes.ts";
import { chooseDriver } from "./choose-driver.ts";
import { type CreateFlags, type CreateOptions, parseCreateFlags, refused } from "./flags.ts";
import { nodeToChange, planNode } from "./plan-node.ts";

/** Creates a builder, or adds, changes or removes one of its nodes, and prints its name. */
export async function createBuilder(
  endpoint: string | undefined,
  flags: CreateFlags,
  context: CommandContext,
): Promise<void> {
  const options = await parseCreateFlags(flags, endpoint);
  const host = await builderHost(context);
  const { store, drivers, signal } = host;
  const changing = store.update(async (update) => {
    const changed = flags.leave ? await leave(options, update) : await createOrChange(options, update, host);
    if (flags.use) await update.use(endpointKey(host), changed.name);
    return changed;
  }, signal);
  const builder = await changing.catch(async (error) => {
    throw await withAlternatives(error, host, []);
  });
  if (flags.bootstrap && !flags.leave) {
    await bootBuilder(builderOf(builder), await drivers.load(builder.driver), host, context, flags.debug);
  }
  context.io.stdout.write(`${builder.name}\n`);
}

async function leave({ name, nodeName }: CreateOptions, update: StoreUpdate): Promise<StoredBuilder> {
  if (!name) throw refused("leave requires instance name");
  if (!nodeName) throw refused("leave requires node name");
  const builder = await update.get(name);
  if (!builder) throw refused(`failed to find instance "${name}" for leave`);
  const changed = leaveNode(builder, nodeName);
  await update.put(changed);
  await update.forgetNode(builder.name, nodeName);
  return changed;
}

async function createOrChange(
  options: CreateOptions,
  update: StoreUpdate,
  host: BuilderHost,
): Promise<StoredBuilder> {
  const name = options.name ?? (await unusedName(update));
  normalizeName(name);
  const existing = await update.get(name);
  if (!existing) await checkNewName(name, options, host);
  else if (!options.nodeName && !options.append) {
    throw refused(
      `existing instance for "${name}" but no append mode, specify the node name to make changes for existing instances`,
      `Add a node with --append, change one with --node, or remove the builder with tsbx rm ${name}.`,
    );
  }
  const driverName = options.driver ?? existing?.driver ?? chooseDriver(options.endpoint, host);
  if (existing && existing.driver !== driverName) {
    throw refused(`existing instance for "${name}" but has mismatched driver "${existing.driver}"`);
  }
  const driver = await host.drivers.load(driverName);
  if (driver.implicitOnly) {
    throw refused(
      `additional instances of driver "${driverName}" cannot be created`,
      "Its builders are there by themselves: tsbx ls shows them.",
    );
  }
  const builder = existing ?? { name, driver: driverName, nodes: [], dynamic: false };
  const old = nodeToChange(options, builder);
  const node = await planNode(options, builder, old, driver, host);
  const changed = old ? changeNode(builder, old.name, node) : addNode(builder, node);
  const { openNode } = await import("@tsbx/core");
  // Whatever is wrong with a node is found before it is stored.
  openNode(driver, nodeRequest(name, node), driverContext(host, driverName));
  await update.put(changed);
  if (old) host.warn("new settings may not be used until builder is restarted");
  return changed;
}

async function checkNewName(name: string, { append }: CreateOptions, host: BuilderHost): Promise<void> {
  if (append) throw refused(`failed to find instance "${name}" for append`);
  if ((await implicitBuilders(host)).some((builder) => builder.name === name)) {
    throw refused(`instance name "${name}" already exists as context builder`);
  }
}

async function unusedName(update: StoreUpdate): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const name = randomName(attempt > 0);
    if (!(await update.get(name))) return name;
  }
}
