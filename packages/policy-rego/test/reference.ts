import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll } from "vitest";
import { compile, evaluate } from "../src/evaluate.ts";
import { fromJson, toJson } from "../src/evaluation/values.ts";

const { tools, buildkitd } = loadBed(["tools", "buildkitd"]);
let home: string;
let count = 0;

/** Gives the peer a home for the tests of a file. */
export function usePeer(): void {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "tsbx-rego-"));
    await peer("create", "--name", "bed", "--driver", "remote", "--use", buildkitd.unix);
  });
  afterAll(() => rm(home, { recursive: true }));
}

function peer(...args: string[]): Promise<{ code: number; stderr: string }> {
  const env = { HOME: home, PATH: process.env.PATH ?? "" };
  return new Promise((resolve) => {
    execFile(tools.buildx, args, { cwd: home, env }, (error, _, stderr) => {
      resolve({ code: error ? 1 : 0, stderr });
    });
  });
}

/** What the peer says of `data.docker.decision`: the reasons of a denial, or its error. */
export async function theirs(text: string): Promise<string> {
  const name = `p${count++}`;
  await writeFile(join(home, `${name}.rego`), text);
  const { stderr } = await peer("policy", "eval", "-f", name, home);
  const [, messages] = /policy denied: (.*)\n$/s.exec(stderr) ?? [];
  return messages ?? `error: ${stderr}`;
}

const INPUT = { env: { depth: 0, filename: "Dockerfile" }, local: { name: "context" } };

/** What is said here of it. */
export function ours(text: string): string {
  try {
    const decision = evaluate(compile([{ name: "p.rego", text }]), "data.docker.decision", {
      input: fromJson(INPUT),
    });
    const json = decision === undefined ? {} : JSON.parse(toJson(decision));
    return json.deny_msg?.join("; ") ?? "error: no decision";
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}
