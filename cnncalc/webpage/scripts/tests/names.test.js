import assert from "node:assert/strict";
import { test } from "node:test";

import { boxesOf, following, holds, outwards } from "../names.js";

test("a block holds what is in it, and no other name that begins alike", () => {
  assert.ok(holds("stage1", "stage1"));
  assert.ok(holds("stage1", "stage1.conv1"));
  assert.ok(!holds("stage1", "stage10.conv1"));
  assert.ok(!holds("stage1.conv1", "stage1"));
});

test("names go outwards to the outermost block", () => {
  assert.deepEqual(outwards("a.b.c"), ["a.b.c", "a.b", "a"]);
  assert.deepEqual(outwards("a"), ["a"]);
});

const BOXES = [["stem"], ["s1.a", "s1.b"], ["s1.a.conv1", "s1.b.conv1"], ["s2"]];

test("a selected layer is shown by its own box, else by that of the innermost block around it", () => {
  assert.deepEqual(boxesOf(BOXES, "s1.b.conv1"), [2]);
  assert.deepEqual(boxesOf(BOXES, "s1.b.conv2"), [1]);
  assert.deepEqual(boxesOf(BOXES, "s2.x.y"), [3]);
  assert.deepEqual(boxesOf(BOXES, null), []);
  assert.deepEqual(boxesOf(BOXES, "s22"), []);
});

test("a selected block without a box is shown by what is in it", () => {
  assert.deepEqual(boxesOf(BOXES, "s1"), [1, 2]);
});

test("each press goes on to the next name, and from the last to the first", () => {
  assert.equal(following(["a", "b"], null), "a");
  assert.equal(following(["a", "b"], "a"), "b");
  assert.equal(following(["a", "b"], "b"), "a");
  assert.equal(following(["a", "b"], "c"), "a");
});
