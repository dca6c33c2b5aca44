import type { Excerpt, ReportData, ReportWarning } from "./data.ts";
import { type Html, html } from "./html.ts";

/** Why the build failed, and where in the Dockerfile. */
export function failureCard({ failure, status }: ReportData): Html {
  if (!failure) return html``;
  const title = status === "cancelled" ? "Why it was cancelled" : "Why it failed";
  return html`<section class="card" aria-labelledby="failure"><h2 id="failure">${title}</h2>
<p class="message ${status === "cancelled" ? "warn" : "bad"}">${failure.message}</p>
${failure.hint !== undefined && html`<p class="hint">${failure.hint}</p>`}
${failure.excerpts.map(excerptOf)}
</section>`;
}

/** Where the results went. */
export function resultCard({ places, digest, status }: ReportData): Html {
  if (status !== "built") return html``;
  const isNew = digest !== undefined && !places.some((place) => place.includes(digest));
  const lines = places.length > 0 ? places : ["The result is in the builder's cache and nowhere else."];
  return html`<section class="card" aria-labelledby="result"><h2 id="result">Result</h2>
<ul class="plain">${lines.map((place) => html`<li>${place}</li>`)}
${isNew && html`<li><span class="hint">Digest</span> <code>${digest}</code></li>`}</ul></section>`;
}

/** What the frontend has to say of the Dockerfile. */
export function warningsCard({ warnings }: ReportData): Html {
  if (warnings.length === 0) return html``;
  return html`<section class="card" aria-labelledby="warnings"><h2 id="warnings">Warnings (${warnings.length})</h2>
<ul class="plain">${warnings.map(warningOf)}</ul></section>`;
}

function warningOf({ title, detail, url, excerpt }: ReportWarning): Html {
  const isLink = url !== undefined && /^https?:\/\//.test(url);
  return html`<li class="warning"><strong>${title}</strong>
<p class="hint">${detail}${isLink && html` <a href="${url}" rel="noreferrer">Read more</a>`}</p>
${excerpt && excerptOf(excerpt)}</li>`;
}

function excerptOf({ place, lines }: Excerpt): Html {
  return html`<h3>${place}</h3><pre tabindex="0" aria-label="${place}">${lines.map(
    ({ number, marked, text }) => {
      const line = html`<span class="n">${number}</span>${text || " "}`;
      return marked ? html`<mark>${line}</mark>` : html`<span class="l">${line}</span>`;
    },
  )}</pre>`;
}
