import { expect, test } from "vitest";
import { formatEndpoint, parseEndpoint } from "./endpoint.ts";

test("is what Buildx writes", () => {
  const endpoint = { builder: "bb", deployment: "My_Node", kubeconfig: "/tmp/a b/~k+" };
  const text = "kubernetes:///bb?deployment=My_Node&kubeconfig=%2Ftmp%2Fa+b%2F~k%2B";
  expect(formatEndpoint(endpoint)).toBe(text);
  expect(parseEndpoint(text)).toEqual(endpoint);
});

test("empty parameters are there, and mean nothing", () => {
  const text = formatEndpoint({ builder: "bb", deployment: "d" });
  expect(text).toBe("kubernetes:///bb?deployment=d&kubeconfig=");
  expect(parseEndpoint(text).kubeconfig).toBeUndefined();
});

test.each(["tcp://1.2.3.4:1234", "mycontext", "", "kubernetes"])("%j is refused", (text) => {
  expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_ENDPOINT" }));
});
