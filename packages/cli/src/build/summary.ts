import type { CommandContext } from "../commands/command.ts";
import { logText } from "../github/log-text.ts";
import { adviceText, contextAdvice } from "./context-advice.ts";
import { type FinishedBuild, resultPlaces } from "./result-places.ts";

interface SummaryInput extends FinishedBuild {
  /** The context argument. */
  path: string;
  /** Whether images can be loaded into a store on this side. */
  canLoad: boolean;
}

/** Says where the results of a build went, what to do when they went nowhere, and what made its context large. */
export async function printSummary(
  { path, canLoad, ...build }: SummaryInput,
  { io: { cwd, env, stderr }, warn }: CommandContext,
): Promise<void> {
  const places = await resultPlaces(build, cwd);
  for (const place of places) stderr.write(`${place}\n`);
  if (places.length === 0) {
    const load = canLoad ? "put it among the local images with --load, " : "";
    const { builder } = build.nodes[0];
    warn(
      `the result is in the build cache of builder ${builder} and nowhere else: ` +
        `${load}push it with --tag NAME --push, or write it to a directory with -o DIR`,
    );
  }
  const advice = await contextAdvice(build.result.transfers, build.request, path, cwd);
  if (advice) stderr.write(logText(adviceText(advice), env));
}
