import type { StopSignal } from "../io.ts";

/** All exit codes of tsbx. They are the peer's; a code of its own for SIGTERM is the shells' custom. */
export const EXIT_CODES = {
  success: 0,
  /** Any error that has no code of its own. */
  error: 1,
  /** The daemon ended with gRPC status Internal. */
  internal: 100,
  /** The daemon ended with gRPC status ResourceExhausted. */
  resourceExhausted: 102,
  /** SIGINT, or cancelled on the daemon. */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const;

const BY_STATUS: Readonly<Record<number, number>> = {
  1: EXIT_CODES.interrupted,
  8: EXIT_CODES.resourceExhausted,
  13: EXIT_CODES.internal,
};

/** The exit code after `signal` stopped the command. */
export function signalExitCode(signal: StopSignal): number {
  return signal === "SIGTERM" ? EXIT_CODES.terminated : EXIT_CODES.interrupted;
}

/** The exit code for an error: by the gRPC status that it carries itself or has among its causes. */
export function errorExitCode(error: unknown): number {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { status, code } = current as { status?: unknown; code?: unknown };
    if (code === "ABORTED") return EXIT_CODES.interrupted;
    const grpc = current.name === "GrpcError" ? code : status;
    if (typeof grpc === "number") return BY_STATUS[grpc] ?? EXIT_CODES.error;
  }
  return EXIT_CODES.error;
}
