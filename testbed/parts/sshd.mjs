/** @type {import("../lib/parts.mjs").Part} */
export const sshd = {
  name: "sshd",
  needs: ["tools", "buildkitd"],
  servers: ["sshd", "sshd-noforward"],
  async up() { return {}; },
  async down() {},
};
