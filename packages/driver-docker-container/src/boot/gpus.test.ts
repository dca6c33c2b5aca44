import { abortedError, TsbxError } from "@tsbx/core/driver";
import { type Engine, EngineError, type EngineRequest } from "@tsbx/docker-engine";
import { expect, test } from "vitest";
import { gpuRequests } from "./gpus.ts";

const ALL = [{ Count: -1, Capabilities: [["gpu"]] }];
const IDS = { image: "moby/buildkit:x", container: "buildx_buildkit_n" };

/** An engine that refuses a step, or does something at it; with what it was asked. */
function engineThat(at: (step: string) => void = () => {}) {
  const asked: Array<{ step: string } & EngineRequest> = [];
  const json = async (method: string, path: string, request: EngineRequest) => {
    const step = `${method} ${path}`;
    asked.push({ step, ...request });
    at(step);
    if (request.signal.aborted) throw abortedError(request.signal);
    return { Id: "made" };
  };
  return { engine: { json } as unknown as Engine, asked };
}

const fail = (pattern: RegExp, error: Error) => (step: string) => {
  if (pattern.test(step)) throw error;
};
const refusal = new EngineError(500, "could not select device driver");
const steps = (asked: Array<{ step: string }>) => asked.map(({ step }) => step);

test("a probe with all GPUs that starts has them, and is removed", async () => {
  const { engine, asked } = engineThat();
  expect(await gpuRequests(engine, IDS, new AbortController().signal)).toEqual(ALL);
  const [create, ...others] = asked;
  expect(create).toMatchObject({
    step: "POST /containers/create",
    body: {
      Image: IDS.image,
      Entrypoint: ["/bin/true"],
      HostConfig: { NetworkMode: "none", AutoRemove: true, DeviceRequests: ALL },
    },
  });
  expect(create?.query?.name).toMatch(/^buildx_buildkit_n_gpus_[0-9a-f]{8}$/);
  expect(steps(others)).toEqual(["POST /containers/made/start", "DELETE /containers/made"]);
});

test("there are none when it cannot be created", async () => {
  const { engine, asked } = engineThat(fail(/create$/, refusal));
  expect(await gpuRequests(engine, IDS, new AbortController().signal)).toEqual([]);
  expect(asked).toHaveLength(1);
});

test("there are none when it cannot be started, and it is removed", async () => {
  const { engine, asked } = engineThat(fail(/start$/, refusal));
  expect(await gpuRequests(engine, IDS, new AbortController().signal)).toEqual([]);
  expect(steps(asked).at(-1)).toBe("DELETE /containers/made");
});

test("a removal that fails fails nothing", async () => {
  const { engine } = engineThat(fail(/^DELETE/, refusal));
  expect(await gpuRequests(engine, IDS, new AbortController().signal)).toEqual(ALL);
});

test("a daemon that is gone is not one without GPUs", async () => {
  const { engine } = engineThat(fail(/start$/, new TsbxError("ENGINE_UNREACHABLE", "gone")));
  const probing = gpuRequests(engine, IDS, new AbortController().signal);
  await expect(probing).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
});

test.each(["create", "start"])("it is removed when the boot is cancelled at its %s", async (step) => {
  const cancel = new AbortController();
  const { engine, asked } = engineThat((current) => {
    if (current.endsWith(step)) cancel.abort();
  });
  await expect(gpuRequests(engine, IDS, cancel.signal)).rejects.toMatchObject({ code: "ABORTED" });
  expect(steps(asked).at(-1)).toBe("DELETE /containers/made");
});
