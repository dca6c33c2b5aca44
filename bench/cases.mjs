import { rmSync } from "node:fs";
import { join } from "node:path";
import { changeOneFile, fewFiles, largeResult, manyFiles, oneFile } from "./contexts.mjs";

/**
 * One line of the table. `prepare` runs before the case, `before` before each run of each tool.
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} [quick] part of the quick subset
 * @property {string[]} args what both tools are told
 * @property {() => void} [prepare]
 * @property {() => void} [before]
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
  const out = join(work, "out");
  const tar = join(work, "out.tar");
  const dropResults = () => rmSync(out, { recursive: true, force: true });
  return [
    { name: "version", quick: true, args: ["version"], warmUp: true },
    {
      name: "cached build, 21 files",
      quick: true,
      args: ["build", few],
      prepare: () => fewFiles(few),
      warmUp: true,
    },
    { name: "50,000 files, cold", args: ["build", many], before: () => manyFiles(many) },
    {
      name: "50,000 files, unchanged",
      quick: true,
      args: ["build", many],
      prepare: () => manyFiles(many),
      warmUp: true,
    },
    {
      name: "50,000 files, one changed",
      args: ["build", many],
      before: () => changeOneFile(many),
      warmUp: true,
    },
    { name: "1 GiB file, cold", args: ["build", one], before: () => oneFile(one, 1024) },
    {
      name: "local export, 1 GiB",
      args: ["build", "--output", out, large],
      prepare: () => largeResult(large, 1024),
      before: dropResults,
      warmUp: true,
    },
    {
      name: "tar export, 1 GiB",
      args: ["build", "--output", `type=tar,dest=${tar}`, large],
      prepare: () => largeResult(large, 1024),
      warmUp: true,
    },
  ];
}
