import { table } from "./table.ts";

/** `result.json` of `frontend.subrequests.describe` 1.0. */
type Requests = ReadonlyArray<{ name: string; version?: string; description?: string }>;

/** The requests that the frontend answers. */
export function requestsText(requests: Requests): string {
  const lines = requests.map(({ name, version = "", description = "" }) => [
    name.replace(/^frontend\./, ""),
    version,
    description,
  ]);
  return table([["NAME", "VERSION", "DESCRIPTION"], ...lines], 1);
}
