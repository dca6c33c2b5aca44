/** @typedef {import("./measure.mjs").Usage} Usage */

const HEADER = [
  "| work | tsbx wall | peer wall | ratio | tsbx CPU | peer CPU | ratio | tsbx peak | peer peak |",
  "|---|---|---|---|---|---|---|---|---|",
];

/** @param {Array<{ name: string, ours: Usage[], theirs: Usage[] }>} rows */
export function table(rows) {
  return [...HEADER, ...rows.map(row)].join("\n");
}

/** @param {{ name: string, ours: Usage[], theirs: Usage[] }} row */
function row({ name, ours, theirs }) {
  const alone = theirs.length === 0;
  const cells = [name];
  for (const key of /** @type {const} */ (["wall", "cpu"])) {
    const ratio = (median(ours, key) / median(theirs, key)).toFixed(2);
    cells.push(spread(ours, key), alone ? "" : spread(theirs, key), alone ? "" : ratio);
  }
  const peak = (/** @type {Usage[]} */ runs) => `${median(runs, "peak").toFixed(0)} MiB`;
  cells.push(peak(ours), alone ? "" : peak(theirs));
  return `| ${cells.join(" | ")} |`;
}

function spread(runs, key) {
  const values = runs.map((run) => run[key]);
  const text = (/** @type {number} */ value) => value.toFixed(value < 10 ? 2 : 1);
  return `${text(median(runs, key))} s (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

function median(runs, key) {
  const values = runs.map((run) => run[key]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)];
}
