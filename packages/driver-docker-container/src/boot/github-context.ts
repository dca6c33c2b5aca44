import { readFile } from "node:fs/promises";
import { TsbxError } from "@tsbx/core/driver";

/** Where buildkitd takes it from into the provenance of its builds. */
export const GITHUB_CONTEXT_FILE = "provenance.d/github_actions_context.json";

/** Variables of GitHub Actions; a group is left out unless all of it is there. */
const GROUPS = [
  ["ACTOR", "ACTOR_ID", "TRIGGERING_ACTOR"],
  ["REF", "REF_NAME", "REF_PROTECTED", "REF_TYPE"],
  ["REPOSITORY", "REPOSITORY_ID", "REPOSITORY_OWNER", "REPOSITORY_OWNER_ID"],
  ["JOB", "RUN_ATTEMPT", "RUN_ID", "RUN_NUMBER", "SERVER_URL", "WORKFLOW", "WORKFLOW_REF", "WORKFLOW_SHA"],
];
const RUNNER = ["RUNNER_ARCH", "RUNNER_ENVIRONMENT", "RUNNER_OS"];

/** The workflow that runs this, as JSON; undefined outside of GitHub Actions. */
export async function githubContext(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array | undefined> {
  const { GITHUB_ACTIONS, GITHUB_EVENT_NAME, GITHUB_EVENT_PATH } = env;
  if (GITHUB_ACTIONS !== "true" || !GITHUB_EVENT_NAME || !GITHUB_EVENT_PATH) return undefined;
  const context: Record<string, unknown> = {
    github_event_name: GITHUB_EVENT_NAME,
    github_event_payload: await readEvent(GITHUB_EVENT_PATH),
  };
  for (const names of GROUPS.map((group) => group.map((name) => `GITHUB_${name}`)).concat([RUNNER])) {
    if (!names.every((name) => env[name])) continue;
    for (const name of names) context[name.toLowerCase()] = env[name];
  }
  return Buffer.from(JSON.stringify(context));
}

async function readEvent(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new TsbxError("GITHUB_CONTEXT_UNREADABLE", `cannot read GITHUB_EVENT_PATH ${path}`, {
      hint: "Leave it out of the provenance with --driver-opt provenance-add-gha=false.",
      cause,
    });
  }
}
