import { arch } from "node:process";
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
/** Architectures that may stand alone: Go's. */
const KNOWN_ARCHITECTURES = words(
  "386 amd64 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm",
);
/** Operating systems that may stand alone: Go's. */
const KNOWN_SYSTEMS = words(
  "aix android darwin dragonfly freebsd illumos ios js linux macos netbsd openbsd plan9 solaris windows zos",
);
const WORD = /^[A-Za-z0-9_.-]+$/;

/**
 * Reads `os/arch[/variant]`, or one of them: an architecture stands for Linux on it, an operating system for this
 * machine's architecture. With the aliases and defaults of the containerd platform rules: `aarch64` is
 * `arm64`, `arm` is `arm/v7`, `arm64/v8` is `arm64`.
 * @throws TsbxError `INVALID_PLATFORM`
 */
export function parsePlatform(text: string): Platform {
  const [system = "", architecture, variant, ...rest] = completed(text.trim().toLowerCase()).split("/");
  const [, os = "", osVersion] = /^([^(]*)(?:\(([^)]*)\))?$/.exec(system) ?? [];
  const parts = [os, architecture, variant].filter((part) => part !== undefined);
  if (architecture === undefined || rest.length > 0 || !parts.every((part) => WORD.test(part))) {
    throw new TsbxError("INVALID_PLATFORM", `invalid platform "${text}"`, {
      hint: "Write it as os/arch or os/arch/variant, for example linux/arm64.",
    });
  }
  const [name, impliedVariant] = ARCHITECTURES.get(architecture) ?? [architecture];
  return {
    os: os === "macos" ? "darwin" : os,
    architecture: name,
    ...variantOf(name, variant ?? impliedVariant),
    ...(osVersion ? { osVersion } : {}),
  };
}

/** The other part for a word that stands alone. */
function completed(text: string): string {
  if (KNOWN_ARCHITECTURES.has(text) || ARCHITECTURES.has(text)) return `linux/${text}`;
  return KNOWN_SYSTEMS.has(text) ? `${text}/${ownArchitecture()}` : text;
}

/** As Go names it. */
function ownArchitecture(): string {
  return arch === "x64" ? "amd64" : arch === "ia32" ? "386" : arch;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
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
