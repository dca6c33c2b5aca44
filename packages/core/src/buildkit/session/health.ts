import { HealthCheckResponse, HealthCheckResponse_ServingStatus } from "../../gen/health.ts";
import type { ServerHandler } from "../transport/stream.ts";

const SERVING = HealthCheckResponse.encode({
  status: HealthCheckResponse_ServingStatus.SERVING,
}).finish();

/**
 * The health service of a session. BuildKit asks every five seconds and drops the session after two
 * failures, so a session without it dies about ten seconds into the build.
 */
export function healthHandlers(onCheck?: () => void): ReadonlyMap<string, ServerHandler> {
  return new Map([
    [
      "/grpc.health.v1.Health/Check",
      async (call) => {
        onCheck?.();
        call.send(SERVING);
      },
    ],
  ]);
}
