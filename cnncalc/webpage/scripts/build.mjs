/** Builds the script of the page: `node build.mjs` writes ../assets/report.js, `node build.mjs FILE` another file. */

import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
// Where `make page-tools` installs it.
const { build } = createRequire(join(here, "../../../.page-tools/package.json"))("esbuild");

/**
 * What the script is made of: the modules, and what says how. Sorted, so that the hash is the same everywhere.
 * @returns {string[]} paths from this folder, with `/`
 */
function sources() {
  const names = readdirSync(here, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
  const modules = names.filter((name) => name.endsWith(".js") && !name.startsWith("tests/"));
  return [...modules, "build.mjs", "package-lock.json"].sort((one, other) => (one < other ? -1 : 1));
}

/** The same hash as in tests/webpage/test_script.py. */
function hashOf(/** @type {string[]} */ names) {
  const hash = createHash("sha256");
  for (const name of names) {
    hash.update(`${name}\n`);
    hash.update(readFileSync(join(here, name)));
  }
  return hash.digest("hex");
}

await build({
  entryPoints: [join(here, "main.js")],
  outfile: process.argv[2] ?? join(here, "../assets/report.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  banner: { js: `/* Built by \`make page-script\` from cnncalc/webpage/scripts. Sources: ${hashOf(sources())} */` },
});
