import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { Duplex } from "node:stream";
import type { NodeHandle } from "@tsbx/core/driver";
import { parseDriverOptions } from "@tsbx/core/driver";
import remote from "../src/index.ts";

export const never = new AbortController().signal;

/** A handle of the driver, its options given as on the command line. */
export function connect(
  endpoint: string,
  pairs: Record<string, string> = {},
  env: Record<string, string> = {},
): NodeHandle {
  const options = parseDriverOptions(remote.options, pairs, { driver: remote.name });
  return remote.connect(
    { builder: "test", name: "test0", endpoint, options },
    { env, stateDir: "/nonexistent/tsbx-test" },
  );
}

/** Speaks HTTP/2 over a dialled stream until the server has acknowledged our settings, then ends it. */
export async function speakHttp2(stream: Duplex): Promise<void> {
  const session = connectHttp2("http://localhost", { createConnection: () => stream });
  try {
    await once(session, "localSettings");
  } finally {
    session.destroy();
    stream.destroy();
  }
}
