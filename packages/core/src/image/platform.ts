import { TsbxError } from "../errors.ts";

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
  osVersion?: string;
}

const ARCHITECTURES: ReadonlyMap<string, readonly [string, string?]> = new Map([
  ["x86_64", ["amd64"]],
  ["x86-64", ["amd64"]],
  ["i386", ["386"]],
  ["aarch64", ["arm64"]],
  ["armhf", ["arm", "v7"]],
  ["armel", ["arm", "v6"]],
]);
const WORD = /^[A-Za-z0-9_.-]+$/;

/**
 * Reads `os/arch[/variant]`, with the aliases and defaults of the containerd platform rules: `aarch64` is
 * `arm64`, `arm` is `arm/v7`, `arm64/v8` is `arm64`.
 * @throws TsbxError `INVALID_PLATFORM`
 */
export function parsePlatform(text: string): Platform {
  const [system = "", architecture, variant, ...rest] = text.trim().toLowerCase().split("/");
  const [, os = "", osVersion] = /^([^(]*)(?:\(([^)]*)\))?$/.exec(system) ?? [];
  const parts = [os, architecture, variant].filter((part) => part !== undefined);
  if (architecture === undefined || rest.length > 0 || !parts.every((part) => WORD.test(part))) {
    throw new TsbxError("INVALID_PLATFORM", `invalid platform "${text}"`, {
      hint: "write it as os/arch or os/arch/variant, for example linux/arm64",
    });
  }
  const [arch, impliedVariant] = ARCHITECTURES.get(architecture) ?? [architecture];
  return {
    os: os === "macos" ? "darwin" : os,
    architecture: arch,
    ...variantOf(arch, variant ?? impliedVariant),
    ...(osVersion ? { osVersion } : {}),
  };
}

function variantOf(architecture: string, variant: string | undefined): { variant?: string } {
  if (architecture === "arm64" && (variant === "8" || variant === "v8")) return {};
  if (architecture === "amd64" && variant === "v1") return {};
  if (architecture === "arm") {
    const known = variant ?? "v7";
    return { variant: /^\d/.test(known) ? `v${known}` : known };
  }
  return variant ? { variant } : {};
}

/** `os/arch[/variant]`, as BuildKit names platforms. */
export function formatPlatform(platform: Platform): string {
  const os = platform.osVersion ? `${platform.os}(${platform.osVersion})` : platform.os;
  return [os, platform.architecture, platform.variant].filter(Boolean).join("/");
}
