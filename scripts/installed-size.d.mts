/** The files below a directory, and what they take up on a disk of 4 KiB blocks, in bytes. */
export function installedSize(directory: string): { files: number; bytes: number };
