import { randomBytes } from "node:crypto";
import { type ProgressEvent, type Vertex, wallClock } from "@tsbx/core/progress";
import type { ProgressRenderer } from "./renderer.ts";

/** Shows something that is done on this side as a step of the build. */
export async function clientStep<T>(
  renderer: Pick<ProgressRenderer, "write">,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  const step: Vertex = { digest: digest(), inputs: [], name, cached: false, started: wallClock() };
  renderer.write(event(step));
  try {
    const result = await action();
    renderer.write(event({ ...step, completed: wallClock() }));
    return result;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    renderer.write(event({ ...step, completed: wallClock(), error: message }));
    throw error;
  }
}

function event(vertex: Vertex): ProgressEvent {
  return { vertexes: [vertex], statuses: [], logs: [], warnings: [] };
}

function digest(): string {
  return `sha256:${randomBytes(32).toString("hex")}`;
}
