import type { Engine } from "@tsbx/docker-engine";
import { vi } from "vitest";
import { type Place, places } from "../places.ts";

/** A builder that may be hurt. */
export interface Victim {
  place: Place;
  /** Kills what it stands for, so that it can put nothing in order; waits for it where it only just starts. */
  kill(): Promise<void>;
  /** Makes what it stands for say nothing any more, where that differs from a kill. */
  hang?(): void;
  /** Puts back what the builder cannot start itself. */
  revive(): Promise<void>;
  /**
   * What there is of the builder, sorted: containers, volumes, pods and so on, processes, mounts, and the image
   * that builds load under {@link LOADED}.
   */
  leftovers(): Promise<string[]>;
  /** Removes what the builder's removal does not, and that, too, when it was not removed. */
  remove(): Promise<void>;
}

/** A kind of builder together with what is killed of it. */
export interface VictimKind {
  driver: string;
  /** What is killed. */
  killed: string;
  start(): Promise<Victim>;
  /** What each step of its boot prints. */
  bootSteps: readonly RegExp[];
  /** Whether a boot that fails can remove what it made; it cannot without whoever has it. */
  undoes: boolean;
  /** Whether it is the one of several of its driver that is interrupted, too. */
  interrupted: boolean;
}

export const never = new AbortController().signal;

/** The name of images that builds load. */
export const LOADED = `tsbx-faults-${process.pid}`;

/** One of the places, with a builder of a name of its own. */
export function placeOf(name: string, purpose: string): Place {
  const place = places().find((each) => each.name === name)!;
  return { ...place, node: `victim-${process.pid}-${purpose}` };
}

export async function loadedImages(engine: Engine): Promise<string[]> {
  const filters = JSON.stringify({ reference: [LOADED] });
  const images = await engine.json<{ RepoTags: string[] }[]>("GET", "/images/json", {
    query: { filters },
    signal: never,
  });
  return images.flatMap(({ RepoTags }) => RepoTags.map((tag) => `image ${tag}`));
}

/** What `look` returns when it no longer throws. */
export function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: 30_000, interval: 50 });
}
