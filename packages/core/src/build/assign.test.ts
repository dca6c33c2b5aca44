import { describe, expect, it } from "vitest";
import type { BuilderNode } from "../builder/node.ts";
import { assignBooted, assignDeclared } from "./assign.ts";

function node(name: string, platforms?: string[]): BuilderNode {
  return {
    name,
    config: { builder: "b", name, options: {}, ...(platforms && { platforms }) },
  } as BuilderNode;
}

function shown(assignments: ReadonlyArray<{ node: BuilderNode; platforms: readonly string[] }> | undefined) {
  return assignments?.map(({ node, platforms }) => [node.name, ...platforms]);
}

describe("by what nodes were created for", () => {
  it("a single node, and a build for no platform, need no choice", () => {
    const [a, b] = [node("a"), node("b")];
    expect(shown(assignDeclared([a], ["linux/s390x", "linux/arm64"]))).toEqual([
      ["a", "linux/s390x", "linux/arm64"],
    ]);
    expect(shown(assignDeclared([a, b], []))).toEqual([["a"]]);
  });

  it("groups the platforms of a node", () => {
    const nodes = [node("a", ["linux/amd64", "linux/386"]), node("b", ["linux/arm64"])] as const;
    expect(shown(assignDeclared(nodes, ["linux/386", "linux/arm64", "linux/amd64"]))).toEqual([
      ["a", "linux/386", "linux/amd64"],
      ["b", "linux/arm64"],
    ]);
  });

  it("does not tell when a platform is nobody's, or only compatible", () => {
    const nodes = [node("a", ["linux/amd64"]), node("b", ["linux/arm64"])] as const;
    expect(assignDeclared(nodes, ["linux/amd64", "linux/arm/v7"])).toBeUndefined();
    expect(assignDeclared([node("a"), node("b")], ["linux/amd64"])).toBeUndefined();
  });
});

describe("by what running nodes report", () => {
  it("prefers a node that was created for the platform to one that emulates it", () => {
    const booted = [
      { node: node("a"), platforms: ["linux/amd64", "linux/arm64"] },
      { node: node("b", ["linux/arm64"]), platforms: ["linux/arm64"] },
    ];
    const { assignments, claimed } = assignBooted(booted, ["linux/amd64", "linux/arm64"]);
    expect(shown(assignments)).toEqual([
      ["a", "linux/amd64"],
      ["b", "linux/arm64"],
    ]);
    expect(claimed).toBe(true);
  });

  it("takes compatible platforms, the closest first, and gives the rest to the first node", () => {
    const booted = [
      { node: node("a"), platforms: ["linux/arm64"] },
      { node: node("b"), platforms: ["linux/arm/v7"] },
    ];
    const { assignments, claimed } = assignBooted(booted, ["linux/arm/v6", "linux/s390x"]);
    expect(shown(assignments)).toEqual([
      ["b", "linux/arm/v6"],
      ["a", "linux/s390x"],
    ]);
    expect(claimed).toBe(false);
  });
});
