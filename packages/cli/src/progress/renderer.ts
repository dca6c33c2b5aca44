import type { Writable } from "node:stream";
import { TsbxError } from "@tsbx/core/errors";
import type { Nanoseconds, ProgressEvent } from "@tsbx/core/progress";
import { isGithubLog } from "../github/log-text.ts";

/** Shows the progress of a build. */
export interface ProgressRenderer {
  write(event: ProgressEvent): void;
  /** Learns why the build failed, before it is closed. */
  failed?(error: Error): void;
  /** Shows what is still held back and the closing blocks. Nothing may be written afterwards. */
  close(): void | Promise<void>;
}

/** Where progress goes: `process.stderr`, or any stream. Height and width matter only on a terminal. */
export type ProgressOutput = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export interface RendererOptions {
  output: ProgressOutput;
  /** `BUILDKIT_PROGRESS`, `TTY_DISPLAY_RATE`, `PROGRESS_NO_TRUNC`, `NO_COLOR` and their like are read of it. */
  env: Readonly<Record<string, string | undefined>>;
  /** What the work is done on. The driver is for builds. */
  description?: { builder: string; driver?: string };
  /** Absolute path of the Dockerfile, where it is a file. Annotations are put on it. */
  dockerfile?: string | undefined;
  /** What the terminal's headline says is going on. `Building` when left out. */
  phase?: string;
  /** Shows warnings with their details. */
  debug?: boolean;
  /** A clock that never goes back, with any origin, in nanoseconds. `process.hrtime.bigint` when left out. */
  now?: () => Nanoseconds;
}

/** What the renderers get: the options with their defaults. */
export type RendererContext = Required<Pick<RendererOptions, "phase" | "debug" | "now">> & RendererOptions;

/**
 * The renderer for a progress mode: `auto` (also when empty), `plain`, `tty`, `quiet`, `rawjson` or `none`,
 * which is `quiet`. `auto` becomes what `BUILDKIT_PROGRESS` says, if anything, then `tty` on a terminal, else
 * `plain`, in a GitHub workflow with its groups and annotations. It loads no renderer but the chosen one.
 *
 * @throws TsbxError `INVALID_PROGRESS_MODE` for another mode, `NOT_A_TERMINAL` for `tty` without a terminal.
 */
export async function createRenderer(mode: string, options: RendererOptions): Promise<ProgressRenderer> {
  const { phase = "Building", debug = false, now = () => process.hrtime.bigint() } = options;
  const context = { ...options, phase, debug, now };
  switch (resolveMode(mode, options)) {
    case "tty":
      return new (await import("./tty.ts")).TtyRenderer(context);
    case "plain":
      return new (await import("./plain.ts")).PlainRenderer(context);
    case "github":
      return new (await import("./github.ts")).GithubRenderer(context);
    case "rawjson":
      return new (await import("./rawjson.ts")).RawJsonRenderer(context);
    case "quiet":
      return new (await import("./quiet.ts")).QuietRenderer();
  }
}

type Mode = "tty" | "plain" | "github" | "rawjson" | "quiet";

function resolveMode(mode: string, { env, output }: RendererOptions): Mode {
  const wanted = mode === "auto" ? env.BUILDKIT_PROGRESS || mode : mode;
  switch (wanted) {
    case "auto":
    case "":
      if (output.isTTY) return "tty";
      return isGithubLog(env) ? "github" : "plain";
    case "tty":
      if (!output.isTTY) {
        throw new TsbxError("NOT_A_TERMINAL", "progress mode tty needs a terminal, and the output is none", {
          hint: "Use --progress=plain, or --progress=auto to use the terminal only where there is one.",
        });
      }
      return wanted;
    case "plain":
    case "rawjson":
    case "quiet":
      return wanted;
    case "none":
      return "quiet";
    default:
      throw new TsbxError("INVALID_PROGRESS_MODE", `invalid progress mode ${wanted}`, {
        hint: "Use one of auto, plain, tty, quiet, rawjson, none.",
      });
  }
}
