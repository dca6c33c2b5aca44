import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { httpStatus } from "../lib/http.mjs";
import { choosePort } from "../lib/ports.mjs";
import { startServer } from "../lib/server.mjs";
import { ensureTool } from "../lib/tools.mjs";

const region = "bed-region-1";
const accessKeyId = "BEDACCESSKEY";
const secretAccessKey = "the bed's secret key";
const bucket = "cache";

/** @type {import("../lib/parts.mjs").Part} */
export const s3 = {
  name: "s3",
  section: "s3",
  needs: [],
  servers: ["s3"],
  async up(bed) {
    const command = await ensureTool("versitygw");
    const port = await choosePort(bed, "s3", "s3");
    const directory = join(bed.data, "s3/buckets");
    const log = join(bed.log, "s3-requests.log");
    // A directory in the root is a bucket.
    mkdirSync(join(directory, bucket), { recursive: true });
    // File systems without extended attributes have nowhere else to keep an object's metadata.
    const metadata = join(bed.data, "s3/metadata");
    mkdirSync(metadata, { recursive: true });
    await startServer(bed, {
      name: "s3",
      command,
      args: [
        ...["--port", `127.0.0.1:${port}`, "--region", region, "--health", "/health"],
        ...["--access", accessKeyId, "--secret", secretAccessKey, "--access-log", log, "--quiet"],
        ...["posix", "--sidecar", metadata, directory],
      ],
      ready: async () => (await httpStatus(`http://127.0.0.1:${port}/health`)) === 200,
    });
    const url = `http://127.0.0.1:${port}`;
    return {
      s3: { url, region, accessKeyId, secretAccessKey, bucket, directory: join(directory, bucket), log },
    };
  },
  async down() {},
};
