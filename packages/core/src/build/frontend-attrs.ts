import { TsbxError } from "../errors.ts";
import { formatPlatform, parsePlatform } from "../image/platform.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";

/** Adds what the Dockerfile frontend is told, apart from contexts and caches. */
export function planFrontendAttrs(options: BuildOptions, plan: Plan): void {
  const { attrs } = plan;
  for (const [name, value] of Object.entries(options.buildArgs ?? {})) attrs.set(`build-arg:${name}`, value);
  for (const [name, value] of Object.entries(options.labels ?? {})) attrs.set(`label:${name}`, value);
  if (options.target) attrs.set("target", options.target);
  if (options.platforms?.length) {
    attrs.set("platform", options.platforms.map((text) => formatPlatform(parsePlatform(text))).join(","));
  }
  if (options.noCache === true) attrs.set("no-cache", "");
  else if (options.noCache && options.noCache.length > 0) attrs.set("no-cache", options.noCache.join(","));
  if (options.pull) attrs.set("image-resolve-mode", "pull");
  planNetwork(options.network, plan);
  planSyntax(options, plan);
  if (truthy(options.buildArgs?.BUILDKIT_MULTI_PLATFORM)) attrs.set("multi-platform", "true");
}

function planNetwork(network: string | undefined, plan: Plan): void {
  if (network === undefined || network === "" || network === "default") return;
  if (network !== "host" && network !== "none") {
    throw new TsbxError("UNSUPPORTED_NETWORK", `network mode "${network}" not supported by buildkit`, {
      hint: "use default, host or none; a custom network belongs to the builder, not to a build",
    });
  }
  plan.attrs.set("force-network-mode", network);
}

/** A syntax given as a build argument replaces the frontend, as the Dockerfile's `# syntax=` line would. */
function planSyntax(options: BuildOptions, plan: Plan): void {
  const syntax = options.buildArgs?.BUILDKIT_SYNTAX;
  if (syntax === undefined) return;
  if (syntax.trim() === "") {
    throw new TsbxError(
      "INVALID_BUILD_ARG",
      "empty BUILDKIT_SYNTAX build-arg is invalid, use --build-arg BUILDKIT_SYNTAX without '=' for optional behavior",
    );
  }
  plan.frontend = "gateway.v0";
  plan.attrs.set("source", syntax.trim().split(/\s+/)[0]!);
  plan.attrs.set("cmdline", syntax);
}

function truthy(value: string | undefined): boolean {
  return value !== undefined && /^(?:1|t|true)$/i.test(value);
}
