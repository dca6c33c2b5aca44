/** A platform object of the OCI image specification. */
export interface OciPlatform {
  architecture: string;
  os: string;
  "os.version"?: string;
  "os.features"?: string[];
  variant?: string;
}

/** `os/arch[/variant]` as an object, member for member in the specification's order. */
export function ociPlatform(text: string): OciPlatform {
  const [system = "", architecture = "", variant] = text.split("/");
  const [, os = "", details = ""] = /^([^(]*)(?:\((.*)\))?$/.exec(system) ?? [];
  const [version, ...features] = details.split("+");
  return {
    architecture,
    os,
    ...(version && { "os.version": version }),
    ...(features.length > 0 && { "os.features": features }),
    ...(variant && { variant }),
  };
}

/** The inverse of {@link ociPlatform}. */
export function platformText(platform: OciPlatform): string {
  const details = [platform["os.version"] ?? "", ...(platform["os.features"] ?? [])].join("+");
  const os = details ? `${platform.os}(${details})` : platform.os;
  return [os, platform.architecture, platform.variant].filter(Boolean).join("/");
}
