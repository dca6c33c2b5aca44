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

interface Status {
  status?: string;
  message?: string;
  details?: { causes?: readonly { reason?: string; message?: string }[] };
}

/** @param status a `Status` object in JSON; empty when none has come */
export function processEnd(status: string, stderr: string): ProcessEnd {
  const { status: outcome, message, details }: Status = parse(status);
  const exitCode = details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  return {
    success: outcome === "Success",
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
    ...(message && { message }),
    stderr: stderr.trim(),
  };
}

function parse(text: string): Status {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
