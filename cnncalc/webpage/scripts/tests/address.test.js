import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, layerOf } from "../address.js";

test("an address names a layer of its network, and of no other", () => {
  assert.equal(layerOf("#stage1.conv1", ""), "stage1.conv1");
  assert.equal(layerOf("#2:stage1.conv1", "2:"), "stage1.conv1");
  assert.equal(layerOf("#2:stage1.conv1", ""), null);
  assert.equal(layerOf("#stage1.conv1", "2:"), null);
});

test("a part of the page is no layer", () => {
  assert.equal(layerOf("#:table", ""), null);
  assert.equal(layerOf("#2::table", "2:"), null);
  assert.equal(layerOf("", ""), null);
});

test("an address that cannot be read names nothing", () => {
  assert.equal(layerOf("#%E0%A4%A", ""), null);
});

test("the address of a layer names it", () => {
  for (const prefix of ["", "2:"]) assert.equal(layerOf(addressOf("a.b-1_c", prefix), prefix), "a.b-1_c");
});
