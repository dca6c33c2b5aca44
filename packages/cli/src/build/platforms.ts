import { arch, platform } from "node:process";
import type { Environment } from "../io.ts";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
const SYSTEMS: Readonly<Record<string, string>> = { win32: "windows" };

/** The platforms of `--platform`, else of `DOCKER_DEFAULT_PLATFORM`; `local` is this machine's. */
export function platforms(values: readonly string[], env: Environment): string[] {
  return platformList(values.length > 0 ? values : [env.DOCKER_DEFAULT_PLATFORM ?? ""]);
}

/** The platforms of comma-separated lists; `local` is this machine's. */
export function platformList(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "")
    .map((value) => (value === "local" ? localPlatform() : value));
}

function localPlatform(): string {
  return `${SYSTEMS[platform] ?? platform}/${ARCHITECTURES[arch] ?? arch}`;
}
