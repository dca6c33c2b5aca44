import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, tsbx } from "./client.ts";
import type { Place } from "./places.ts";
import { writeTree } from "./tree.ts";
import { workspace } from "./workspace.ts";

export interface Login {
  host: string;
  user: string;
  password: string;
}

export function configure(client: Client, config: object): void {
  writeFileSync(join(client.dockerConfig, "config.json"), JSON.stringify(config));
}

/** What `docker login` leaves without a helper. */
export function auths({ host, user, password }: Login) {
  return { auths: { [host]: { auth: Buffer.from(`${user}:${password}`).toString("base64") } } };
}

/** A client and a context, with an image name of its own in a registry. */
export async function scene(host: string, at?: Place) {
  const directory = await workspace();
  const client = await tsbx(directory, at);
  const image = `${host}/cli-test/${randomUUID()}:latest`;
  const dockerfile = (text: string) => writeTree(join(client.home, "context"), { Dockerfile: text });
  dockerfile(`FROM busybox\nLABEL image=${image}\n`);
  return { client, image, dockerfile };
}

/** Pushes an image, then builds upon it as another client with the same configuration. */
export async function pushAndPull(
  { client, image, dockerfile }: Awaited<ReturnType<typeof scene>>,
  env: Record<string, string> = {},
) {
  await client.succeed(["build", "--push", "--tag", image, "context"], { env });
  dockerfile(`FROM ${image}\nRUN echo pulled > /pulled\n`);
  const pull = ["build", "--pull", "--no-cache", "--output", "type=tar,dest=out.tar", "context"];
  return client.succeed(pull, { env });
}
