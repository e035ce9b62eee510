import assert from "node:assert/strict";
import { test } from "node:test";

import { columnsOf, layoutOf, levelsOf } from "../../memory/chart.js";

const moments = (...rows) => rows.map(([phase, nbytes]) => ({ phase, nbytes, layer: null, event: 0, held: [] }));

test("each moment has its column where there is room", () => {
  const columns = columnsOf(moments(["forward", 1], ["forward", 2], ["backward", 3]), 3);
  assert.deepEqual(columns.map(({ shown, from, to }) => [shown, from, to]), [[0, 0, 1], [1, 1, 2], [2, 2, 3]]);
});

test("neighbours of one phase share a column, which shows the one that holds most", () => {
  const columns = columnsOf(moments(["forward", 1], ["forward", 5], ["forward", 2], ["backward", 3], ["backward", 3]), 3);
  assert.deepEqual(columns.map(({ shown, from, to }) => [shown, from, to]), [[1, 0, 2], [2, 2, 3], [3, 3, 5]]);
});

test("no moment is left out, and none is in two columns", () => {
  const rows = Array.from({ length: 997 }, (_, index) => [index < 400 ? "forward" : "backward", (index * 7919) % 1000]);
  for (const most of [1, 2, 10, 360, 2000]) {
    const columns = columnsOf(moments(...rows), most);
    assert.equal(columns[0].from, 0);
    assert.equal(columns.at(-1).to, rows.length);
    columns.slice(1).forEach((column, index) => assert.equal(column.from, columns[index].to));
    assert.ok(columns.length <= Math.max(most + 1, 2));
  }
});

test("levels are round numbers in the unit of the most", () => {
  const mib = 2 ** 20;
  assert.deepEqual(levelsOf(10 * mib), [0, 2, 4, 6, 8, 10].map((level) => level * mib));
  for (const most of [1, 700, 1023, 1024, 123456, 3 * 2 ** 30, 2 ** 53 - 1]) {
    const levels = levelsOf(most);
    assert.ok(levels.length >= 2 && levels.length <= 6, `${most}: ${levels}`);
    assert.ok(levels.at(-1) <= most);
  }
});

test("the moment below a place of the chart is the one that is drawn there", () => {
  const all = moments(...Array.from({ length: 100 }, (_, index) => ["forward", index]));
  for (const width of [200, 320, 1280]) {
    const layout = layoutOf(width, all);
    for (const { shown } of layout.columns) assert.equal(layout.momentAt(layout.middleOf(shown)), shown);
    assert.equal(layout.momentAt(-5), layout.columns[0].shown);
    assert.equal(layout.momentAt(width + 5), layout.columns.at(-1).shown);
  }
});
