import { CAPABILITIES } from "@tsbx/core";
import type { Driver } from "@tsbx/core/driver";
import { ASKS, type Ask } from "../asks.ts";
import type { CaseDefinition } from "../case-definition.ts";
import { refused, refusedBeforeBoot } from "../refusal.ts";
import { runBuild, smallBuild } from "../scratch-build.ts";
import type { Trial } from "../trial.ts";

/** What a driver declares nowhere is refused; the rest works where the running node has it. */
export const outputCases: readonly CaseDefinition[] = ASKS.flatMap((ask) => {
  const title = `${CAPABILITIES[ask.capability].title}${ask.kind ? ` (${ask.kind})` : ""}`;
  return [
    {
      name: `${title}: works on a node that has it, and is refused on one that has not`,
      applies: ({ driver }) => isDeclared(ask, driver),
      run: (trial) => worksOrIsRefused(ask, trial),
    },
    {
      name: `${title}: is refused before the driver is asked for anything`,
      applies: ({ driver }) => !isDeclared(ask, driver),
      run: (trial) => refusedBeforeBoot(trial, ask.capability, ask.asked(trial.driver.capabilities, trial)),
    },
  ] satisfies CaseDefinition[];
});

async function worksOrIsRefused(ask: Ask, trial: Trial): Promise<void> {
  const node = await trial.booted();
  const capabilities = await node.capabilities(trial.signal);
  const options = smallBuild(ask.asked(capabilities, trial));
  if (!ask.isOffered(capabilities)) {
    await refused(ask.capability, () => runBuild(node, options, trial));
    return;
  }
  try {
    await runBuild(node, options, trial);
    await ask.verify({ trial, node, capabilities, options });
  } finally {
    for (const tag of options.tags ?? []) await trial.options.localImages?.remove(tag, trial.signal);
  }
}

function isDeclared(ask: Ask, { capabilities, variants = [] }: Driver): boolean {
  return [{}, ...variants.map((variant) => variant.capabilities)].some((more) =>
    ask.isOffered({ ...capabilities, ...more }),
  );
}
