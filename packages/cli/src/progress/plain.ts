import { type ProgressEvent, Timeline } from "@tsbx/core/progress";
import { errorLogs } from "./error-logs.ts";
import { type Backlog, Backlogs } from "./plain-backlog.ts";
import { nextForeground } from "./plain-foreground.ts";
import { PlainPrinter } from "./plain-printer.ts";
import { RefreshPace } from "./refresh-pace.ts";
import type { ProgressRenderer, RendererContext } from "./renderer.ts";
import { plainFrame, type StepFrame } from "./step-frame.ts";
import { warningsBlock } from "./warnings-block.ts";

/** Lines of a failed step's output that are repeated at the end. */
export const ERROR_LINES = 10;
const ERROR_CHARACTERS = 256 * 1024;
/** Output of one step that may wait for its turn, in bytes. */
const LONGEST_BACKLOG = 1024 * 1024;

/** What a plain log has in place of the usual. */
interface PlainStyle {
  frame: StepFrame;
  /** What is printed behind all steps. */
  tail: (timeline: Timeline) => string;
}

/**
 * Lines of text that are never taken back, for files and pipes. One vertex is in the foreground at a time;
 * the output of the others waits for their turn.
 */
export class PlainRenderer implements ProgressRenderer {
  readonly #context: RendererContext;
  readonly #tail: PlainStyle["tail"];
  readonly #timeline = new Timeline({ logLimit: ERROR_CHARACTERS });
  readonly #backlogs = new Backlogs();
  readonly #printer: PlainPrinter;
  readonly #pace: RefreshPace;
  #chunks: Uint8Array[] = [];

  constructor(context: RendererContext, style: PlainStyle = plainStyle(context)) {
    const { env, now, description } = context;
    this.#tail = style.tail;
    this.#context = context;
    this.#printer = new PlainPrinter({
      write: (chunk) => this.#chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk),
      description: description && headline(description),
      shortNames: env.PROGRESS_NO_TRUNC === "0",
      frame: style.frame,
    });
    this.#pace = new RefreshPace({ env, now, refresh: () => this.#refresh() });
  }

  write(event: ProgressEvent): void {
    const now = this.#context.now();
    const changes = this.#timeline.apply(event, now);
    this.#backlogs.add(event, changes, this.#timeline, now);
    for (const vertex of changes.keys()) {
      const backlog = this.#backlogs.of(vertex);
      if (backlog.logBytes <= LONGEST_BACKLOG || vertex.hidden) continue;
      this.#print(backlog);
      this.#flush();
    }
    this.#pace.event();
  }

  close(): Promise<void> {
    this.#pace.stop();
    this.#printPending();
    for (const backlog of this.#backlogs.all) {
      const unfinished = backlog.vertex.completed && !backlog.concluded;
      if (!backlog.vertex.hidden && (backlog.pending || unfinished)) this.#print(backlog, true);
    }
    this.#printer.end();
    this.#chunks.push(Buffer.from(this.#tail(this.#timeline)));
    return new Promise((resolve) => this.#context.output.write(this.#takeChunks(), () => resolve()));
  }

  #refresh(): void {
    this.#printPending();
    this.#flush();
  }

  #flush(): void {
    const text = this.#takeChunks();
    if (text.length > 0) this.#context.output.write(text);
  }

  #printPending(): void {
    const current = this.#printer.current;
    const pending = [...this.#backlogs.all].filter(({ pending, vertex }) => pending && !vertex.hidden);
    const completed = pending.filter(({ vertex }) => vertex.completed);
    for (const backlog of inOrderOfCompletion(completed, current)) this.#print(backlog);

    // Among them may be one that never started: importing a cache reports statuses of such a vertex.
    const running = pending.filter(({ vertex }) => !vertex.completed);
    if (running.length === 0) {
      if (current === undefined || current.vertex.completed) this.#printAnyRunning();
      return;
    }
    if (current !== undefined && running.includes(current)) this.#print(current);
    const holder = current?.vertex.completed ? undefined : current;
    const next = nextForeground(running, holder, this.#context.now());
    if (next !== undefined) this.#print(next);
  }

  // With nothing new, a running step's header still tells what is going on.
  #printAnyRunning(): void {
    for (const vertex of this.#timeline.vertices) {
      if (vertex.completed) continue;
      this.#print(this.#backlogs.of(vertex));
      return;
    }
  }

  #print(backlog: Backlog, final = false): void {
    this.#printer.print(backlog, this.#timeline.toEventClock(this.#context.now()), final);
  }

  #takeChunks(): Buffer {
    const chunks = this.#chunks;
    this.#chunks = [];
    return Buffer.concat(chunks);
  }
}

function inOrderOfCompletion(completed: readonly Backlog[], current: Backlog | undefined): Backlog[] {
  const key = ({ vertex }: Backlog) => vertex.completedAt ?? 0n;
  const others = completed.filter((backlog) => backlog !== current);
  others.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  return current !== undefined && completed.includes(current) ? [current, ...others] : others;
}

function plainStyle({ debug }: RendererContext): PlainStyle {
  const tail = (timeline: Timeline) =>
    errorLogs(timeline, { limit: ERROR_LINES }) + warningsBlock(timeline.warnings, { debug });
  return { frame: plainFrame, tail };
}

function headline({ builder, driver }: NonNullable<RendererContext["description"]>): string {
  if (driver === undefined) return `builder: ${builder}`;
  return `building with ${JSON.stringify(builder)} instance using ${driver} driver`;
}
