import { GrpcError } from "../buildkit/transport/status.ts";
import { errorDetails } from "./failure.ts";

/** A frontend that answers what older ones don't know, the same wherever it runs. */
const FRONTEND =
  "docker/dockerfile:1.8.1@sha256:e87caa74dcb7d46cd820352bfea12591f3dba3ddc4285e19c7dcd13359f7cefd";
/** What it is asked in the place of another. */
const ANSWERS: readonly string[] = ["frontend.lint", "frontend.outline", "frontend.targets"];

/** The frontend to ask `request` again, after the Dockerfile's own has refused it for not knowing it. */
export function fallbackFrontend(error: unknown, request: string | undefined): string | undefined {
  if (!(error instanceof GrpcError) || request === undefined || !ANSWERS.includes(request)) return undefined;
  const refused = errorDetails(error).some(
    ({ type, json }) => type === "Subrequest" && "name" in json && json.name === request,
  );
  // Daemons before 0.9 have no such details.
  return refused || error.message.includes(`unsupported request ${request}`) ? FRONTEND : undefined;
}
