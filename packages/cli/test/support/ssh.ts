import { chmodSync, copyFileSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { Running, succeed } from "./process.ts";
import { TREE_TIME } from "./tree.ts";
import { workspace } from "./workspace.ts";

/** An ssh agent that holds one new key, and the file of another. */
export async function sshAgent(): Promise<{ socket: string; key: string }> {
  const directory = await workspace();
  const socket = join(directory, "agent.sock");
  const agent = new Running("ssh-agent", ["-D", "-a", socket], {});
  const generate = ["-q", "-t", "ed25519", "-N", ""];
  await succeed("ssh-keygen", [...generate, "-C", "held", "-f", join(directory, "held")]);
  await succeed("ssh-keygen", [...generate, "-C", "file", "-f", join(directory, "file")]);
  await agent.printed(/SSH_AUTH_SOCK/);
  await succeed("ssh-add", ["-q", join(directory, "held")], { env: { SSH_AUTH_SOCK: socket } });
  return { socket, key: join(directory, "file") };
}

/** Puts `ssh-add` into a directory with all that it needs to run in an image without it. */
export async function sshTools(directory: string): Promise<void> {
  const { stdout } = await succeed("ldd", ["/usr/bin/ssh-add"]);
  mkdirSync(join(directory, "lib"), { recursive: true });
  copyFileSync("/usr/bin/ssh-add", join(directory, "ssh-add"));
  for (const [path] of stdout.matchAll(/\/\S+/g)) {
    copyFileSync(path, join(directory, path.includes("/ld-") ? "loader" : `lib/${basename(path)}`));
  }
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    chmodSync(join(directory, name), 0o755);
    utimesSync(join(directory, name), TREE_TIME, TREE_TIME);
  }
}
