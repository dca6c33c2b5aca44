import type { BuilderHost } from "./host.ts";

/** Notes that a builder is used now. What it is used for is worth more than the note: that it fails is warned about. */
export async function noteActivity(
  builder: string,
  { store, warn }: Pick<BuilderHost, "store" | "warn">,
): Promise<void> {
  await store.recordActivity(builder).catch((error: Error) => warn(error.message));
}
