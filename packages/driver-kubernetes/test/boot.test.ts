import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, failureOf, never, TestNamespace } from "./namespace.ts";

let namespace: TestNamespace;
beforeAll(async () => {
  namespace = await TestNamespace.create();
});
afterAll(() => namespace.remove());

afterEach(() => namespace.isEmpty());

test("boot, status and remove: two boots at once make one deployment", async () => {
  const handles = [namespace.handle({ replicas: "2" }), namespace.handle({ replicas: "2" })];
  const [handle] = handles as [(typeof handles)[0]];
  expect(await handle.status(never)).toEqual({ state: "inactive" });
  const steps: string[] = [];
  await Promise.all(handles.map((one) => one.boot((step) => steps.push(step), never)));
  expect(steps.filter((step) => step.startsWith("creating deployment b0"))).not.toEqual([]);
  const pods = (await namespace.pods()).map(({ metadata }) => metadata!.name);
  expect(pods).toHaveLength(2);
  const { state, detail, replicas } = await handle.status(never);
  expect({ state, detail }).toEqual({
    state: "running",
    detail: `deployment b0 in namespace ${namespace.name}, 2 of 2 pods ready`,
  });
  expect(replicas!.map(({ name }) => name)).toEqual(pods.sort());
  expect(await handle.logs!(never)).toContain("running server on");
  // A further boot finds it and does nothing.
  const more: string[] = [];
  await handle.boot((step) => more.push(step), never);
  expect(more).toEqual([]);
  await handle.remove({ keepState: false }, never);
  expect(await handle.status(never)).toEqual({ state: "inactive" });
  expect(await namespace.contents()).toEqual([]);
});

test("removing what is not there is no error", async () => {
  await namespace.handle().remove({ keepState: false }, never);
});

test("a boot whose maker is cancelled makes the pods itself", async () => {
  const files = { "buildkitd.toml": Buffer.from("debug = true\n") };
  const cancel = new AbortController();
  const first = failureOf(namespace.handle({}, { files }).boot(() => {}, cancel.signal));
  await eventually(async () => expect(await namespace.pods()).not.toEqual([]));
  const handle = namespace.handle({}, { files });
  const second = handle.boot(() => {}, never);
  cancel.abort();
  expect(await first).toMatchObject({ code: "ABORTED" });
  await second;
  expect((await handle.status(never)).state).toBe("running");
  await handle.remove({ keepState: false }, never);
});

test("an image that cannot be pulled ends the boot long before its timeout, with what the registry says", async () => {
  const image = "moby/buildkit:no-such-tag";
  const error = await failureOf(namespace.handle({ image, timeout: "10m" }).boot(() => {}, never));
  expect(error).toMatchObject({ code: "KUBERNETES_NOT_READY", hint: expect.stringContaining(image) });
  expect(error.message).toMatch(/^pod b0-\S+ cannot start: (ErrImagePull|ImagePullBackOff): .*no-such-tag/);
  expect(error.message).toMatch(/its last events:\n(.*\n)*.*(Failed|BackOff): /);
});

test("a buildkitd that does not start ends the boot with its last lines", async () => {
  const files = { "buildkitd.toml": Buffer.from("debug = maybe\n") };
  const error = await failureOf(namespace.handle({ timeout: "10m" }, { files }).boot(() => {}, never));
  expect(error.message).toMatch(
    /^pod b0-\S+ cannot start: CrashLoopBackOff: container buildkitd ended with exit code 1;/,
  );
  expect(error.message).toMatch(/its log ends with:\n(.*\n)*.*toml/);
});

test("a pod that no machine suits ends the boot, with what the scheduler says", async () => {
  const handle = namespace.handle({ nodeselector: "no=such", timeout: "10m" });
  const error = await failureOf(handle.boot(() => {}, never));
  expect(error).toMatchObject({
    code: "KUBERNETES_NOT_READY",
    hint: expect.stringContaining("nodeselector"),
  });
  expect(error.message).toMatch(/^pod b0-\S+ cannot start: Unschedulable: .*node affinity\/selector/);
  expect(error.message).toContain("FailedScheduling");
});

test("a service account that is not there ends the boot with its name", async () => {
  const handle = namespace.handle({ serviceaccount: "nobody", timeout: "10m" });
  const error = await failureOf(handle.boot(() => {}, never));
  expect(error.message).toMatch(
    /^deployment b0 cannot start: FailedCreate: .*serviceaccount "nobody" not found/,
  );
});
