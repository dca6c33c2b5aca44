import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needPackages } from "./apt.mjs";
import { withLock } from "./lock.mjs";
import { shortHash } from "./paths.mjs";
import { findCommand, run, say } from "./run.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

const control = "/proc/sys/fs/binfmt_misc";
const entry = "tsbx-qemu-aarch64";
/** The kernel's table is one per machine: beds that use our entry sign in here, and the last one out undoes it. */
const shared = "/run/tsbx-binfmt";
const mounted = join(shared, "mounted");
/** Absent when the entry came from a bed in another root file system on this kernel, which will undo it itself. */
const registered = join(shared, "registered");
const users = join(shared, "users");

const magic = "\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00";
const mask =
  "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff";

/**
 * Lets the kernel run arm64 binaries, also inside containers.
 * @param {BedPaths} bed
 */
export async function enableArm64(bed) {
  if (process.arch === "arm64") return;
  await needPackages("qemu-user-static");
  mkdirSync(users, { recursive: true });
  await withLock(shared, async () => {
    if (!existsSync(join(control, "register"))) {
      await run("mount", ["-t", "binfmt_misc", "binfmt_misc", control]);
      writeFileSync(mounted, "");
    }
    if (existsSync(join(control, entry)) || !isRegisteredByOthers()) {
      writeFileSync(join(users, shortHash(bed.root)), bed.root);
      register();
    }
  });
}

function register() {
  if (existsSync(join(control, entry))) return;
  const qemu = findCommand("qemu-aarch64-static");
  // F keeps the interpreter open, so that it is found inside a container's root; P and O as Debian registers it.
  writeFileSync(join(control, "register"), `:${entry}:M::${magic}:${mask}:${qemu}:OPF`);
  writeFileSync(registered, "");
  say("registered qemu for arm64 binaries");
}

/** Whether the machine already runs arm64 binaries in containers without us (flag F). */
function isRegisteredByOthers() {
  return readdirSync(control).some((name) => {
    if (!/aarch64|arm64/.test(name) || name === entry) return false;
    const text = readFileSync(join(control, name), "utf8");
    return text.startsWith("enabled") && /^flags:.*F/m.test(text);
  });
}

/** @param {BedPaths} bed */
export async function disableArm64(bed) {
  if (!existsSync(shared)) return;
  await withLock(shared, async () => {
    rmSync(join(users, shortHash(bed.root)), { force: true });
    for (const user of readdirSync(users)) {
      // A bed whose folder was deleted never signs out.
      if (!existsSync(readFileSync(join(users, user), "utf8"))) rmSync(join(users, user), { force: true });
    }
    if (readdirSync(users).length > 0) return;
    if (existsSync(registered) && existsSync(join(control, entry))) writeFileSync(join(control, entry), "-1");
    if (existsSync(mounted)) {
      await run("umount", [control]);
      rmSync(mounted);
    }
  });
  if (readdirSync(users).length === 0) rmSync(shared, { recursive: true, force: true });
}
