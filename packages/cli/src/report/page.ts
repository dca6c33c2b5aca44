import { formatBytes } from "../progress/number-format.ts";
import { contextCards } from "./context-card.ts";
import type { ReportData } from "./data.ts";
import { type Html, html, Html as Raw } from "./html.ts";
import { formatDuration, layoutWaterfall, type Waterfall } from "./layout.ts";
import { failureCard, resultCard, warningsCard } from "./outcome-cards.ts";
import { stepsCard } from "./steps-card.ts";
import { STYLE } from "./style.ts";

/** Nothing from elsewhere, and no script at all: what steps print cannot do anything here. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STATUS = { built: "Built", failed: "Failed", cancelled: "Cancelled" } as const;

/** A report as one page that needs nothing else. */
export function reportPage(data: ReportData): string {
  const waterfall = layoutWaterfall(data.steps);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${data.title}: ${STATUS[data.status].toLowerCase()} in ${formatDuration(data.duration)}</title>
<style>${new Raw(STYLE)}</style>
</head>
<body>
<header class="top">
<div class="headline"><h1>${data.title}</h1><span class="pill ${data.status}">${STATUS[data.status]}</span></div>
<dl class="facts">${data.facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl>
</header>
<main>
${tiles(data, waterfall)}
${failureCard(data)}
${stepsCard(waterfall, data.failure?.message)}
<div class="pair">
${contextCards(data)}
${resultCard(data)}
</div>
${warningsCard(data)}
</main>
<footer>Built ${date(data.began)} with tsbx ${data.version}.</footer>
</body>
</html>
`;
  return page.text;
}

function tiles(data: ReportData, { counts, critical, rows, span }: Waterfall): Html {
  const sent = data.transfers.reduce(
    (sum, { files, bytes }) => ({ files: sum.files + files, bytes: sum.bytes + bytes }),
    { files: 0, bytes: 0 },
  );
  const work = counts.ran + counts.cached + counts.failed + counts.cancelled;
  const longest = rows.reduce<(typeof rows)[number] | undefined>(
    (most, row) => (row.duration > (most?.duration ?? 0) ? row : most),
    undefined,
  );
  return html`<ul class="tiles">
<li class="tile"><div class="label">Time</div><div class="value">${formatDuration(data.duration)}</div>
<div class="note">${span > 1 ? `${formatDuration(critical)} on the critical path` : "no step ran"}</div></li>
<li class="tile"><div class="label">Steps from the cache</div><div class="value">${counts.cached} <small>of ${work}</small></div>
${share(counts, work)}</li>
<li class="tile"><div class="label">Sent from here</div><div class="value">${formatBytes(sent.bytes)}</div>
<div class="note">${sent.files} ${sent.files === 1 ? "file" : "files"}</div></li>
<li class="tile"><div class="label">Longest step</div><div class="value">${longest ? formatDuration(longest.duration) : "–"}</div>
<div class="note">${longest ? shortened(longest.text) : ""}</div></li>
</ul>`;
}

function share(counts: Waterfall["counts"], all: number): Html {
  const parts = (["cached", "ran", "failed", "cancelled"] as const).filter((outcome) => counts[outcome] > 0);
  const text = parts.map((outcome) => `${counts[outcome]} ${outcome}`).join(", ");
  const bars = parts.map(
    (outcome) =>
      html`<span class="${outcome}" style="width:${((100 * counts[outcome]) / all).toFixed(2)}%;background:var(--c)"></span>`,
  );
  return html`<div class="share" aria-hidden="true">${bars}</div><div class="note">${text}</div>`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function date(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
