import { TsbxError } from "@tsbx/core/driver";

/** The directory of buildkitd's configuration, relative to where archives are unpacked. */
const FOLDER = "buildkit";
const BLOCK = 512;

/** A tar archive with the configuration files of a node and the directories that they are in, root's alone to change. */
export function configArchive(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const folders = new Set([FOLDER]);
  const entries: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const parts = [FOLDER, ...checked(name).split("/")];
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join("/"));
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    entries.push(header(parts.join("/"), "0", 0o644, content.length), Buffer.from(content), padding);
  }
  const made = [...folders].sort().map((folder) => header(`${folder}/`, "5", 0o755, 0));
  return Buffer.concat([...made, ...entries, Buffer.alloc(2 * BLOCK)]);
}

function checked(name: string): string {
  const parts = name.split("/");
  const leaves = parts.some((part) => part === "" || part === "." || part === "..");
  if (!leaves && !/[\\\0]/.test(name)) return name;
  throw new TsbxError("INVALID_CONFIG_FILE", `a configuration file cannot be named ${JSON.stringify(name)}`);
}

/** One header of POSIX ustar. */
function header(path: string, type: "0" | "5", mode: number, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  writePath(path, block);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  block.write("root", 265, "latin1");
  block.write("root", 297, "latin1");
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** A long path is split at a slash: 155 bytes of prefix, 100 of name. */
function writePath(path: string, block: Buffer): void {
  const fits = (name: string, prefix: string) =>
    Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155;
  for (let slash = -1; ; slash = path.indexOf("/", slash + 1)) {
    const [prefix, name] = slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
    if (fits(name, prefix)) {
      block.write(name, 0);
      block.write(prefix, 345);
      return;
    }
    if (slash === path.lastIndexOf("/")) {
      throw new TsbxError("INVALID_CONFIG_FILE", `the name of configuration file ${path} is too long`);
    }
  }
}
