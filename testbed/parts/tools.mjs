import { ensureTools } from "../lib/tools.mjs";

/** @type {import("../lib/parts.mjs").Part} */
export const tools = {
  name: "tools",
  section: "tools",
  needs: [],
  servers: [],
  async up() {
    const {
      "dockerfile-frontend": dockerfileFrontend,
      "dockerfile-frontend-labs": dockerfileFrontendLabs,
      ...rest
    } = await ensureTools([
      "buildkitd",
      "buildctl",
      "buildx",
      "dockerfile-frontend",
      "dockerfile-frontend-labs",
      "runc",
    ]);
    return { tools: { ...rest, dockerfileFrontend, dockerfileFrontendLabs } };
  },
  async down() {},
};
