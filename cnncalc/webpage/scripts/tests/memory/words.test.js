import assert from "node:assert/strict";
import { test } from "node:test";

import { sizeIn } from "../../figures.js";
import { batchIn } from "../../memory/choices.js";
import { atMost, usableOf, verdict } from "../../memory/words.js";

const GIB = 2 ** 30;
const size = sizeIn("iec");
const gpu = ["Some GPU", 8 * GIB, 0];
const words = (known) => verdict(known, gpu, GIB, size);

test("at most half of a GPU is set aside", () => {
  assert.equal(usableOf(gpu, GIB), 7 * GIB);
  assert.equal(usableOf(["small", 100, 0], GIB), 50);
});

test("a batch does not fit where its tensors leave nothing", () => {
  assert.match(words({ batch: 2, nbytes: 8 * GIB, reserved: null }).words, /does not fit on Some GPU: .* 1\.00 GiB too much/);
  assert.match(words({ batch: 2, nbytes: 7 * GIB, reserved: null }).words, /does not fit on Some GPU: nothing would be left/);
  assert.ok(words({ batch: 2, nbytes: 7 * GIB, reserved: null }).wrong);
});

test("a batch fits where what is reserved leaves something, and only then it is said to", () => {
  assert.equal(words({ batch: 1, nbytes: 5 * GIB, reserved: 6 * GIB }).words, "A batch of 1 image fits on Some GPU: 1.00 GiB are left.");
  for (const reserved of [null, 7 * GIB]) {
    const answer = words({ batch: 3, nbytes: 5 * GIB, reserved });
    assert.match(answer.words, /^The tensors of a batch of 3 images fit on Some GPU.*`cnncalc fit` with `--gpu "Some GPU" --batch 3`/);
    assert.ok(!answer.wrong);
  }
});

test("the largest batch is named, and where there is no largest one, that", () => {
  assert.match(atMost(0, 512), /^No batch fits/);
  assert.match(atMost(1, 512), /at most 1 image fit/);
  assert.match(atMost(512, 512), /all batches up to 512/);
});

test("only whole numbers in the range are batches", () => {
  assert.equal(batchIn("7", 8), 7);
  assert.equal(batchIn(" 8 ", 8), 8);
  for (const text of ["", " ", "0", "9", "-1", "2.5", "x", "1e9"]) assert.equal(batchIn(text, 8), null);
});
