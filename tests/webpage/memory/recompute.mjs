/** Computes with the modules of the page what a test asks for: JSON from standard input to standard output. */

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const scripts = pathToFileURL(process.argv[2] + "/");
const { heldAfter, highest, momentsOf } = await import(new URL("memory/peak.js", scripts).href);
const { runner } = await import(new URL("memory/run.js", scripts).href);
const { sizeIn } = await import(new URL("figures.js", scripts).href);

const { record, asked, usable, sizes, units } = JSON.parse(readFileSync(0, "utf8"));
const runners = record.runs.map((_, index) => runner(record, index));

const answers = asked.map(({ run, batch, workspace }) => {
  const computed = runners[run].compute(batch, workspace);
  const moments = momentsOf(computed.trace, computed.sizes, record.categories.length);
  const at = moments[highest(moments)];
  return {
    nbytes: computed.nbytes,
    place: computed.place,
    phase: at.phase,
    layer: at.layer,
    moment: at.nbytes,
    held: Array.from(at.held),
    alive: heldAfter(computed.trace, computed.sizes, at.event).map(({ tensor, nbytes }) => [
      computed.trace.layers[tensor],
      computed.trace.names[tensor],
      record.categories[computed.trace.category[tensor]],
      nbytes,
    ]),
    moments: moments.map((moment) => moment.nbytes),
    refusal: runners[run].refusal(batch),
  };
});
const largest = usable.map(({ run, nbytes, workspace }) => runners[run].largest(nbytes, workspace));
process.stdout.write(JSON.stringify({ answers, largest, sizes: sizes.map(sizeIn(units)) }));
