import type { SshSource } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { splitKeyValue } from "../flags/key-value.ts";
import type { Environment } from "../io.ts";

/** A git context over ssh needs the agent, whether it was asked for or not. */
const GIT_OVER_SSH = /^(?:ssh:\/\/|(?!https?:)[\w-]+@[\w.-]+:)/;

/**
 * Reads the values of `--ssh`: `id`, or `id=path,...` with an agent's socket or private keys. Without a path it
 * is the agent of `SSH_AUTH_SOCK`.
 * @throws TsbxError `INVALID_SSH`
 */
export function parseSsh(
  values: readonly string[],
  context: string,
  env: Environment,
): Record<string, SshSource> {
  const sources: Record<string, SshSource> = {};
  const wanted = values.length === 0 && GIT_OVER_SSH.test(context) ? ["default"] : values;
  for (const text of wanted) {
    const [name, list = ""] = splitKeyValue(text);
    const id = name || "default";
    if (Object.hasOwn(sources, id)) throw invalid(`duplicate agent ID ${id}`);
    const paths = list.split(",").filter((path) => path !== "");
    if (paths.length === 0 && env.SSH_AUTH_SOCK) paths.push(env.SSH_AUTH_SOCK);
    if (paths.length === 0) {
      throw invalid(
        "invalid empty ssh agent socket",
        "Set SSH_AUTH_SOCK, or name a socket or keys: --ssh default=PATH.",
      );
    }
    sources[id] = { paths };
  }
  return sources;
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_SSH", message, hint === undefined ? {} : { hint });
}
