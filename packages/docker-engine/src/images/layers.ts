import type { StepProgress } from "@tsbx/core/driver";
import type { EngineMessage } from "./messages.ts";

/** Statuses of a layer that is on its way, by pull, push and load. */
const MOVING = new Set(["Downloading", "Pushing", "Loading layer"]);
/** Statuses of a layer that end its transfer, and those that end its unpacking. */
const TRANSFERRED = new Set([
  "Download complete",
  "Already exists",
  "Pushed",
  "Layer already exists",
  "Mounted",
]);
const UNPACKED = "Pull complete";

/** Tells `progress` of a message about a layer: its transfer is the part named by its id. */
export function reportLayer(message: EngineMessage, progress: StepProgress): void {
  const { id, status = "", progressDetail } = message;
  if (id === undefined) return;
  const amounts = {
    ...(progressDetail?.current === undefined ? {} : { current: progressDetail.current }),
    ...(progressDetail?.total === undefined ? {} : { total: progressDetail.total }),
  };
  // Some daemons count the seconds of it instead of bytes.
  if (status === "Extracting") progress(`extracting ${id}`, progressDetail?.units === "s" ? {} : amounts);
  else if (status === UNPACKED) progress(`extracting ${id}`, { done: true });
  else if (MOVING.has(status)) progress(id, amounts);
  else if (TRANSFERRED.has(status) || status.startsWith("Mounted from")) progress(id, { done: true });
}
