import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { TsbxError } from "@tsbx/core/driver";
import type { Engine } from "../engine/engine.ts";
import { ExecStream } from "./stream.ts";

/** A connection closes a moment before its process has ended. */
const EXIT_ATTEMPTS = 20;
const EXIT_INTERVAL_MS = 50;
/** The bound over asking how a process ended. */
const OUTCOME_MS = 10_000;

/** Statuses of a command that could not be started. */
const CANNOT_EXECUTE = 126;
const NOT_FOUND = 127;

interface ExecState {
  Running: boolean;
  ExitCode: number | null;
}

/**
 * Runs a command in a running container, its stdin and stdout as one stream: binary-safe, with back-pressure
 * both ways; ending the writable side closes the command's stdin. A command that fails destroys the stream with
 * `EXEC_FAILED`, whose message has the last lines of its stderr. The caller destroys the stream, which closes the
 * command's stdin and stdout.
 *
 * @param signal bounds the start alone
 * @throws TsbxError what {@link Engine} throws
 */
export async function execStdio(
  engine: Engine,
  container: string,
  command: readonly string[],
  signal: AbortSignal,
): Promise<Duplex> {
  const { Id } = await engine.json<{ Id: string }>(
    "POST",
    `/containers/${encodeURIComponent(container)}/exec`,
    {
      body: { Cmd: command, AttachStdin: true, AttachStdout: true, AttachStderr: true },
      prompt: true,
      signal,
    },
  );
  const path = `/exec/${Id}`;
  const body = { Detach: false, Tty: false };
  const raw = await engine.upgrade(`${path}/start`, { protocol: "tcp", body, prompt: true, signal });
  return new ExecStream(raw, async ({ stderr, stdout }) => {
    const status = await exitCode(engine, path);
    if (!status) return;
    // Where nothing ran, the daemon itself wrote why, to stdout.
    const said = status === CANNOT_EXECUTE || status === NOT_FOUND ? stderr || stdout : stderr;
    throw failed(command, container, status, said.trim());
  });
}

/** How an exec ended; undefined when it goes on though its streams are closed. */
async function exitCode(engine: Engine, path: string): Promise<number | undefined> {
  const signal = AbortSignal.timeout(OUTCOME_MS);
  for (let attempt = 0; attempt < EXIT_ATTEMPTS; attempt++) {
    const state = await engine.json<ExecState>("GET", `${path}/json`, { signal });
    if (!state.Running) return state.ExitCode ?? undefined;
    await delay(EXIT_INTERVAL_MS);
  }
  return undefined;
}

function failed(command: readonly string[], container: string, status: number, said: string): TsbxError {
  return new TsbxError(
    "EXEC_FAILED",
    `${command.join(" ")} in container ${container} ended with status ${status}${said && `: ${said}`}`,
    { hint: `\`docker logs ${container}\` shows what the container wrote.` },
  );
}
