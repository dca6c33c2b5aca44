import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILE = ".token_seed";
const SEED_LENGTH = 16;

type SeedFile = Record<string, { Seed: string }>;

/**
 * The secret that this machine's token authority keys are made from, one per registry host. Kept in a file
 * in the form that Docker's own clients use, so that builds by either share their tokens in the daemon.
 */
export class TokenSeeds {
  readonly #directory: string | undefined;
  readonly #seeds = new Map<string, Promise<Buffer>>();
  // One after the other: the file is read and written whole.
  #last: Promise<unknown> = Promise.resolve();

  /** @param directory where the file is, usually `~/.docker`; without it, seeds live as long as this object */
  constructor(directory: string | undefined) {
    this.#directory = directory;
  }

  seed(host: string): Promise<Buffer> {
    const known = this.#seeds.get(host);
    if (known) return known;
    const seed = this.#last.then(() => this.#load(host));
    this.#last = seed;
    this.#seeds.set(host, seed);
    return seed;
  }

  async #load(host: string): Promise<Buffer> {
    const fresh = randomBytes(SEED_LENGTH);
    if (this.#directory === undefined) return fresh;
    const path = join(this.#directory, FILE);
    const file = await readSeeds(path);
    const kept = Buffer.from(Object.hasOwn(file, host) ? file[host]!.Seed : "", "base64");
    if (kept.length > 0) return kept;
    // Another process may write at the same time; what is lost then is made anew by the next build.
    await writeSeeds(this.#directory, path, { ...file, [host]: { Seed: fresh.toString("base64") } });
    return fresh;
  }
}

/** What can be read of the file: a seed that is lost costs a token, a build that fails costs more. */
async function readSeeds(path: string): Promise<SeedFile> {
  try {
    const content = JSON.parse(await readFile(path, "utf8")) as Record<string, { Seed?: unknown } | null>;
    const sound = Object.entries(content ?? {}).filter(([, entry]) => typeof entry?.Seed === "string");
    return Object.fromEntries(sound) as SeedFile;
  } catch {
    return {};
  }
}

async function writeSeeds(directory: string, path: string, seeds: SeedFile): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(temporary, JSON.stringify(seeds, null, 2), { mode: 0o600, flag: "wx" });
    await rename(temporary, path);
  } catch {
    // A directory that cannot be written, as in many containers: the seed then lasts for this build.
    await rm(temporary, { force: true }).catch(() => {});
  }
}
