import { median } from "./median.mjs";

/** @typedef {import("./measure.mjs").Usage} Usage */

/**
 * `late`, in seconds: the peer did not end within, and was not tried again.
 * @typedef {{ name: string, ours: Usage[], theirs: Usage[], late?: number }} Row
 */

const HEADER = [
  "| work | tsbx wall | peer wall | ratio | tsbx CPU | peer CPU | ratio | tsbx peak | peer peak | daemon CPU for tsbx | for peer |",
  "|---|---|---|---|---|---|---|---|---|---|---|",
];

/** @param {Row[]} rows */
export function table(rows) {
  return [...HEADER, ...rows.map(row)].join("\n");
}

/** @param {Row} row */
function row({ name, ours, theirs, late }) {
  const none = theirs.length === 0;
  const cells = [name];
  for (const key of /** @type {const} */ (["wall", "cpu"])) {
    const ended = none ? "" : spread(theirs, key);
    const hung = late && key === "wall" ? `did not end in ${late} s` : "";
    cells.push(spread(ours, key), [ended, hung].filter(Boolean).join(", then "));
    cells.push(none ? "" : (medianOf(ours, key) / medianOf(theirs, key)).toFixed(2));
  }
  const peak = (/** @type {Usage[]} */ runs) => `${medianOf(runs, "peak").toFixed(0)} MiB`;
  const daemon = (/** @type {Usage[]} */ runs) =>
    runs[0]?.daemon === undefined ? "" : `${medianOf(runs, "daemon").toFixed(2)} s`;
  cells.push(peak(ours), none ? "" : peak(theirs), daemon(ours), daemon(theirs));
  return `| ${cells.join(" | ")} |`;
}

function spread(runs, key) {
  const values = runs.map((run) => run[key]);
  const text = (/** @type {number} */ value) => value.toFixed(value < 10 ? 2 : 1);
  return `${text(medianOf(runs, key))} s (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

function medianOf(runs, key) {
  return median(runs.map((run) => run[key]));
}
