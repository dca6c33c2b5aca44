import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./run.mjs";

const passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n";
const group = "root:x:0:\nnogroup:x:65534:\n";
const osRelease = 'NAME="tsbx test bed"\nID=tsbx\nPRETTY_NAME="busybox for the tsbx test bed"\n';

/**
 * Lays out what `busybox --install` would, one folder per architecture. Both are the same build of busybox, so the
 * list of its commands is asked of the one that runs here and nothing needs to be emulated.
 * @param {string} folder
 * @param {{ amd64: string, arm64: string }} busybox
 */
export async function busyboxRoot(folder, busybox) {
  for (const [architecture, binary] of Object.entries(busybox)) {
    mkdirSync(join(folder, architecture, "bin"), { recursive: true });
    copyFileSync(binary, join(folder, architecture, "bin/busybox"));
    chmodSync(join(folder, architecture, "bin/busybox"), 0o755);
  }
  // Called by its own name: busybox acts as the command it is called by.
  const runnable = join(folder, process.arch === "arm64" ? "arm64" : "amd64", "bin/busybox");
  const commands = (await run(runnable, ["--list-full"])).trim().split("\n");
  for (const architecture of Object.keys(busybox)) {
    const root = join(folder, architecture);
    for (const sub of ["etc", "home", "root", "tmp", "usr/bin", "var/tmp"]) {
      mkdirSync(join(root, sub), { recursive: true });
    }
    for (const command of commands) {
      if (command === "bin/busybox" || command.startsWith("linuxrc")) continue;
      mkdirSync(dirname(join(root, command)), { recursive: true });
      symlinkSync("/bin/busybox", join(root, command));
    }
    writeFileSync(join(root, "etc/passwd"), passwd);
    writeFileSync(join(root, "etc/group"), group);
    writeFileSync(join(root, "etc/os-release"), osRelease);
    for (const open of ["tmp", "var/tmp"]) chmodSync(join(root, open), 0o1777);
    chmodSync(join(root, "root"), 0o700);
  }
}
