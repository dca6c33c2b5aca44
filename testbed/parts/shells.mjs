import { needPackages } from "../lib/apt.mjs";
import { findCommand } from "../lib/run.mjs";

const names = /** @type {const} */ (["bash", "zsh", "fish", "tmux"]);

/** @type {import("../lib/parts.mjs").Part} */
export const shells = {
  name: "shells",
  section: "shells",
  needs: [],
  servers: [],
  async up() {
    await needPackages(...names);
    const found = names.map((name) => [name, findCommand(name)]);
    return { shells: Object.fromEntries(found) };
  },
  async down() {},
};
