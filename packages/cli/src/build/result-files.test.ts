import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { writeResultFiles } from "./result-files.ts";

it("a result file that cannot be written is told by its name, with the reason", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "tsbx-cli-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await mkdir(join(cwd, "taken"));
  const written = { id: "sha256:1", metadata: {} };
  await expect(
    writeResultFiles({ iidfile: "no/id", "metadata-file": undefined }, cwd, written),
  ).rejects.toMatchObject({
    code: "RESULT_FILE_UNWRITABLE",
    message: "cannot write the image ID to no/id: there is no directory no",
  });
  await expect(
    writeResultFiles({ iidfile: undefined, "metadata-file": "taken" }, cwd, written),
  ).rejects.toMatchObject({
    message: "cannot write the metadata to taken: illegal operation on a directory",
  });
  expect(await readdir(cwd)).toEqual(["taken"]);
});
