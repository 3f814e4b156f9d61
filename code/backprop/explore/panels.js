// What explorables with several plots share: axes that change, and a list of numbers with their names.

import { format, html, setText } from "./parts.js";

/**
 * A plot that is made anew when what its axes depend on changes.
 * @template {{element: Element}} Plot
 * @param {(options: any) => Plot} make
 * @returns {{element: HTMLElement, with: (options: any) => Plot}}
 */
export function anew(make) {
  const element = html("div", {});
  let key = null, plot = null;
  return {
    element,
    with(options) {
      const next = JSON.stringify(options);
      if (next !== key) {
        key = next;
        plot = make(options);
        element.replaceChildren(plot.element);
      }
      return plot;
    },
  };
}

/** @typedef {[string, string, string][]} Facts */

/**
 * Numbers with their names, as text.
 * @returns {{element: HTMLElement, set: (rows: Facts) => void}}
 *   set gets for each the place in values() where it stands, or "", a name and a text
 */
export function factList() {
  const element = html("dl", { class: "explorable-facts" });
  let keys = null, cells = [];
  return {
    element,
    set(rows) {
      const next = rows.map(([key]) => key).join(" ");
      if (next !== keys) {
        keys = next;
        cells = rows.map(([key]) => [html("dt"), html("dd", { "data-value": key || null })]);
        element.replaceChildren(...cells.map((pair) => html("div", {}, ...pair)));
      }
      rows.forEach(([, name, text], k) => {
        setText(cells[k][0], name);
        setText(cells[k][1], text);
      });
    },
  };
}

/** Numbers with their names, as a sentence that is read. @param {Facts} rows */
export const listed = (rows) => `${rows.map(([, name, text]) => `${name}: ${text}`).join("; ")}.`;

/** Between two powers of a factor, wide enough for all numbers; such a range changes rarely. */
export function decades(numbers, factor = 10, least = 1) {
  const logs = numbers.filter((number) => number > 0 && Number.isFinite(number))
    .map((number) => Math.log(number) / Math.log(factor));
  const low = Math.floor(Math.min(0, ...logs)), high = Math.ceil(Math.max(0, ...logs));
  return [factor ** low, factor ** Math.max(high, low + least)];
}

/**
 * A number with four significant digits, in the form a · 10ᵇ where it is very small or large.
 * @param {number} value
 */
export function significant(value) {
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return format(value, 0);
  return format(value, Math.max(0, 3 - Math.floor(Math.log10(size))));
}

/** A symbol, with an index or without, for labels. @param {string} symbol @param {string | number} [index] */
export const indexed = (symbol, index) =>
  html("span", {}, symbol, index === undefined ? null : html("sub", {}, index));

/**
 * Two columns, which stand below each other where there is no room.
 * @param {(Node | string)[]} first
 * @param {(Node | string)[]} second
 */
export const columns = (first, second) => html("div", { class: "explorable-columns" },
  html("div", { class: "explorable-first" }, ...first), html("div", { class: "explorable-second" }, ...second));

/** What the marks and lines of a plot mean. @param {...(Node | string)} parts */
export const legend = (...parts) => html("p", { class: "explorable-legend" }, ...parts);
