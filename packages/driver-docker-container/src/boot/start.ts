import { configArchive } from "../container/config-archive.ts";
import type { Boot } from "./boot.ts";
import { GITHUB_CONTEXT_FILE, githubContext } from "./github-context.ts";

/** @param isNew whether it never ran: then it has no configuration yet */
export async function start(
  { engine, node, context, signal }: Boot,
  name: string,
  isNew: boolean,
): Promise<void> {
  if (isNew) {
    const github = node.options["provenance-add-gha"] ? await githubContext(context.env) : undefined;
    const files = { ...node.files, ...(github && { [GITHUB_CONTEXT_FILE]: github }) };
    const body = configArchive(files);
    await engine.json("PUT", `/containers/${name}/archive`, { query: { path: "/etc" }, body, signal });
  }
  await engine.json("POST", `/containers/${name}/start`, { signal });
}
