import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { httpStatus } from "../lib/http.mjs";
import { imageRecipes } from "../lib/image-recipes.mjs";
import { run, say } from "../lib/run.mjs";

/** @typedef {import("../lib/image-recipes.mjs").Recipe} Recipe */

const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(",");

/** @type {import("../lib/parts.mjs").Part} */
export const images = {
  name: "images",
  needs: ["tools", "registry", "buildkitd"],
  servers: [],
  async up(bed, sections) {
    const host = sections.registry.plain.host;
    const record = join(bed.data, "images.json");
    const pushed = readJson(record);
    for (const recipe of await imageRecipes(sections.tools)) {
      const key = recipe.tags.join(" ");
      if (pushed[key] === recipe.hash && (await areThere(host, recipe.tags))) continue;
      say(`building ${key}`);
      await build(sections, host, recipe);
      pushed[key] = recipe.hash;
      writeFileSync(record, JSON.stringify(pushed, null, 2));
    }
    return {};
  },
  async down() {},
};

/**
 * @param {string} host
 * @param {string[]} tags
 */
async function areThere(host, tags) {
  const statuses = tags.map((tag) => {
    const [name, version] = tag.split(":");
    const url = `http://${host}/v2/${name}/manifests/${version}`;
    return httpStatus(url, { method: "HEAD", headers: { accept } });
  });
  return (await Promise.all(statuses)).every((status) => status === 200);
}

/**
 * @param {import("../index.mjs").Bed} bed
 * @param {string} host
 * @param {Recipe} recipe
 */
async function build(bed, host, recipe) {
  const context = mkdtempSync(join(tmpdir(), "tsbx-image-"));
  try {
    mkdirSync(join(context, "files"));
    await recipe.fill(join(context, "files"));
    writeFileSync(join(context, "Dockerfile"), recipe.dockerfile);
    const names = recipe.tags.map((tag) => `${host}/${tag}`).join(",");
    await run(bed.tools.buildctl, [
      ...["--addr", bed.buildkitd.unix, "build", "--progress", "plain", "--frontend", "dockerfile.v0"],
      ...["--local", `context=${join(context, "files")}`, "--local", `dockerfile=${context}`],
      ...["--opt", `platform=${recipe.platforms.join(",")}`],
      ...["--output", `type=image,"name=${names}",push=true,oci-mediatypes=true`],
    ]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @returns {Record<string, string>}
 */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
