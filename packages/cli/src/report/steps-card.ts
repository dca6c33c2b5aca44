import { type Html, html } from "./html.ts";
import { formatDuration, type Row, type Tick, type Waterfall } from "./layout.ts";

/**
 * The waterfall: a row for each step, which unfolds what is known of it.
 * @param told what the page says of the failure elsewhere
 */
export function stepsCard({ rows, ticks }: Waterfall, told = ""): Html {
  if (rows.length === 0)
    return html`<section class="card"><h2>Steps</h2><p class="hint">No step ran.</p></section>`;
  return html`<section class="card steps" aria-labelledby="steps">
<div class="cardhead"><h2 id="steps">Steps</h2>${filter(rows)}</div>
<div class="axis" aria-hidden="true"><span></span><div class="scale">${ticks.map(
    ({ left, label }) => html`<span style="left:${percent(left)}">${label}</span>`,
  )}</div><span></span></div>
<ol class="rows" style="--grid:${grid(ticks)}">
${rows.map((row) => rowOf(row, told))}</ol>
<ul class="legend" aria-hidden="true">
<li><span class="swatch ran"></span>ran</li><li><span class="swatch cached"></span>from the cache</li>
${rows.some(({ step }) => step.outcome === "failed") && html`<li><span class="swatch failed"></span>failed</li>`}
${rows.some(({ step }) => step.outcome === "cancelled") && html`<li><span class="swatch cancelled"></span>cancelled</li>`}
<li><span class="swatch internal ran"></span>internal</li><li><span class="swatch soft"></span>full colour: on the critical path</li>
</ul>
</section>`;
}

function filter(rows: readonly Row[]): Html {
  const work = rows.filter(({ kind }) => kind !== "internal");
  const choices = [
    ["show-all", "All", rows.length],
    ["show-work", "Build steps", work.length],
    ["show-ran", "Not cached", work.filter(({ step }) => step.outcome !== "cached").length],
  ] as const;
  return html`<fieldset class="filter"><legend class="sr">Which steps to show</legend>${choices.map(
    ([id, label, count], index) =>
      html`<label><input type="radio" name="show" id="${id}"${index === 0 && html` checked`}><span>${label}<b>${count}</b></span></label>`,
  )}</fieldset>`;
}

/** Longer names are not to be seen whole in their row. */
const SHORT = 40;
const OUTCOMES = { ran: "ran", cached: "from the cache", failed: "failed", cancelled: "cancelled" } as const;

function rowOf(row: Row, told: string): Html {
  const { step, tag, text, kind, segments, start, duration, critical } = row;
  const { outcome } = step;
  const label = outcome === "cached" ? "cached" : formatDuration(duration);
  return html`<li><details class="row ${outcome} ${kind}${critical && " critical"}"${outcome === "failed" && html` open`}>
<summary><span class="name"><span class="chevron" aria-hidden="true"></span>${
    tag && html`<span class="tag">${tag}</span>`
  }<span class="text">${text}</span></span>
<span class="track" aria-hidden="true">${segments.map(
    ({ left, width }) =>
      html`<i style="left:min(${percent(left)}, calc(100% - 4px));width:${percent(width)}"></i>`,
  )}</span>
<span class="time">${label}<span class="sr">, ${OUTCOMES[outcome]} after ${formatDuration(start)}${
    critical && ", on the critical path"
  }</span></span></summary>
<div class="details">${detailsOf(row, told)}</div>
</details></li>
`;
}

function detailsOf({ step, text, start, duration }: Row, told: string): Html {
  const { outcome, error, parts, log, dropped, missed } = step;
  const ran =
    outcome === "cached"
      ? "Found in the cache"
      : `${capital(OUTCOMES[outcome])}: took ${formatDuration(duration)}`;
  return html`<p class="hint">${ran}, started after ${formatDuration(start)}.${
    missed !== undefined && html` Not cached: ${missed}.`
  }</p>
${text.length > SHORT && html`<pre class="wrap" tabindex="0" aria-label="Step">${text}</pre>`}
${error !== undefined && outcome === "failed" && !told.includes(error) && html`<p class="message bad">${error}</p>`}
${
  parts.length > 0 &&
  html`<table><thead><tr><th scope="col">Part</th><th scope="col" class="num">Amount</th><th scope="col" class="num">Time</th></tr></thead><tbody>${parts.map(
    (part) =>
      html`<tr><td class="path">${part.name}</td><td class="num">${part.amount}</td><td class="num">${
        part.duration === undefined ? "" : formatDuration(part.duration)
      }</td></tr>`,
  )}</tbody></table>`
}
${
  log.length > 0 &&
  html`<h3>Output${dropped > 0 && html`, without ${dropped} earlier ${dropped === 1 ? "line" : "lines"}`}</h3><pre class="log" tabindex="0" aria-label="Output"><span>${log.map(
    ({ at, text }) =>
      html`<span class="l"><span class="n">${(at / 1000).toFixed(2)}</span>${text || " "}</span>`,
  )}</span></pre>`
}`;
}

/** Lines behind the bars, at the ticks. */
function grid(ticks: readonly Tick[]): string {
  const stops = ticks
    .slice(1)
    .map(
      ({ left }) =>
        `transparent ${percent(left)}, var(--line) ${percent(left)}, var(--line) calc(${percent(left)} + 1px), transparent calc(${percent(left)} + 1px)`,
    );
  return `linear-gradient(90deg, ${["transparent 0", ...stops, "transparent 100%"].join(", ")})`;
}

function percent(value: number): string {
  return `${value.toFixed(3)}%`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
