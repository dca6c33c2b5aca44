import { join } from "node:path";
import { type DriverContext, dockerHost } from "@tsbx/core/driver";
import { BuilderStore } from "@tsbx/core/store";
import type { CommandContext } from "../commands/command.ts";
import { discoverDrivers } from "../discovery/discover.ts";
import type { InstalledDrivers } from "../discovery/drivers.ts";
import { type DockerConfig, dockerConfigDir, dockerContext, readDockerConfig } from "../docker-config.ts";
import type { Environment } from "../io.ts";
import { stateDir } from "./state-dir.ts";

/** What finding and opening builders takes. */
export interface BuilderHost {
  env: Environment;
  /** What relative paths are relative to. */
  cwd: string;
  store: BuilderStore;
  dockerConfig: DockerConfig;
  drivers: Pick<InstalledDrivers, "has" | "installCommand" | "load" | "names" | "providers">;
  signal: AbortSignal;
  warn: (text: string) => void;
}

/** Reads where builders and drivers are; loads none of them. */
export async function builderHost({ io, signal, warn }: CommandContext): Promise<BuilderHost> {
  const { env, cwd } = io;
  const [dockerConfig, drivers] = await Promise.all([readDockerConfig(env, warn), discoverDrivers(io)]);
  return { env, cwd, store: new BuilderStore(storeDir(env), env), dockerConfig, drivers, signal, warn };
}

/** The directory in which buildx keeps its builders, too. */
export function storeDir(env: Environment): string {
  return env.BUILDX_CONFIG || join(dockerConfigDir(env), "buildx");
}

/** What the store calls the docker endpoint in use: the context's name, or the default context's host. */
export function endpointKey({ dockerConfig, env }: Pick<BuilderHost, "dockerConfig" | "env">): string {
  const context = dockerContext(env, dockerConfig);
  return context === "default" ? dockerHost(env) : context;
}

/** What a driver gets from this host, where no registry is asked. */
export function driverContext({ env }: Pick<BuilderHost, "env">, driver: string): DriverContext {
  return { env, stateDir: join(stateDir(env), driver) };
}
