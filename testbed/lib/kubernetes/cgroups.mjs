import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes the control group that all pods of a bed are in: kubelets remove groups of pods that they do not know,
 * and another bed's kubelet may run beside this one's.
 * @param {string} name
 */
export function makeCgroup(name) {
  for (const { folder, controllers } of hierarchies()) {
    const group = join(folder, name);
    mkdirSync(group, { recursive: true });
    if (!controllers.includes("cpuset")) continue;
    // An empty set of CPUs takes no processes.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      if (existsSync(join(group, file))) writeFileSync(join(group, file), readFileSync(join(folder, file)));
    }
  }
}

/** @param {string} name */
export function removeCgroup(name) {
  for (const { folder } of hierarchies()) removeGroups(join(folder, name));
}

/** @param {string} group */
function removeGroups(group) {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroups(join(group, entry.name));
  }
  rmdirSync(group);
}

function hierarchies() {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, folder = "", , options = ""]) => ({ folder, controllers: options.split(",") }));
}
