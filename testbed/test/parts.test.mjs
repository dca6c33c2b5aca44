import assert from "node:assert/strict";
import { test } from "node:test";
import { named, parts, withNeeds } from "../lib/parts.mjs";

/** @param {{ name: string }[]} list */
const names = (list) => list.map((part) => part.name);

test("each part comes after those it needs", () => {
  for (const [index, part] of parts.entries()) {
    for (const need of part.needs)
      assert.ok(names(parts.slice(0, index)).includes(need), `${part.name}: ${need}`);
  }
});

test("a part brings what it needs, and nothing else", () => {
  assert.deepEqual(names(withNeeds(["registry"])), ["registry"]);
  assert.deepEqual(names(withNeeds(["images"])), ["tools", "registry", "buildkitd", "images"]);
  assert.deepEqual(withNeeds([]), parts);
});

test("an unknown part is refused with the list of parts", () => {
  assert.throws(() => named(["podman"]), /no part called podman; there are tools,/);
});
