import type { Transfer } from "@tsbx/core";
import { formatBytes } from "../progress/number-format.ts";
import { terminalText } from "../progress/terminal-text.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";

/** What was sent of each directory, and of what most. */
export function contextCards({ transfers, advice }: ReportData): Html {
  if (transfers.length === 0) return html``;
  const bySize = [...transfers].sort((a, b) => b.bytes - a.bytes);
  const severalNodes = new Set(transfers.map(({ node }) => node)).size > 1;
  return html`<section class="card" aria-labelledby="sent"><h2 id="sent">Sent from here</h2>
${bySize.map((transfer) => transferOf(transfer, severalNodes, transfers.length > 1))}
${advice && adviceOf(advice)}
</section>`;
}

function transferOf(transfer: Transfer, namesNode: boolean, hasTitle: boolean): Html {
  const { mount, node, entries, files, bytes, largest } = transfer;
  const name = `${mount}${namesNode ? ` to ${node}` : ""}`;
  const all = `${entries} ${entries === 1 ? "entry" : "entries"}`;
  const listed =
    files === 0 ? `Nothing: the builder had all ${all}` : `${formatBytes(bytes)} in ${files} of ${all}`;
  return html`${hasTitle && html`<h3>${terminalText(name)}</h3>`}<p class="hint">${listed}</p>
${
  // The Dockerfile and its ignore file are never worth a picture.
  mount !== "dockerfile" &&
  largest.length > 0 &&
  html`<ul class="entries">${largest.map(
    (
      entry,
    ) => html`<li><div class="top"><span class="path">${terminalText(entry.path)}</span><span class="amount">${formatBytes(
      entry.bytes,
    )}${entry.files > 1 && html` in ${entry.files} files`}</span></div>
<div class="meter" aria-hidden="true"><i style="width:${(bytes > 0 ? (100 * entry.bytes) / bytes : 0).toFixed(2)}%"></i></div></li>`,
  )}</ul>`
}`;
}

function adviceOf({ largest, ignoreFile }: NonNullable<ReportData["advice"]>): Html {
  const lines = largest.flatMap(({ ignoreLine }) => (ignoreLine === undefined ? [] : [ignoreLine]));
  if (lines.length === 0) return html``;
  return html`<h3>To leave out what the build does not need, add to ${terminalText(ignoreFile)}</h3>
<pre tabindex="0" aria-label="Lines for ${terminalText(ignoreFile)}">${lines.map((line) => html`<span class="l">${terminalText(line)}</span>`)}</pre>`;
}
