import assert from "node:assert/strict";
import { test } from "node:test";

import { holds, outwards } from "../names.js";

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
