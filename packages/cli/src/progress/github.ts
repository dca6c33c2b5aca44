import type { ProgressEvent, Timeline, VertexWarning } from "@tsbx/core/progress";
import { annotationPlace, command, workspacePath } from "../github/commands.ts";
import { harmless } from "../github/log-text.ts";
import { errorLogs } from "./error-logs.ts";
import { GithubFrame } from "./github-frame.ts";
import { ERROR_LINES, PlainRenderer } from "./plain.ts";
import type { ProgressRenderer, RendererContext } from "./renderer.ts";
import { distinctWarnings } from "./warnings-block.ts";

/** What is read of an error: where in the Dockerfile it is; the last place is the innermost. */
type Located = Error & { sources?: readonly Pick<VertexWarning, "source" | "ranges">[] };

/** Plain lines for the log of a GitHub workflow: a group for each step, annotations for warnings and the failure. */
export class GithubRenderer implements ProgressRenderer {
  readonly #plain: PlainRenderer;
  readonly #context: RendererContext;
  #failure: Error | undefined;

  constructor(context: RendererContext) {
    this.#context = context;
    this.#plain = new PlainRenderer(context, { frame: new GithubFrame(), tail: (t) => this.#tail(t) });
  }

  write(event: ProgressEvent): void {
    this.#plain.write(event);
  }

  failed(error: Error): void {
    this.#failure = error;
  }

  close(): Promise<void> {
    return this.#plain.close();
  }

  #tail(timeline: Timeline): string {
    const logs = harmless(errorLogs(timeline, { limit: ERROR_LINES }));
    const warnings = distinctWarnings(timeline.warnings).map((warning) => this.#warning(warning));
    return logs + warnings.join("") + (this.#failure ? this.#error(this.#failure) : "");
  }

  #warning({ short, detail, url, source, ranges }: VertexWarning): string {
    const [, rule, text] = /^([A-Z]\w*): (.*)$/s.exec(short) ?? [];
    const message = [text ?? short, ...detail, ...(url ? [`More info: ${url}`] : [])].join("\n");
    const place = annotationPlace(source && this.#file, ranges);
    return command("warning", message, { ...place, title: rule ?? "Dockerfile" });
  }

  #error(error: Located): string {
    const innermost = error.sources?.at(-1);
    const place = annotationPlace(innermost && this.#file, innermost?.ranges ?? []);
    return command("error", error.message, { ...place, title: "Build failed" });
  }

  get #file(): string | undefined {
    const { dockerfile, env } = this.#context;
    return dockerfile === undefined ? undefined : workspacePath(dockerfile, env);
  }
}
