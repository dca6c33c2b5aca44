import { buildkitd } from "./buildkitd.ts";
import { container, containerOfDockerd } from "./containers.ts";
import { docker } from "./docker.ts";
import { apiServer, pod, podWithVolume } from "./pods.ts";
import { remote } from "./remote.ts";
import type { VictimKind } from "./victim.ts";

export { eventually, LOADED, type Victim, type VictimKind } from "./victim.ts";

type Cases = ReadonlyArray<readonly [name: string, kind: VictimKind]>;

/** All drivers, and where there are several, all that may be killed of their builders. */
export const VICTIMS: Cases = [remote, docker, container, containerOfDockerd, pod, apiServer, buildkitd].map(
  named,
);

/** Those whose boot makes something. */
export const BOOTED_VICTIMS: Cases = [...VICTIMS, named(podWithVolume)].filter(
  ([, { bootSteps }]) => bootSteps.length > 0,
);

function named(kind: VictimKind): readonly [string, VictimKind] {
  return [`${kind.driver} driver, of which ${kind.killed} is killed`, kind];
}
