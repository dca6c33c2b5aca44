import { basename, resolve } from "node:path";
import { TsbxError } from "../errors.ts";
import { resolveInIndex } from "../image/oci-layout-index.ts";
import { kindOf } from "./context.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import { newRef } from "./ref.ts";
import { hasGitQuery, isRemoteUrl } from "./remote-url.ts";

const GIT_QUERY = "moby.buildkit.frontend.gitquerystring";
const OCI_LAYOUT = "oci-layout://";
/** Passed on as they are: the daemon resolves them. */
const VERBATIM = /^(?:docker-image|target|input):/;

/** Adds the named contexts to the plan, and the frontend capabilities that they need. */
export async function planNamedContexts(
  options: BuildOptions,
  cwd: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  const caps = new Set<string>();
  if (typeof options.context === "string" && hasGitQuery(options.context)) caps.add(GIT_QUERY);
  for (const [name, value] of Object.entries(options.buildContexts ?? {})) {
    caps.add("moby.buildkit.frontend.contexts+forward");
    if (hasGitQuery(value)) caps.add(`${GIT_QUERY}+forward`);
    plan.attrs.set(
      `context:${contextName(name)}`,
      await contextValue(name, value, cwd, options, plan, signal),
    );
  }
  if (caps.size > 0) plan.attrs.set("frontend.caps", [...caps].sort().join(","));
}

/** A context is looked up like an image: by its short name, without the default tag. */
function contextName(name: string): string {
  return name.replace(/^docker\.io\/(?:library\/)?/, "").replace(/:latest$/, "");
}

async function contextValue(
  name: string,
  value: string,
  cwd: string,
  options: BuildOptions,
  plan: Plan,
  signal: AbortSignal,
): Promise<string> {
  if (VERBATIM.test(value) || isRemoteUrl(value)) return value;
  if (value.startsWith(OCI_LAYOUT)) return layoutContext(value.slice(OCI_LAYOUT.length), cwd, plan, signal);
  const directory = resolve(cwd, value);
  const kind = await kindOf(directory);
  if (kind !== "directory") {
    const problem = kind === "missing" ? "not found" : "not a directory";
    throw new TsbxError("INVALID_CONTEXT", `failed to get build context ${name}: ${value}: ${problem}`);
  }
  const mount = name === "context" || name === "dockerfile" ? `_${name}` : name;
  plan.dirs.set(mount, { root: directory });
  plan.attrs.set(`sharedkey:localdir:${mount}`, sharedKey(basename(directory), options.clientId));
  return `local:${mount}`;
}

async function layoutContext(text: string, cwd: string, plan: Plan, signal: AbortSignal): Promise<string> {
  const [, path = "", tag = "latest", digest] =
    /^(.*?)(?::([\w][\w.-]*))?(?:@([a-z0-9]+:[a-f0-9]+))?$/.exec(text) ?? [];
  const directory = resolve(cwd, path);
  const found = digest ?? (await resolveInIndex(directory, tag, signal))?.digest;
  if (!found) {
    throw new TsbxError("INVALID_CONTEXT", `oci-layout reference "${text}" could not be resolved`, {
      hint: `the directory's index.json has no image tagged ${tag}`,
    });
  }
  const store = newRef();
  plan.stores.set(`oci:${store}`, directory);
  return `${OCI_LAYOUT}${store}:${tag}@${found}`;
}

/** Equal for the same directory of the same client, so that the daemon re-uses what it has of it. */
export function sharedKey(name: string, clientId: string | undefined): string {
  return clientId ? `${name}:${clientId}` : name;
}
