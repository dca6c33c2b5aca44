import type { Capabilities, Driver } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import type { StoredBuilder } from "@tsbx/core/store";
import { describe, expect, it } from "vitest";
import { withAlternatives } from "./alternatives.ts";
import type { BuilderHost } from "./host.ts";

const able = { ociTarball: true } as Capabilities;
const unable = { ociTarball: false } as Capabilities;

const driver = (name: string, capabilities: Capabilities, more: Partial<Driver> = {}) =>
  ({ name, capabilities, endpoint: { required: false, doc: "" }, ...more }) as Driver;
const builder = (name: string, driver: string): StoredBuilder => ({
  name,
  driver,
  nodes: [],
  dynamic: false,
});

/** A missing `ociTarball` of the builder `poor`. */
const missing = () =>
  Object.assign(
    new TsbxError("CAPABILITY_MISSING", "cannot", { hint: "Do without.", builder: "poor", node: "poor0" }),
    { capability: "ociTarball" },
  );

async function hint(
  drivers: ReadonlyArray<Driver | Error>,
  stored: readonly StoredBuilder[] = [],
  builders?: readonly StoredBuilder[],
): Promise<string | undefined> {
  const names = drivers.map((each) => each.name);
  const load = async (name: string) => {
    const found = drivers[names.indexOf(name)]!;
    if (found instanceof Error) throw found;
    return found;
  };
  const host = {
    drivers: { names: () => names, load, installCommand: (name: string) => `npm install driver-${name}` },
    store: { list: async () => ({ builders: stored, failures: [] }) },
  } as unknown as BuilderHost;
  const error = (await withAlternatives(missing(), host, builders)) as TsbxError;
  expect(error).toMatchObject({
    code: "CAPABILITY_MISSING",
    message: "cannot",
    builder: "poor",
    node: "poor0",
  });
  return error.hint;
}

const container = driver("docker-container", able);

describe("what to do about a missing capability", () => {
  it("is to use a builder that there is, of a driver that has it", async () => {
    const drivers = [container, driver("remote", able), driver("docker", unable)];
    const stored = [
      builder("poor", "docker-container"),
      builder("a", "docker"),
      builder("b", "docker-container"),
      builder("c", "not-installed"),
      builder("d", "remote"),
    ];
    expect(await hint(drivers, stored)).toBe(
      "Do without. Use --builder b (docker-container) or --builder d (remote).",
    );
    const many = ["e", "f", "g", "h"].map((name) => builder(name, "remote"));
    expect(await hint(drivers, many)).not.toContain("--builder h");
  });

  it.each<[string, Driver[], string]>([
    ["the usual driver", [driver("kubernetes", able), container], "docker-container"],
    ["the other usual one", [driver("docker-container", unable), driver("buildkitd", able)], "buildkitd"],
    ["any driver", [driver("kubernetes", able)], "kubernetes"],
    [
      "none that needs an endpoint, or makes its builders itself",
      [
        driver("remote", able, { endpoint: { required: true, doc: "" } }),
        driver("docker", able, { implicitOnly: true }),
        driver("zed", able),
      ],
      "zed",
    ],
  ])("is to create one with %s", async (_, drivers, name) => {
    expect(await hint(drivers)).toBe(
      `Do without. Create a builder that can: tsbx create --driver ${name} --use.`,
    );
  });

  it("is to create one also where builders of the store would not do", async () => {
    const stored = [builder("b", "docker-container")];
    expect(await hint([container], stored, [])).toMatch(/ Create a builder that can: .*docker-container/);
  });

  it.each([
    ["no driver that has it", [driver("docker", unable)]],
    ["a broken one alone", [Object.assign(new Error("broken"), { name: "docker-container" })]],
  ])("is to install a driver where there is %s", async (_, drivers) => {
    expect(await hint(drivers)).toBe(
      "Do without. A builder of the docker-container driver can: npm install driver-docker-container, then tsbx create --use.",
    );
  });

  it("is not said of other errors", async () => {
    const error = new TsbxError("OTHER", "other");
    expect(await withAlternatives(error, {} as BuilderHost)).toBe(error);
  });
});
