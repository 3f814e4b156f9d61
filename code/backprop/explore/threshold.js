// The threshold and its costs: what follows from where one says yes, and where it is cheapest to say it.

import { anew, columns, factList, legend } from "./panels.js";
import {
  axes, choice, demand, format, html, point, say, setAttribute, setText, short, slider, stage, svg,
} from "./parts.js";

// ---- numbers

/**
 * @typedef {{outputs: Record<string, number[]>, targets: number[], model: string,
 *   threshold: number, miss: number, alarm: number}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

const GRID = Array.from({ length: 101 }, (_, k) => k / 100);

/** Hits and false alarms of a model at a threshold. */
function alarmsAt({ outputs, targets, model }, threshold) {
  const counts = [0, 0];
  outputs[model].forEach((output, s) => { if (output >= threshold) counts[targets[s]] += 1; });
  return { hits: counts[1], alarms: counts[0] };
}

/** What the figure shows; see explore/threshold.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const { targets, miss, alarm } = state;
  const ones = targets.reduce((total, target) => total + target, 0), zeros = targets.length - ones;
  const price = ({ hits, alarms }) => miss * (ones - hits) + alarm * alarms;
  const all = GRID.map((threshold) => alarmsAt(state, threshold)), now = alarmsAt(state, state.threshold);
  const curve = all.map(price), least = Math.min(...curve), rejections = zeros - now.alarms;
  /** @type {{precision?: number}} */
  const rare = now.hits + now.alarms ? { precision: now.hits / (now.hits + now.alarms) } : {};
  return {
    ...now, misses: ones - now.hits, rejections,
    accuracy: (now.hits + rejections) / targets.length, recall: now.hits / ones, fallout: now.alarms / zeros,
    cost: price(now), curve, least, best: GRID[curve.indexOf(least)], advised: alarm / (miss + alarm),
    roc: all.map(({ hits, alarms }) => [alarms / zeros, hits / ones]), ...rare,
  };
}

// ---- the figure

const BARS = 20;
const THRESHOLD = { label: say("threshold"), min: 0, max: 1, step: 0.01, digits: 2 };
const PRICES = {
  miss: { label: say("cost of a miss"), symbol: say("a miss costs") },
  alarm: { label: say("cost of a false alarm"), symbol: say("a false alarm costs") },
};
const PRICE = { min: 1, max: 100, step: 1, digits: 0, log: true };

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ { outputs, targets, model, threshold, miss, alarm }) {
  const sound = targets?.length && targets.every((one) => one === 0 || one === 1) && new Set(targets).size === 2;
  if (!sound) throw new Error(say("the classes should be 0 and 1, both of them"));
  for (const values of Object.values(outputs)) {
    if (values?.length !== targets.length || !values.every((one) => one >= 0 && one <= 1)) {
      throw new Error(say("each model should have as many probabilities as there are classes"));
    }
  }
  if (!Object.hasOwn(outputs, model)) throw new Error(say("there is no such model"));
  demand(threshold, THRESHOLD);
  for (const price of [miss, alarm]) {
    if (!(Number.isInteger(price) && price >= 1 && price <= 100)) {
      throw new Error(say("costs should be whole numbers between 1 and 100"));
    }
  }
}

/** How many samples of each class have a probability in each of twenty parts. */
function histogram({ outputs, targets, model }) {
  const counts = [0, 1].map(() => new Array(BARS).fill(0));
  outputs[model].forEach((output, s) => {
    counts[targets[s]][Math.min(Math.floor(output * BARS), BARS - 1)] += 1;
  });
  return counts;
}

/** The probabilities of both classes, with the threshold as a line that can be dragged. */
function classesPanel(/** @type {Frame} */ frame) {
  const height = 10.5;
  const plane = axes({
    label: say("Probabilities given to samples of class 1, above, and of class 0, below, with the threshold"),
    width: 340, height: 250, x: [0, 1], y: [-height, height], xName: say("probability given"), yName: "",
  });
  plane.element.querySelectorAll(".explorable-ticks text[text-anchor=end]").forEach((one) => one.remove());
  const bars = [0, 1].map((k) => Array.from({ length: BARS }, (_, j) => svg("rect", {
    x: plane.px(j / BARS) + 1, width: plane.px(1 / BARS) - plane.px(0) - 2,
    class: k ? "explorable-threshold-yes" : "explorable-threshold-no",
  })));
  const line = svg("path", { class: "explorable-border" });
  plane.plot.append(...bars.flat(), line);
  const handle = point(frame, plane, {
    label: say("threshold on the axis"), x: THRESHOLD, y: { min: 9.5, max: 9.5, step: 0.5 },
    write: (x) => frame.update({ threshold: x }),
  });
  plane.element.append(handle.element);
  return {
    element: plane.element,
    paint(/** @type {State} */ state) {
      histogram(state).forEach((counts, k) => counts.forEach((count, j) => {
        const size = plane.py(0) - plane.py(Math.log2(1 + count));
        setAttribute(bars[k][j], "height", size);
        setAttribute(bars[k][j], "y", plane.py(0) - (k ? size : 0));
      }));
      const x = plane.px(state.threshold).toFixed(1);
      setAttribute(line, "d", `M${x} ${plane.py(-height)}V${plane.py(height)}`);
      handle.set(state.threshold, 9.5);
    },
  };
}

const DIAMOND = { class: "explorable-wall", d: "M0 -7L7 0L0 7L-7 0Z" };

function rocPanel() {
  const plane = axes({
    label: say("Share of class 1 that is found against the share of false alarms"), width: 300, height: 230,
    x: [0, 1], y: [0, 1], xName: say("false alarms (share of class 0)"), yName: say("found (share of class 1)"),
  });
  const curve = plane.line(), now = svg("path", DIAMOND);
  plane.element.append(now);
  return {
    element: plane.element,
    paint(/** @type {State} */ state, /** @type {Shown} */ { roc, fallout, recall }) {
      curve.set(roc);
      setAttribute(now, "transform", `translate(${plane.px(fallout).toFixed(1)} ${plane.py(recall).toFixed(1)})`);
    },
  };
}

function costPanel() {
  const plot = anew(({ top }) => {
    const plane = axes({
      label: say("Cost against the threshold"), width: 300, height: 230, x: [0, 1], y: [0, top],
      xName: say("threshold"), yName: say("cost"),
    });
    const now = svg("path", DIAMOND), best = svg("circle", { class: "explorable-phase-now", r: 6 });
    const made = { ...plane, advice: plane.line({ class: "explorable-limit" }), curve: plane.line(), now, best };
    plane.plot.append(best, now);
    return made;
  });
  return {
    element: plot.element,
    paint(/** @type {State} */ { threshold }, /** @type {Shown} */ { curve, cost, best, least, advised }) {
      const top = 4 * Math.max(1, least), plane = plot.with({ top });
      plane.curve.set(GRID.map((x, k) => [x, Math.min(curve[k], 2 * top)]));
      plane.advice.set([[advised, 0], [advised, top]]);
      const put = (mark, x, y) => setAttribute(mark, "transform",
        `translate(${plane.px(x).toFixed(1)} ${plane.py(Math.min(y, top)).toFixed(1)})`);
      put(plane.now, threshold, cost);
      put(plane.best, best, least);
    },
  };
}

/** The confusion matrix. */
function confusion() {
  const cells = ["hits", "misses", "alarms", "rejections"].map((place) => html("td", { "data-value": place }));
  const row = (name, ...parts) => html("tr", {}, html("th", { scope: "row" }, name), ...parts);
  const column = (name) => html("th", { scope: "col" }, name);
  return {
    element: html("table", { class: "explorable-threshold-matrix" },
      html("caption", {}, say("samples by class and answer")),
      html("thead", {}, html("tr", {}, html("td"), column(say("yes")), column(say("no")))),
      html("tbody", {}, row(say("class {number}", { number: 1 }), cells[0], cells[1]), row(say("class {number}", { number: 0 }), cells[2], cells[3]))),
    paint(/** @type {Shown} */ shown) {
      for (const cell of cells) setText(cell, String(shown[cell.dataset.value]));
    },
  };
}

/** @returns {Facts} */
function facts(/** @type {State} */ { miss, alarm }, /** @type {Shown} */ shown) {
  const { accuracy, precision, recall, misses, alarms, cost, best, least, advised } = shown;
  return [["accuracy", say("accuracy"), format(accuracy)],
    [precision === undefined ? "" : "precision", say("precision: share of yes that is class 1"),
      precision === undefined ? say("no yes") : format(precision)],
    ["recall", say("recall: share of class 1 with yes"), format(recall)],
    ["cost", say("cost: {formula}", { formula: `${misses} · ${miss} + ${alarms} · ${alarm}` }), String(cost)],
    ["least", say("lowest cost, at {place}", { place: short(best, 2) }), String(least)],
    ["advised", say("best threshold, if probabilities are right"), format(advised)]];
}

function describe(/** @type {State} */ state) {
  const shown = values(state);
  return say("Threshold {threshold}: missed {misses}, false alarms {alarms}, cost {cost}.",
    { ...shown, threshold: short(state.threshold, 2) });
}

function hands(/** @type {Frame} */ frame) {
  const model = choice({
    label: say("Model"), options: Object.keys(frame.first.outputs).map((name) => [name, name]),
    write: (value) => frame.update({ model: value }),
  });
  const threshold = slider(frame, { ...THRESHOLD, write: (value) => frame.update({ threshold: value }) });
  /** @type {[string, ReturnType<typeof slider>][]} */
  const prices = Object.entries(PRICES).map(([name, options]) => [name, slider(frame, {
    ...PRICE, ...options, write: (value) => frame.update({ [name]: Math.round(value) }),
  })]);
  return {
    element: html("div", { class: "explorable-hands" }, model.element, threshold.element,
      ...prices.map(([, one]) => one.element)),
    paint(/** @type {State} */ state) {
      model.set(state.model);
      threshold.set(state.threshold);
      for (const [name, one] of prices) one.set(state[name]);
    },
  };
}

/** @param {Host} host */
function render({ model, el }) {
  const frame = stage({ model, el, label: say("A threshold and its costs"), check, describe });
  const controls = hands(frame), classes = classesPanel(frame), roc = rocPanel(), cost = costPanel();
  const matrix = confusion(), list = factList();
  frame.body.append(controls.element, columns(
    [classes.element, legend(say("above: class 1, below: class 0; height: log₂(1 + number)")), matrix.element,
      list.element],
    [roc.element, legend(say("◆ now")), cost.element, legend(say("◆ now, ● lowest, dotted: best threshold, if probabilities are right"))],
  ));
  frame.paint((state) => {
    const shown = values(state);
    [controls, classes].forEach((one) => one.paint(state));
    [roc, cost].forEach((one) => one.paint(state, shown));
    matrix.paint(shown);
    list.set(facts(state, shown));
  });
  return frame.close;
}

export default { render };
