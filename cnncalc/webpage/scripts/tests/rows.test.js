import assert from "node:assert/strict";
import { test } from "node:test";

import { shownRows } from "../rows.js";

// Two blocks, one inside the other; figures: values, parameters.
const ROWS = /** @type {import("../rows.js").Row[]} */ ([
  ["input", "input INPUT", 0, 0, 0, 12, 0],
  ["a", "unit", 0, 1, 0, 90, 30],
  ["a.conv1", "conv CONV3-4", 1, 0, 0, 40, 10],
  ["a.b", "unit", 1, 1, 0, 50, 20],
  ["a.b.conv1", "conv CONV1-4", 2, 0, 0, 50, 20],
  ["a.b.relu", "relu RELU", 2, 0, 1, 0, 0],
  ["fc", "fc FC", 0, 0, 0, null, 20],
]);
const VIEW = { folded: new Set(), slight: false, filter: "", by: null, ascending: false };

/** @param {Partial<import("../rows.js").View>} view */
const shown = (view) => shownRows(ROWS, { ...VIEW, ...view }).map((index) => ROWS[index][0]);

test("without a choice every row is there but those that store and learn nothing", () => {
  assert.deepEqual(shown({}), ["input", "a", "a.conv1", "a.b", "a.b.conv1", "fc"]);
  assert.equal(shown({ slight: true }).length, ROWS.length);
});

test("a folded block hides what is in it, inner blocks too", () => {
  assert.deepEqual(shown({ folded: new Set(["a", "a.b"]) }), ["input", "a", "fc"]);
  assert.deepEqual(shown({ folded: new Set(["a.b"]) }), ["input", "a", "a.conv1", "a.b", "fc"]);
});

test("a filter looks at names, types and labels, and keeps the blocks around", () => {
  assert.deepEqual(shown({ filter: "conv3", folded: new Set(["a"]) }), ["a", "a.conv1"]);
  assert.deepEqual(shown({ filter: "B.CONV" }), ["a", "a.b", "a.b.conv1"]);
  assert.deepEqual(shown({ filter: "conv a.b" }), ["a", "a.b", "a.b.conv1"]);
  assert.deepEqual(shown({ filter: "nothing" }), []);
});

test("sorted there are layers alone, largest first, equal ones in order, unknown ones last", () => {
  assert.deepEqual(shown({ by: 0 }), ["a.b.conv1", "a.conv1", "input", "fc"]);
  assert.deepEqual(shown({ by: 0, ascending: true }), ["input", "a.conv1", "a.b.conv1", "fc"]);
  assert.deepEqual(shown({ by: 1 }), ["a.b.conv1", "fc", "a.conv1", "input"]);
  assert.deepEqual(shown({ by: 1, filter: "conv" }), ["a.b.conv1", "a.conv1"]);
});
