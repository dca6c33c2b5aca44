// The trees and files that are built. Each is made once and changed in place, so that only what a case is
// about differs between its runs.

import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const FILES = 125;
const MIB = 1024 * 1024;

/** The Dockerfile of {@link manyFiles} that copies them all. */
export const COPY_ALL = "copy.Dockerfile";

/** Files of 0.2 to 9 KB, 125 in a directory; other content each time. */
export function manyFiles(folder, count = 50_000) {
  rmSync(folder, { recursive: true, force: true });
  const noise = randomBytes(16 * 1024).toString("base64");
  for (let directory = 0; directory < count / FILES; directory++) {
    const path = join(folder, `package${directory}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES; file++) {
      const number = directory * FILES + file;
      const size = 200 + ((number * 7919) % 8800);
      writeFileSync(join(path, `file${file}.js`), `${number}${noise.slice(number % 4096)}`.slice(0, size));
    }
  }
  // The transfer without the daemon's copies from it.
  writeFileSync(join(folder, "Dockerfile"), "FROM busybox\nRUN --mount=target=/context true\n");
  writeFileSync(join(folder, COPY_ALL), "FROM scratch\nCOPY . /\n");
}

export function changeOneFile(folder) {
  writeFileSync(join(folder, "package200", "file60.js"), randomBytes(1000));
}

/** One file of `mib` MiB that does not compress; other content each time. */
export function oneFile(folder, mib) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = openSync(join(folder, "file"), "w");
  for (let i = 0; i < mib; i++) writeSync(file, randomBytes(MIB));
  closeSync(file);
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY file /\n");
}

/** 21 files, as small projects are. */
export function fewFiles(folder) {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < 20; i++) writeFileSync(join(folder, `file${i}`), `${i}`.repeat(500));
  writeFileSync(join(folder, "Dockerfile"), "FROM busybox\nCOPY . /app\nRUN ls /app\n");
}

/** A build whose result is one file of `mib` MiB, made on the daemon. */
export function largeResult(folder, mib) {
  mkdirSync(folder, { recursive: true });
  const dockerfile = `FROM busybox AS make\nRUN dd if=/dev/urandom of=/file bs=1M count=${mib}\nFROM scratch\nCOPY --from=make /file /\n`;
  writeFileSync(join(folder, "Dockerfile"), dockerfile);
}
