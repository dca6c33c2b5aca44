import { readFileSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { TsbxError } from "@tsbx/core/errors";

const CWD = "cwd://";

interface PolicyPlaces {
  /** The context argument. */
  context: string;
  cwd: string;
  /** Absolute path of the policy beside the Dockerfile, which may be anywhere. */
  own: string | undefined;
}

/** The files of policies: in the context, or below the working directory after `cwd://`. Links lead nowhere else. */
export class PolicyFiles {
  readonly #context: string | undefined;
  readonly #remote: boolean;
  readonly #cwd: string;
  readonly #own: string | undefined;

  constructor({ context, cwd, own }: PolicyPlaces) {
    this.#remote = context.includes("://") || /^git@/.test(context);
    this.#context = this.#remote || context === "-" ? undefined : resolve(cwd, context);
    this.#cwd = cwd;
    this.#own = own;
  }

  /**
   * What is in a file; undefined where there is none.
   * @throws TsbxError `POLICY_UNSUPPORTED` for one of a context that is not on this machine
   */
  read(name: string): Uint8Array | undefined {
    if (name === this.#own) return readFileSync(name);
    if (name.startsWith(CWD)) return readBelow(this.#cwd, name.slice(CWD.length));
    if (this.#remote) {
      throw new TsbxError("POLICY_UNSUPPORTED", `the policy ${name} in a remote context is not supported`, {
        hint: `Give one in the working directory: ${CWD}${name}`,
      });
    }
    return this.#context === undefined ? undefined : readBelow(this.#context, name);
  }
}

function readBelow(root: string, name: string): Uint8Array | undefined {
  try {
    const path = realpathSync(resolve(root, name));
    const way = relative(realpathSync(root), path);
    const outside = way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
    return outside ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}
