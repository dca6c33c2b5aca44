import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Builds one thing with each tool, and compares the digests of the images.
 * @param {string[][]} tools
 * @param {{ context: string, dockerfile: string, metadata: string, env: NodeJS.ProcessEnv }} options
 *   `metadata` is a file for what the tools tell
 * @throws when they differ
 */
export function expectSameImage(tools, { context, dockerfile, metadata, env }) {
  const output = "type=image,compression=uncompressed";
  const digests = tools.map(([program, ...rest]) => {
    const args = ["build", "--progress", "quiet", "--provenance=false", "--output", output];
    execFileSync(program, [...rest, ...args, "--metadata-file", metadata, "--file", dockerfile, context], {
      env,
    });
    return JSON.parse(readFileSync(metadata, "utf8"))["containerimage.digest"];
  });
  if (!digests[0] || digests.some((digest) => digest !== digests[0])) {
    throw new Error(`the tools' images of ${context} differ: ${digests.join(", ")}`);
  }
}
