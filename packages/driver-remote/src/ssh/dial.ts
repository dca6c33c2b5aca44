import type { Duplex } from "node:stream";
import { type DriverContext, type OptionValues, TsbxError } from "@tsbx/core/driver";
import type { SshEndpoint } from "../endpoint.ts";

export async function dialSsh(
  endpoint: SshEndpoint,
  _options: OptionValues,
  _env: DriverContext["env"],
  _subject: string,
  _signal: AbortSignal,
): Promise<Duplex> {
  throw new TsbxError("UNSUPPORTED_ENDPOINT", `cannot dial ${endpoint.host} by ssh yet`);
}
