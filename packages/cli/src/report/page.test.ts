import type { Transfer } from "@tsbx/core";
import { describe, expect, it } from "vitest";
import type { ReportData } from "./data.ts";
import { reportPage } from "./page.ts";

/** A report with every part in it, and with `text` wherever a text is foreign. */
function reportOf(text: string, part: Partial<ReportData> = {}): ReportData {
  const excerpt = { place: `${text}:3`, lines: [{ number: 3, marked: true, text }] };
  const transfer: Transfer = {
    mount: text,
    node: text,
    entries: 3,
    files: 2,
    bytes: 10,
    largest: [{ path: text, files: 2, bytes: 10 }],
  };
  const step = { digest: text, runs: [{ start: 0, stop: 10 }], inputs: [text], dropped: 1 };
  return {
    title: text,
    status: "failed",
    began: new Date(0),
    duration: 1234,
    facts: [[text, text]],
    steps: [
      {
        ...step,
        name: `[${text}] ${text}`,
        outcome: "failed",
        parts: [{ name: text, amount: text, duration: 1 }],
        log: [{ at: 1, text }],
        missed: text,
        error: text,
      },
      { ...step, digest: "b", name: text, outcome: "cached", parts: [], log: [] },
    ],
    transfers: [transfer, { ...transfer, node: "b" }],
    advice: { bytes: 1, largest: [{ path: text, bytes: 1, files: 1, ignoreLine: text }], ignoreFile: text },
    warnings: [
      { title: text, detail: text, url: `https://docs/${text}`, excerpt },
      { title: text, detail: text, url: `javascript:${text}` },
    ],
    places: [text],
    digest: text,
    failure: { message: `${text} is why`, hint: text, excerpts: [excerpt] },
    version: text,
    ...part,
  };
}

/** The tags of a page, with the names of their attributes, and its attributes' values without what is foreign. */
function skeleton(page: string, foreign: string): string[] {
  const escaped = foreign.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  const named = escaped
    .replaceAll("&#38;", "&amp;")
    .replaceAll("&#60;", "&lt;")
    .replaceAll("&#62;", "&gt;")
    .replaceAll("&#34;", "&quot;");
  return [...page.replace(/<style>.*<\/style>/s, "<style></style>").matchAll(/<[^>]*>/g)].map(([tag]) =>
    tag.replaceAll(named, "TEXT"),
  );
}

// All are long enough for what only long names have.
const BENIGN = "a".repeat(70);
const HOSTILE = [
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  "</style></pre></details><iframe src=//x>",
  '" style="background:url(//x)" onfocus="x',
  "&lt;b&gt; &amp; $& $1",
  "<!-- --> <![CDATA[",
].map((text) => text.padEnd(BENIGN.length, "."));

describe("the page", () => {
  it.each(HOSTILE)("holds %j as text everywhere", (text) => {
    for (const status of ["failed", "built"] as const) {
      const page = reportPage(reportOf(text, { status }));
      const benign = reportPage(reportOf(BENIGN, { status }));
      expect(skeleton(page, text)).toEqual(skeleton(benign, BENIGN));
      expect(page).not.toMatch(/<(script|img|iframe)\b/);
    }
  });

  it("links to documents of the web, and to nothing else", () => {
    const links = reportPage(reportOf("x")).match(/href="[^"]*"/g);
    expect(links).toEqual(['href="https://docs/x"']);
  });

  it("has no script, and asks nothing of anybody", () => {
    const page = reportPage(reportOf("x"));
    expect(page).toContain("default-src 'none'".replaceAll("'", "&#39;"));
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base)\b|\son\w+=|url\(|@import/i);
  });

  it("takes a build of which nothing is known", () => {
    const nothing = reportOf("x", {
      status: "cancelled",
      steps: [],
      transfers: [],
      advice: undefined,
      warnings: [],
      places: [],
      digest: undefined,
      failure: undefined,
    });
    const page = reportPage(nothing);
    expect(page).toContain("No step ran.");
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(reportPage({ ...nothing, status: "built" })).toContain("nowhere else");
  });
});
