import { expect, test } from "vitest";
import { layoutOf } from "./layout.ts";

const layout = (stateDir: string, env: Record<string, string> = {}, name = "b0") =>
  layoutOf({ builder: "b", name, options: {} }, { env, stateDir });
const long = `/home/me/${"deep/".repeat(20)}`;

test("the socket lies with the rest when its path is short enough", () => {
  expect(layout("/s").socket).toBe("/s/b/b0/buildkitd.sock");
});

test.each([
  [{ XDG_RUNTIME_DIR: "/run/user/1000", TMPDIR: "/var/tmp" }, "/run/user/1000/tsbx-"],
  [{ TMPDIR: "/var/tmp" }, "/var/tmp/tsbx-"],
  [{ XDG_RUNTIME_DIR: "relative", TMPDIR: long }, "/tmp/tsbx-"],
])("else in the first directory that makes it so, %j", (env, start) => {
  const { socket, otelSocket } = layout(long, env);
  expect(socket.startsWith(start)).toBe(true);
  expect(otelSocket.startsWith(start)).toBe(true);
  expect(socket.length).toBeLessThanOrEqual(104);
});

test("the limit counts bytes", () => {
  expect(layout(`/${"ä".repeat(45)}`).sockets).toMatch(/^\/tmp\/tsbx-/);
});

test("each node has a place of its own, the same every time", () => {
  expect(layout(long).socket).toBe(layout(long).socket);
  expect(layout(long).socket).not.toBe(layout(long, {}, "b1").socket);
});
