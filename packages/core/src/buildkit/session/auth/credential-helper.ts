import { once } from "node:events";
import { TsbxError } from "../../../errors.ts";
import { boundedText } from "./bounded-text.ts";
import type { Credential } from "./provider.ts";

/** No longer than the name of a file can be. */
const NAME = /^[\w.-]{1,200}$/;
const TIMEOUT_MS = 30_000;
/** What a helper prints when it has nothing for a host. */
const NOT_FOUND = /credentials not found/i;
/** In place of a user name: the secret is a token. */
const TOKEN_USER = "<token>";

/**
 * Asks `docker-credential-<name>` for a host's credential: the host goes to its input, JSON comes back.
 * @throws TsbxError `CREDENTIAL_HELPER_FAILED` unless the helper just has none
 */
export async function runCredentialHelper(
  name: string,
  host: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const program = `docker-credential-${name}`;
  if (!NAME.test(name)) throw failed(program, host, "its name is not valid");
  const { spawn } = await import("node:child_process");
  const child = spawn(program, ["get"], {
    env: { ...env },
    stdio: ["pipe", "pipe", "pipe"],
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  // A helper that ends without reading is told apart by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(host);
  try {
    const [stdout, stderr, [code]] = await Promise.all([
      boundedText(child.stdout),
      boundedText(child.stderr),
      closed,
    ]);
    if (code === 0) return credentialOf(stdout);
    if (NOT_FOUND.test(stdout + stderr)) return undefined;
    throw failed(program, host, (stdout + stderr).trim() || `exit code ${code}`);
  } catch (error) {
    if (error instanceof TsbxError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw failed(program, host, missing ? "it is not on PATH" : (error as Error).message, error);
  }
}

function credentialOf(output: string): Credential | undefined {
  const { Username, Secret } = answerOf(output);
  if (!Secret) return undefined;
  return Username && Username !== TOKEN_USER
    ? { username: Username, password: Secret }
    : { identityToken: Secret };
}

function answerOf(output: string): { Username?: string; Secret?: string } {
  try {
    return JSON.parse(output) ?? {};
  } catch {
    // JSON.parse's own error quotes the text, which may hold the secret.
    throw new Error("its answer is not valid JSON");
  }
}

function failed(program: string, host: string, problem: string, cause?: unknown): TsbxError {
  return new TsbxError("CREDENTIAL_HELPER_FAILED", `${program} has failed for ${host}: ${problem}`, {
    cause,
    hint: "check credsStore and credHelpers in Docker's config.json",
  });
}
