import { readFileSync } from "node:fs";
import { allProcesses, below, isSameProcess, signal } from "./proc.mjs";
import { poll } from "./run.mjs";

const seconds = 10;

/**
 * Ends the containers of a containerd that is gone. Their shims are in sessions of their own, so that they
 * outlive it; the address of its socket is on their command lines.
 * @param {string} address
 */
export async function killContainers(address) {
  const shims = allProcesses().filter(({ pid }) => {
    const words = commandLine(pid);
    return words[0]?.includes("containerd-shim") && words.includes(address);
  });
  const members = below(shims.map(({ pid }) => pid));
  for (const member of members) signal(member, "SIGKILL");
  const gone = await poll(() => !members.some(isSameProcess), seconds);
  if (!gone) throw new Error(`containers of ${address} do not end, not even on SIGKILL`);
}

/** @param {number} pid */
function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
