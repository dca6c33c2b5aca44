import { sep } from "node:path";
import type { Environment } from "../io.ts";
import { globalModules } from "./places.ts";

interface Installation {
  env: Environment;
  /** Directory of the running CLI's own code. */
  cliDir: string;
  /** Path of the running `node`. */
  execPath: string;
}

/** The command line that adds a package where the running CLI finds it, with what the CLI was installed by. */
export function installCommand(name: string, { env, cliDir, execPath }: Installation): string {
  const within = (part: string) => cliDir.includes(`${sep}${part}${sep}`);
  if (within("_npx")) return `npx -p @tsbx/cli -p ${name} tsbx ...`;
  if (within("dlx")) return `pnpm --package=@tsbx/cli --package=${name} dlx tsbx ...`;
  if (within(`pnpm${sep}global`)) return `pnpm add --global ${name}`;
  if (within(".pnpm")) return `pnpm add ${name}`;
  if (cliDir.startsWith(globalModules(env, execPath) + sep)) return `npm install --global ${name}`;
  return `npm install ${name}`;
}
