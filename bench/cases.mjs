import { rmSync } from "node:fs";
import { join } from "node:path";
import { COPY_ALL, changeOneFile, fewFiles, largeResult, manyFiles, oneFile } from "./contexts.mjs";

/**
 * One line of the table. `prepare` runs before the case, `before` before each run of each tool.
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} [quick] part of the quick subset
 * @property {import("./places.mjs").PlaceName} [at] builder of both tools; the benchmark's own daemon by default
 * @property {string[]} args what both tools are told
 * @property {boolean} [many] many times at once: tsbx's SDK in one process, one process each of the peer
 * @property {boolean} [alone] without the peer: it is about how the figures grow
 * @property {string} [image] removed from the place's image store before each run
 * @property {() => void} [prepare]
 * @property {() => void} [before]
 * @property {string} [dockerfile] whose image is compared with the peer's; the context's `Dockerfile` by default
 * @property {boolean} [warmUp] one run of each tool that is not counted
 */

/**
 * @param {string} work folder for contexts and results
 * @returns {Case[]}
 */
export function cases(work) {
  const many = join(work, "many");
  const one = join(work, "one");
  const few = join(work, "few");
  const large = join(work, "large");
  const copyAll = join(many, COPY_ALL);
  const out = join(work, "out");
  const tar = join(work, "out.tar");
  const dropResults = () => rmSync(out, { recursive: true, force: true });
  const prepareLarge = () => largeResult(large, 1024);
  return [
    { name: "version", quick: true, args: ["version"], warmUp: true },
    { name: "ls, five builders", quick: true, at: "five", args: ["ls"], warmUp: true },
    {
      name: "cached build, 21 files",
      quick: true,
      args: ["build", few],
      prepare: () => fewFiles(few),
      warmUp: true,
    },
    {
      name: "50 cached builds at once",
      args: ["build", few],
      many: true,
      prepare: () => fewFiles(few),
      warmUp: true,
    },
    { name: "50,000 files, cold", dockerfile: copyAll, args: ["build", many], before: () => manyFiles(many) },
    {
      name: "50,000 files, unchanged",
      dockerfile: copyAll,
      quick: true,
      args: ["build", many],
      prepare: () => manyFiles(many),
      warmUp: true,
    },
    {
      name: "50,000 files, one changed",
      dockerfile: copyAll,
      args: ["build", many],
      before: () => changeOneFile(many),
      warmUp: true,
    },
    { name: "1 GiB file, cold", args: ["build", one], before: () => oneFile(one, 1024) },
    {
      name: "local export, 1 GiB",
      args: ["build", "--output", out, large],
      prepare: prepareLarge,
      before: dropResults,
      warmUp: true,
    },
    {
      name: "local export, 50,000 files",
      dockerfile: copyAll,
      args: ["build", "--file", copyAll, "--output", out, many],
      prepare: () => manyFiles(many),
      before: dropResults,
      warmUp: true,
    },
    ...["tar", "oci"].map((type) => ({
      name: `${type} export, 1 GiB`,
      args: ["build", "--output", `type=${type},dest=${tar}`, large],
      prepare: prepareLarge,
      warmUp: true,
    })),
    {
      name: "--load, 1 GiB, docker-container",
      at: "container",
      args: ["build", "--load", "--tag", "tsbx-bench", large],
      image: "tsbx-bench",
      prepare: prepareLarge,
      warmUp: true,
    },
    {
      name: "1 GiB file, cold, kubernetes",
      at: "cluster",
      args: ["build", one],
      before: () => oneFile(one, 1024),
    },
    ...[1, 10, 100, 300].map((thousand) => {
      // Of its own: the daemon would first remove what it has of another one.
      const growing = join(work, `many${thousand}`);
      return {
        name: `growth: ${thousand},000 files, cold`,
        alone: true,
        args: ["build", growing],
        before: () => manyFiles(growing, thousand * 1000),
      };
    }),
  ];
}
