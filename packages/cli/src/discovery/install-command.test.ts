import { expect, test } from "vitest";
import { installCommand } from "./install-command.ts";

test.each([
  ["/project/node_modules/@tsbx/cli/dist", "npm install x"],
  ["/project/node_modules/.pnpm/@tsbx+cli@1.0.0/node_modules/@tsbx/cli/dist", "pnpm add x"],
  ["/usr/local/lib/node_modules/@tsbx/cli/dist", "npm install --global x"],
  ["/home/me/.local/share/pnpm/global/5/.pnpm/@tsbx+cli@1.0.0/node_modules/@tsbx/cli", "pnpm add --global x"],
  ["/home/me/.npm/_npx/0123456789abcdef/node_modules/@tsbx/cli/dist", "npx -p @tsbx/cli -p x tsbx ..."],
  [
    "/home/me/.cache/pnpm/dlx/abc/def/node_modules/.pnpm/@tsbx+cli@1.0.0/node_modules/@tsbx/cli/dist",
    "pnpm --package=@tsbx/cli --package=x dlx tsbx ...",
  ],
])("for a CLI in %s: %s", (cliDir, command) => {
  expect(installCommand("x", { env: {}, cliDir, execPath: "/usr/local/bin/node" })).toBe(command);
});
