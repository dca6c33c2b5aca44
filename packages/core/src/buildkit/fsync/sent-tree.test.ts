import { expect, test } from "vitest";
import { SentTree } from "./sent-tree.ts";

test("sums by top-level entry, largest first", () => {
  const sent = new SentTree();
  sent.add("a", 1);
  sent.add("a-b/x", 10);
  sent.add("a-b/y/z", 20);
  sent.add("a/never-a-file-and-a-directory", 1);
  sent.add("ab", 5);
  sent.add("a-b/late", 30);
  sent.add(Buffer.from("ü/x").toString("latin1"), 7);
  expect(sent).toMatchObject({ files: 7, bytes: 74 });
  expect(sent.largest(3)).toEqual([
    { path: "a-b", files: 3, bytes: 60 },
    { path: "ü", files: 1, bytes: 7 },
    { path: "ab", files: 1, bytes: 5 },
  ]);
});

test("the largest of hundreds of thousands are found in little memory", () => {
  const sent = new SentTree();
  for (let i = 0; i < 300_000; i++) {
    sent.add(`file-${i}`, 1 + (i % 1000));
    // One directory is sent a file at a time between all the others.
    if (i % 100 === 0) sent.add(`large/${i}`, 2000);
  }
  expect(sent.files).toBe(303_000);
  const [first, second] = sent.largest(5_000);
  expect(first).toMatchObject({ path: "large" });
  // What was dropped of it was small when it was.
  expect(first!.bytes).toBeGreaterThan(0.99 * 3000 * 2000);
  expect(second!.bytes).toBe(1000);
  expect(sent.largest(5_000).length).toBeLessThanOrEqual(2048);
});
