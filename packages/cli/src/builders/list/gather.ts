import { isTsbxError } from "@tsbx/core/errors";
import { type Builder, builderOf } from "../builder.ts";
import { implicitBuilders } from "../find.ts";
import type { BuilderHost } from "../host.ts";
import { type BuilderReport, reportBuilder } from "../node-report.ts";
import { selectBuilder } from "../select.ts";

/** All builders there are, and what could not be read. */
export interface Gathered {
  /** Those of the store, those of docker contexts, and the one in use where it is neither. */
  reports: readonly BuilderReport[];
  /** Whether a build would take it now. */
  isCurrent(report: BuilderReport): boolean;
  failures: ReadonlySet<string>;
}

/** Asks all builders at once. */
export async function gatherReports(host: BuilderHost, timeout: number): Promise<Gathered> {
  const failures = new Set<string>();
  const builders = await allBuilders(host, failures);
  const selecting = currentBuilder(host, failures);
  const unlisted = async () => {
    const current = await selecting;
    return current && !builders.some((builder) => isSame(builder, current)) ? [current] : [];
  };
  const report = (builder: Builder) => reportBuilder(builder, host, timeout);
  const lists = await Promise.all([
    Promise.all(builders.map(report)),
    unlisted().then((others) => Promise.all(others.map(report))),
  ]);
  const reports = lists.flat();
  reports.sort((a, b) => Number(a.error !== undefined) - Number(b.error !== undefined));
  const current = await selecting;
  return { reports, isCurrent: ({ builder }) => current !== undefined && isSame(builder, current), failures };
}

/** Those of the store, then those that drivers have by themselves and the store does not shadow. */
async function allBuilders(host: BuilderHost, failures: Set<string>): Promise<Builder[]> {
  const [listing, own] = await Promise.all([host.store.list(), implicitBuilders(host)]);
  for (const { message } of listing.failures) failures.add(message);
  const stored = listing.builders.map(builderOf);
  const names = new Set(stored.map(({ name }) => name));
  const others = own.filter(({ name }) => !names.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...stored, ...others];
}

/** The builder that a build would take now. Not everybody has one. */
async function currentBuilder(host: BuilderHost, failures: Set<string>): Promise<Builder | undefined> {
  try {
    return (await selectBuilder(undefined, { ...host, warn: () => {} })).builder;
  } catch (error) {
    if (host.signal.aborted) throw error;
    if (isTsbxError(error) && error.code === "STORE_UNREADABLE") failures.add(error.message);
    return undefined;
  }
}

/** One that is not stored may have the name of one that is. */
function isSame(a: Builder, b: Builder): boolean {
  return a.name === b.name && (a.stored === undefined) === (b.stored === undefined);
}
