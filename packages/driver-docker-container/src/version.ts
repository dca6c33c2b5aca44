import { text } from "node:stream/consumers";
import { type Engine, execStdio } from "@tsbx/docker-engine";

/** What `buildkitd --version` says in the container; undefined when that is something else. */
export async function daemonVersion(
  engine: Engine,
  container: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const output = await execStdio(engine, container, ["buildkitd", "--version"], signal);
  try {
    output.end();
    // `buildkitd <package> <version> <revision>`
    const words = (await text(output)).trim().split(/\s+/);
    return words.length === 4 ? words[2] : undefined;
  } finally {
    output.destroy();
  }
}
