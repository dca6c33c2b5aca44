import { memoryStreamPair } from "../transport/memory-stream.ts";
import { Metadata } from "../transport/metadata.ts";
import type { ServerHandler } from "../transport/stream.ts";

/** Calls one of a service's methods without a network: sends all messages, and gives what was answered. */
export async function servedCall(
  handlers: ReadonlyMap<string, ServerHandler>,
  path: string,
  messages: readonly Uint8Array[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<Buffer[]> {
  const { client, server } = memoryStreamPair(Metadata.of(Object.entries(metadata)), path);
  for (const message of messages) client.send(message);
  client.end();
  const answers: Buffer[] = [];
  const reading = (async () => {
    for await (const answer of client.messages()) answers.push(answer);
  })();
  await handlers.get(path)!(server).finally(() => server.end());
  await reading;
  return answers;
}
