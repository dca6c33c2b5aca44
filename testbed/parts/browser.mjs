import { needPackages } from "../lib/apt.mjs";
import { findCommand } from "../lib/run.mjs";

/** @type {import("../lib/parts.mjs").Part} */
export const browser = {
  name: "browser",
  section: "browser",
  needs: [],
  servers: [],
  async up() {
    await needPackages("chromium", "fonts-dejavu-core");
    return { browser: { chromium: /** @type {string} */ (findCommand("chromium")) } };
  },
  async down() {},
};
