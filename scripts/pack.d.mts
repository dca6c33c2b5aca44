/** This process's environment with the pinned pnpm, and without what the package manager that runs us has set. */
export function installEnv(): Record<string, string>;
/** A package's tarball; packed once for each process. Its name is without the scope. */
export function tarball(name: string): Promise<string>;
/** Installs packages of ours into a new project; what else they need comes from the registry. */
export function install(manager: "npm" | "pnpm", project: string, names: readonly string[]): Promise<void>;
/** Packages and those of ours that they need, all without the scope. */
export function withOwnDependencies(names: readonly string[]): string[];
