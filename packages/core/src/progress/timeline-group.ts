import type { Vertex } from "./events.ts";
import { TimelineVertex } from "./timeline-vertex.ts";

/**
 * A progress group: cached when all its members are, failed when one is, running while any is. It stays
 * hidden until a member that isn't weak has started, or one has failed.
 */
export class TimelineGroup extends TimelineVertex {
  override hidden = true;
  readonly #members = new Map<string, Vertex>();

  override observe(member: Vertex): boolean {
    this.#members.set(member.digest, this.#latest(member));
    const members = [...this.#members.values()];
    const error = members.find((m) => m.error)?.error;
    const allCached = members.every((m) => m.cached);
    const finished = this.setResult(allCached, error);
    const wasHidden = this.hidden;
    this.hidden &&=
      error === undefined && (member.started === undefined || member.progressGroup?.weak === true);
    const ran = this.recordRun(member);
    return (finished || ran || wasHidden) && !this.hidden && this.started;
  }

  #latest(member: Vertex): Vertex {
    const known = this.#members.get(member.digest);
    return known?.started !== undefined && member.started === undefined ? known : member;
  }
}
