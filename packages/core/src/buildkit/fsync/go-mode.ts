/** Bits of Go's `os.FileMode`, which is what travels in a Stat; they are not those of POSIX. */
export const GoMode = {
  DIR: 0x80000000,
  SYMLINK: 0x08000000,
  DEVICE: 0x04000000,
  NAMED_PIPE: 0x02000000,
  SOCKET: 0x01000000,
  SETUID: 0x00800000,
  SETGID: 0x00400000,
  CHAR_DEVICE: 0x00200000,
  STICKY: 0x00100000,
  /** Set in everything that is not a regular file. */
  TYPE: 0x8f280000,
  PERMISSIONS: 0o777,
} as const;

/** The permission bits for chmod(2). */
export function posixPermissions(mode: number): number {
  let bits = mode & GoMode.PERMISSIONS;
  if (mode & GoMode.SETUID) bits |= 0o4000;
  if (mode & GoMode.SETGID) bits |= 0o2000;
  if (mode & GoMode.STICKY) bits |= 0o1000;
  return bits;
}
