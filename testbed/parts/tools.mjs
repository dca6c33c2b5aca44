import { ensureTools } from "../lib/tools.mjs";

/** @type {import("../lib/parts.mjs").Part} */
export const tools = {
  name: "tools",
  section: "tools",
  needs: [],
  servers: [],
  async up() {
    const { "dockerfile-frontend": dockerfileFrontend, ...rest } = await ensureTools([
      "buildkitd",
      "buildctl",
      "buildx",
      "dockerfile-frontend",
      "runc",
    ]);
    return { tools: { ...rest, dockerfileFrontend } };
  },
  async down() {},
};
