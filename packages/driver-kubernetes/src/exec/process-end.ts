/** How a process in a pod has ended, as far as it is known. */
export interface ProcessEnd {
  success: boolean;
  /** Its exit code; absent when it could not run, or its connection was lost. */
  exitCode?: number;
  /** What Kubernetes says of it. */
  message?: string;
  /** Its last lines of stderr. */
  stderr: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** @param status a `Status` object in JSON; empty when none has come */
export function processEnd(status: string, stderr: string): ProcessEnd {
  const { status: outcome, message, details } = parse(status);
  const { causes } = fieldsOf(details);
  const cause = (Array.isArray(causes) ? causes : [])
    .map(fieldsOf)
    .find(({ reason }) => reason === "ExitCode");
  const exitCode = Number(cause?.message);
  return {
    success: outcome === "Success",
    ...(Number.isInteger(exitCode) && { exitCode }),
    ...(typeof message === "string" && message !== "" && { message }),
    stderr: stderr.trim(),
  };
}

function parse(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
