import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadBed } from "@tsbx/testbed";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { contrast, isInView, isTooWide } from "./support/page.mjs";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

// A machine without its network is not to be waited for.
const OFFLINE = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const HOSTILE = `<script>document.title = "x"</script><img src="http://127.0.0.1:9/x" onerror="document.title = 'y'">`;

let browser: Browser;
beforeAll(async () => {
  const { chromium: executablePath } = loadBed(["browser"]).browser;
  browser = await chromium.launch({ executablePath, args: OFFLINE });
});
afterAll(() => browser?.close());

interface Look {
  colorScheme?: "light" | "dark";
  width?: number;
}

/** Opens a report, which may neither complain nor ask anybody for anything. */
async function open(file: string, { colorScheme = "light", width = 1280 }: Look = {}): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) problems.push(request.url());
  });
  onTestFinished(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}

async function scene(dockerfile: string): Promise<{ client: Client; report: string }> {
  const client = await tsbx(await workspace());
  writeTree(join(client.home, "context"), {
    Dockerfile: dockerfile,
    "src/a": "x".repeat(40_000),
    "src/b": "x".repeat(20_000),
    small: "x",
  });
  return { client, report: join(client.home, "build.html") };
}

describe("the report of a build", () => {
  it("shows its steps, what was sent and where the result went, in any light and width", async () => {
    const { client, report } = await scene(
      `FROM busybox as Base\nARG NONCE\nCOPY . /all\nRUN echo "$NONCE"; echo 'said <b>loudly</b>'; sleep 0.2\nFROM scratch\nCOPY --from=base /all /\n`,
    );
    const args = [
      "build",
      "--report",
      report,
      "--build-arg",
      `NONCE=${randomUUID()}`,
      "-o",
      "files",
      "context",
    ];
    await client.succeed(args);
    expect((await readdir(client.home)).filter((name) => name.startsWith(".tmp"))).toEqual([]);

    for (const look of [{}, { colorScheme: "dark" }, { width: 390 }] as Look[]) {
      const page = await open(report, look);
      expect(await page.title()).toMatch(/^context: built in [\d.]+s$/);
      const row = page.locator(".row", { hasText: "RUN echo" });
      for (const shown of [
        row.locator("summary"),
        page.locator(".row summary", { hasText: "COPY . /all" }),
        page.getByText("Wrote the files to files/"),
        page.locator(".entries li", { hasText: "60.00kB in 2 files" }),
        page.getByText("FromAsCasing:"),
      ]) {
        expect(await shown.isVisible()).toBe(true);
      }
      // The bar is in the picture, and as wide as the step was long.
      const bar = await row.locator(".track i").first().boundingBox();
      const track = await row.locator(".track").boundingBox();
      expect(bar!.x).toBeGreaterThanOrEqual(track!.x);
      expect(bar!.x + bar!.width).toBeLessThanOrEqual(track!.x + track!.width + 0.5);
      expect(bar!.width).toBeGreaterThan(track!.width * 0.02);
      // Nothing is cut off, and everything can be read.
      expect(await page.evaluate(isTooWide)).toBe(false);
      for (const text of [
        "h1",
        ".pill",
        ".hint",
        ".time",
        ".internal .text",
        ".tag",
        ".filter span",
        "a",
        "footer",
      ]) {
        expect(await page.locator(text).first().evaluate(contrast), text).toBeGreaterThan(4.5);
      }
      // Its output unfolds by keyboard alone.
      const output = row.getByText("said <b>loudly</b>", { exact: false }).last();
      expect(await output.isVisible()).toBe(false);
      await row.locator("summary").focus();
      await page.keyboard.press("Enter");
      expect(await output.isVisible()).toBe(true);
    }

    // It is cached now, and the daemon has the files.
    await client.succeed(args);
    const page = await open(report);
    const cached = page.locator(".row.cached", { hasText: "RUN echo" });
    expect(await cached.isVisible()).toBe(true);
    expect(await page.getByText("Nothing: the builder had all").isVisible()).toBe(true);
    await page.getByRole("radio", { name: "All" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await cached.isVisible()).toBe(false);
    await page.getByRole("radio", { name: "Build steps" }).check();
    expect(await cached.isVisible()).toBe(true);
    expect(await page.locator(".row.internal").first().isVisible()).toBe(false);
  });

  it("tells why a build failed, and lets it do nothing there", async () => {
    const { client, report } = await scene(
      `FROM busybox\nRUN cat <<'EOF' && for i in $(seq 500); do echo "line $i"; done && false\n${HOSTILE}\nEOF\n`,
    );
    const { code } = await client.run(["build", "--no-cache", "--report", report, "--tag", "a:1", "context"]);
    expect(code).toBe(1);
    const page = await open(report);
    expect(await page.title()).toMatch(/^a:1: failed in /);
    expect(await page.getByText("did not complete successfully: exit code: 1").first().isVisible()).toBe(
      true,
    );
    expect(await page.locator("pre mark", { hasText: HOSTILE }).isVisible()).toBe(true);
    expect(await page.locator(".row.failed[open]").count()).toBe(1);
    // The end of the output, where the reason is, is what one sees of it.
    const last = page.locator(".log .l", { hasText: "line 500" });
    await last.waitFor();
    expect(await last.evaluate(isInView)).toBe(true);
  });
});
