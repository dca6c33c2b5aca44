import type { BootProgress } from "@tsbx/core/driver";
import type { Nanoseconds, ProgressEvent } from "@tsbx/core/progress";

/** The boot of a node as one step of the build's progress. */
export interface BootVertex {
  /** Takes the boot's steps. The vertex appears with the first one: a node that is up has nothing to show. */
  onStep: BootProgress;
  end(error?: Error): void;
}

const DIGEST = "tsbx:boot";
const NAME = "[internal] booting buildkit";

export function bootVertex(
  write: (event: ProgressEvent) => void,
  now: () => Nanoseconds = () => BigInt(Date.now()) * 1_000_000n,
): BootVertex {
  let started: Nanoseconds | undefined;
  let step: { id: string; started: Nanoseconds } | undefined;

  const event = (end?: { error?: string }, parts: Partial<ProgressEvent> = {}): ProgressEvent => ({
    vertexes: [
      {
        digest: DIGEST,
        inputs: [],
        name: NAME,
        cached: false,
        ...(started !== undefined && { started }),
        ...(end && { completed: now(), ...end }),
      },
    ],
    statuses: [],
    logs: [],
    warnings: [],
    ...parts,
  });
  const status = (current: { id: string; started: Nanoseconds }, done: boolean) => ({
    id: current.id,
    vertex: DIGEST,
    name: "",
    current: 0,
    total: 0,
    timestamp: now(),
    started: current.started,
    ...(done && { completed: now() }),
  });

  return {
    onStep(text) {
      started ??= now();
      const previous = step;
      step = { id: text, started: now() };
      write(
        event(undefined, { statuses: [...(previous ? [status(previous, true)] : []), status(step, false)] }),
      );
    },
    end(error) {
      if (!step) return;
      write(event(error ? { error: error.message } : {}, { statuses: [status(step, true)] }));
    },
  };
}
