import assert from "node:assert/strict";
import { test } from "node:test";

import { createPage } from "../page.js";

function pageWithNotes() {
  /** @type {unknown[]} */
  const addresses = [];
  /** @type {unknown[]} */
  const heard = [];
  const page = createPage((name) => addresses.push(name));
  page.onSelect((name, origin) => heard.push([name, origin]));
  return { page, addresses, heard };
}

test("a selection reaches every listener, and the address", () => {
  const { page, addresses, heard } = pageWithNotes();
  page.select("conv1", "table");
  assert.deepEqual(heard, [["conv1", "table"]]);
  assert.deepEqual(addresses, ["conv1"]);
  assert.equal(page.selected(), "conv1");
});

test("the same selection again is none", () => {
  const { page, heard } = pageWithNotes();
  page.select("conv1", "table");
  page.select("conv1", "graph");
  assert.equal(heard.length, 1);
});

test("a selection by the address is made, and does not set it", () => {
  const { page, addresses, heard } = pageWithNotes();
  page.select("conv1", "link");
  page.select("conv1", "link");
  assert.deepEqual(heard, [["conv1", "link"], ["conv1", "link"]]);
  assert.deepEqual(addresses, []);
});
