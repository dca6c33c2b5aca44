#!/usr/bin/env node
// The test bed's command: `node testbed/bed.mjs up|down|status|env`. See README.md.
import { down } from "./commands/down.mjs";
import { env } from "./commands/env.mjs";
import { status } from "./commands/status.mjs";
import { up } from "./commands/up.mjs";
import { parts } from "./lib/parts.mjs";

const usage = `usage: node testbed/bed.mjs COMMAND

  up [part...]             bring up the parts (default all) and what they need
  down [part...] [--purge] stop the parts (default all); --purge also deletes the bed folder
  status                   what runs; exits 1 when something does not
  env                      shell lines with the bed's addresses

parts: ${parts.map(({ name }) => name).join(", ")}
`;

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const commands = { up, down, status, env };
const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];

// Whoever reads only the first lines closes the pipe early.
process.stdout.on("error", (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPIPE") throw error;
});

if (!command || args.includes("--help")) {
  const asked = args.includes("--help") || name === "help" || name === "--help";
  (asked ? process.stdout : process.stderr).write(usage);
  process.exitCode = asked ? 0 : 2;
} else {
  try {
    process.exitCode = await command(args);
  } catch (error) {
    process.stderr.write(`bed: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
