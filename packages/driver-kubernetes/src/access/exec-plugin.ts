import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { abortedError, type DriverContext, isTsbxError, TsbxError } from "@tsbx/core/driver";
import { type Fields, isFields, type Named, stringField } from "./kubeconfig.ts";

/** What a credential plugin answered. */
export interface PluginCredential {
  token?: string;
  /** PEM. */
  certificate?: string;
  /** PEM. */
  key?: string;
  /** Milliseconds since 1970; absent when it holds as long as the process. */
  expires?: number;
}

const MAX_OUTPUT = 1024 * 1024;
const DEFAULT_VERSION = "client.authentication.k8s.io/v1";

/**
 * Runs the credential plugin of a kubeconfig user (`exec`), as
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins says.
 * @param cluster what a plugin that asks for it is told of the cluster
 * @throws TsbxError `KUBERNETES_CREDENTIAL_PLUGIN` with what the plugin wrote
 */
export async function runPlugin(
  user: Named,
  cluster: Fields,
  env: DriverContext["env"],
  signal: AbortSignal,
): Promise<PluginCredential> {
  const exec = user.fields.exec;
  const name = isFields(exec) ? stringField(exec, "command") : undefined;
  if (!isFields(exec) || name === undefined) throw failed("exec", "the kubeconfig names no command");
  // A relative path is relative to its kubeconfig; a bare name is looked for on the PATH.
  const command = name.includes("/") ? resolve(user.directory, name) : name;
  const { output, errors, end } = await run(
    command,
    strings(exec.args),
    environment(exec, cluster, env),
    signal,
  );
  if (end !== "exit code 0") {
    throw failed(
      command,
      `it ended with ${end}: ${errors.trim() || "it wrote nothing"}`,
      stringField(exec, "installHint"),
    );
  }
  return credentialOf(command, output);
}

function environment(exec: Fields, cluster: Fields, env: DriverContext["env"]): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = { ...env };
  for (const entry of Array.isArray(exec.env) ? exec.env : []) {
    if (isFields(entry) && typeof entry.name === "string") all[entry.name] = String(entry.value ?? "");
  }
  all.KUBERNETES_EXEC_INFO = JSON.stringify({
    apiVersion: stringField(exec, "apiVersion") ?? DEFAULT_VERSION,
    kind: "ExecCredential",
    spec: { interactive: false, ...(exec.provideClusterInfo === true && { cluster }) },
  });
  return all;
}

async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ output: string; errors: string; end: string }> {
  const child = spawn(command, args, { env, signal, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(0, MAX_OUTPUT);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-MAX_OUTPUT);
  });
  return new Promise((done, fail) => {
    child.once("error", (error) => {
      if (!signal.aborted) fail(failed(command, error.message));
      else fail(isTsbxError(signal.reason) ? signal.reason : abortedError(signal));
    });
    child.once("close", (code, killed) => done({ output, errors, end: killed ?? `exit code ${code}` }));
  });
}

function credentialOf(command: string, output: string): PluginCredential {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw failed(command, "its output is not JSON");
  }
  const status = isFields(answer) ? answer.status : undefined;
  if (!isFields(status)) throw failed(command, "its output has no status");
  const credential = {
    token: stringField(status, "token"),
    certificate: stringField(status, "clientCertificateData"),
    key: stringField(status, "clientKeyData"),
  };
  if (!credential.token && !credential.certificate) throw failed(command, "its output has no credential");
  const expires = Date.parse(stringField(status, "expirationTimestamp") ?? "");
  return { ...credential, ...(Number.isNaN(expires) ? {} : { expires }) };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function failed(command: string, problem: string, hint?: string): TsbxError {
  return new TsbxError(
    "KUBERNETES_CREDENTIAL_PLUGIN",
    `the credential plugin ${command} failed: ${problem}`,
    {
      hint: hint ?? "Run it by hand, or check the user's exec section in the kubeconfig.",
    },
  );
}
