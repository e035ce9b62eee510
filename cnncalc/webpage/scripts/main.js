/** Mounts every section of every network of the page. */

import { addressOf, layerOf } from "./address.js";
import { mount as bars } from "./bars.js";
import { mount as fields } from "./fields.js";
import { mount as graph } from "./graph.js";
import { mount as memory } from "./memory/section.js";
import { createPage } from "./page.js";
import { mount as spec } from "./spec.js";
import { mount as table } from "./table.js";

/**
 * What a section does: it gets its element, its data (null where it has none), and the page of its network.
 * @callback Mount
 * @param {HTMLElement} root
 * @param {any} data
 * @param {import("./page.js").Page} page
 * @returns {void}
 */

/**
 * The modules of sections, by the id of the section.
 * @type {Record<string, Mount>}
 */
const MOUNTS = { bars, fields, graph, memory, spec, table };

/** @param {HTMLElement} article */
function mountNetwork(article) {
  const prefix = article.dataset.prefix ?? "";
  const page = createPage((name) => {
    const address = name === null ? location.pathname + location.search : addressOf(name, prefix);
    history.replaceState(null, "", address);
  });
  for (const root of article.querySelectorAll("section[data-section]")) {
    if (!(root instanceof HTMLElement)) continue;
    const mount = MOUNTS[root.dataset.section ?? ""];
    const data = root.querySelector(':scope > script[type="application/json"]');
    mount?.(root, data === null ? null : JSON.parse(data.textContent ?? "null"), page);
  }
  const follow = () => {
    const name = layerOf(location.hash, prefix);
    if (name !== null) page.select(name, "link");
  };
  addEventListener("hashchange", follow);
  follow();
}

// Styles for a page without a script do not hold here.
document.documentElement.classList.add("scripted");
for (const article of document.querySelectorAll("[data-network]")) {
  if (article instanceof HTMLElement) mountNetwork(article);
}
