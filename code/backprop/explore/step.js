// One step of one unit: what batch normalisation, dropout and clipping do to it, forward and back.

import * as engine from "./engine.js";
import { columns, factList, legend, listed } from "./panels.js";
import {
  choice, demand, format, html, number, say, setAttribute, setText, slider, stage, svg,
} from "./parts.js";

// ---- numbers

/**
 * @typedef {{x: number[], t: number[], theta: number[], normalised: boolean, power: number,
 *   function: string, rate: number, seed: number, clip: string, threshold: number, eta: number}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

const SAMPLES = 4;
const NAMES = ["w", "b", "γ", "β"];
const FUNCTIONS = ["identity", "sigmoid", "tanh", "RELU"];
/** @type {[string, string][]} */
const CLIPS = [["none", say("not at all")], ["norm", say("by norm")], ["value", say("by value")]];
const LIMITS = { min: -10, max: 10, step: 0.1 };
const HANDS = {
  power: { label: say("power of ten of ε"), symbol: "log₁₀ ε", min: -8, max: 0, step: 1 },
  rate: { label: say("probability p of being dropped"), symbol: "p", min: 0, max: 0.9, step: 0.01 },
  seed: { label: say("seed of the mask"), symbol: say("seed"), min: 0, max: 99, step: 1 },
  threshold: { label: say("threshold {c}", { c: "c" }), symbol: "c", min: 0.01, max: 10, step: 0.01, log: true },
  eta: { label: say("learning rate η"), symbol: "η", min: 0.01, max: 10, step: 0.01, log: true },
};
const sum = (list) => list.reduce((total, value) => total + value, 0);
const mean = (list) => sum(list) / list.length;
const dot = (one, other) => sum(one.map((value, k) => value * other[k]));

/** The factors of dropout: 0, or 1/(1 − p) for a sample that is kept. */
function maskOf({ seed, rate }) {
  const next = engine.uniform(seed);
  return Array.from({ length: SAMPLES }, () => (next() >= rate ? 1 / (1 - rate) : 0));
}

/** Batch normalisation of a column, with its way back. */
function normalise(z, gamma, beta, epsilon) {
  const middle = mean(z), variance = mean(z.map((value) => (value - middle) ** 2));
  const scale = 1 / Math.sqrt(variance + epsilon), hat = z.map((value) => (value - middle) * scale);
  return {
    y: hat.map((value) => gamma * value + beta),
    back(dy) {
      const dHat = dy.map((value) => value * gamma), share = mean(dHat), along = dot(dHat, hat) / hat.length;
      return {
        dz: dHat.map((value, s) => (value - share - hat[s] * along) * scale), parameters: [dot(dy, hat), sum(dy)],
      };
    },
  };
}

/** Both passes with some parameters. */
function passes(/** @type {State} */ state, /** @type {number[]} */ [w, b, gamma, beta]) {
  const { value, slope } = engine.activations[state.function], mask = maskOf(state);
  const z = state.x.map((x) => w * x + b);
  const normal = state.normalised ? normalise(z, gamma, beta, 10 ** state.power)
    : { y: z, back: (dy) => ({ dz: dy, parameters: [] }) };
  const { y } = normal, a = y.map(value), kept = a.map((one, s) => one * mask[s]);
  const adjoint = kept.map((one, s) => (one - state.t[s]) * 2 / SAMPLES);
  const { dz, parameters } = normal.back(adjoint.map((one, s) => one * mask[s] * slope(y[s], a[s])));
  return {
    z, y, a, mask, kept, adjoint, dz, gradient: [dot(state.x, dz), sum(dz), ...parameters],
    cost: mean(kept.map((one, s) => (one - state.t[s]) ** 2)),
  };
}

/** A gradient after clipping. */
function clip(gradient, { clip: how, threshold }) {
  const norm = Math.hypot(...gradient);
  if (how === "norm" && norm > threshold) return gradient.map((value) => value * threshold / norm);
  return how === "value" ? gradient.map((value) => Math.max(-threshold, Math.min(threshold, value))) : gradient;
}

/** All that is shown; see explore/step.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const shown = passes(state, state.theta), { z, gradient } = shown, clipped = clip(gradient, state);
  const next = state.theta.map((value, k) => value - state.eta * (clipped[k] ?? 0)), middle = mean(z);
  return {
    ...shown, clipped, next, mean: middle, variance: mean(z.map((value) => (value - middle) ** 2)),
    norm: Math.hypot(...gradient), clippedNorm: Math.hypot(...clipped), nextCost: passes(state, next).cost,
  };
}

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ state) {
  const inside = (list, length) => list.length === length && list.every((value) => Math.abs(value) <= LIMITS.max);
  if (!inside(state.x, SAMPLES) || !inside(state.t, SAMPLES) || !inside(state.theta, NAMES.length)) {
    throw new Error(say("inputs, targets and parameters should be between −10 and 10"));
  }
  if (!FUNCTIONS.includes(state.function)) throw new Error(say("there is no such activation function"));
  if (!CLIPS.some(([name]) => name === state.clip)) throw new Error(say("there is no such clipping"));
  for (const [name, hand] of Object.entries(HANDS)) {
    demand(state[name], hand);
    if (hand.step === 1 && !Number.isInteger(state[name])) {
      throw new Error(say("{label} should be whole", { label: hand.label }));
    }
  }
}

// ---- the figure

/** A number as text; what is 0 up to rounding is shown as 0. */
const figure = (value) => format(Math.abs(value) < 1e-12 ? 0 : value, Math.abs(value) < 100 ? 4 : 2);

/** The least of some round numbers that is not smaller than all given ones. */
const reach = (list) => [0.1, 0.2, 0.3, 0.5, 0.8, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 100, 200, 1000]
  .find((bound) => list.every((value) => Math.abs(value) <= bound)) ?? 1e6;

/** A line across a picture with the number at its left. */
const level = (width, y, text) => [svg("line", { x1: 34, x2: width, y1: y, y2: y, class: "explorable-level" }),
  svg("text", { x: 30, y: y + 4, "text-anchor": "end", class: "explorable-small" }, text)];

const STAGES = ["z", "y", "a", "kept"], WIDTH = 360, HEIGHT = 230, MIDDLE = 105, HALF = 90;

/** The four samples on their way through the unit, joined by lines. */
function pathsPanel() {
  const at = (k) => 60 + k * 72, levels = svg("g", { "aria-hidden": "true" });
  const lines = Array.from({ length: SAMPLES }, () => svg("path", { class: "explorable-line explorable-thin", fill: "none" }));
  const dots = svg("path", { class: "explorable-dots" }), marks = svg("path", { class: "explorable-marks" });
  const names = ["z", "y", "a", "ã", "t"].map((name, k) => svg("text", { x: at(k), y: HEIGHT - 8, "text-anchor": "middle" }, name));
  let bound = 0;
  return {
    element: svg("svg", { class: "explorable-axes", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": say("The samples on their way from z to ã") },
      levels, ...lines, dots, marks, ...names),
    paint(/** @type {State} */ state, /** @type {Shown} */ shown) {
      const next = reach([...STAGES.flatMap((name) => shown[name]), ...state.t]);
      if (next !== bound) {
        bound = next;
        levels.replaceChildren(...[bound, 0, -bound].flatMap((value) =>
          level(WIDTH, MIDDLE - HALF * value / bound, format(value, 1).replace(".0", ""))));
      }
      const up = (value) => (MIDDLE - HALF * value / bound).toFixed(1);
      lines.forEach((line, s) => {
        setAttribute(line, "d", `M${STAGES.map((name, k) => `${at(k)} ${up(shown[name][s])}`).join("L")}`);
        setAttribute(line, "stroke-dasharray", shown.mask[s] ? "none" : "2 4");
      });
      setAttribute(dots, "d", STAGES.flatMap((name, k) => shown[name].map((value) => `M${at(k)} ${up(value)}h0`)).join(""));
      setAttribute(marks, "d", state.t.map((value) => `M${at(4) - 9} ${up(value)}h18`).join(""));
    },
  };
}

/** The gradient before (outlines) and after clipping (solid). */
function gradientPanel() {
  const at = (k) => 80 + k * 72, levels = svg("g", { "aria-hidden": "true" });
  const bars = NAMES.map((name, k) => {
    const whole = svg("rect", { x: at(k) - 20, width: 40, class: "explorable-whole" });
    const part = svg("rect", { x: at(k) - 13, width: 26, class: "explorable-wall" });
    const text = svg("text", { x: at(k), y: HEIGHT - 8, "text-anchor": "middle" }, `∂C/∂${name}`);
    return { whole, part, text };
  });
  let bound = 0;
  return {
    element: svg("svg", { class: "explorable-axes", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": say("The gradient before and after clipping") },
      levels, ...bars.flatMap(({ whole, part, text }) => [part, whole, text])),
    paint(/** @type {State} */ state, /** @type {Shown} */ { gradient, clipped }) {
      const next = reach(gradient);
      if (next !== bound) {
        bound = next;
        levels.replaceChildren(...[bound, 0, -bound].flatMap((value) =>
          level(WIDTH, MIDDLE - HALF * value / bound, format(value, 1).replace(".0", ""))));
      }
      bars.forEach(({ whole, part, text }, k) => {
        for (const [bar, value] of [[whole, gradient[k] ?? 0], [part, clipped[k] ?? 0]]) {
          const size = HALF * value / bound;
          setAttribute(bar, "y", (MIDDLE - Math.max(size, 0)).toFixed(1));
          setAttribute(bar, "height", Math.abs(size).toFixed(1));
        }
        text.toggleAttribute("hidden", k >= gradient.length);
      });
    },
  };
}

/** A table whose columns are samples or parameters: rows of handles and rows of numbers. */
function grid(/** @type {Frame} */ frame, heading, heads, rows) {
  const boxes = [], texts = [];
  const cell = (row, k) => {
    if (row.write) {
      const box = number(frame, { ...LIMITS, label: row.label(k), write: (value) => frame.update({ [row.key]: frame.state[row.key].with(k, value) }) });
      boxes.push({ box, key: row.key, k });
      return html("td", {}, box.element);
    }
    const text = html("td", { "data-value": `${row.key}.${k}`, class: row.kind });
    texts.push({ text, key: row.key, k });
    return text;
  };
  return {
    element: html("table", { class: "explorable-table explorable-step" }, html("caption", {}, heading), html("tbody", {},
      html("tr", {}, html("td"), ...heads.map((text) => html("th", { scope: "col" }, text))),
      ...rows.map((row) => html("tr", {}, html("th", { scope: "row" }, row.name), ...heads.map((_, k) => cell(row, k)))))),
    paint(/** @type {State} */ state, /** @type {Shown} */ shown) {
      for (const { box, key, k } of boxes) box.set(state[key][k]);
      for (const { text, key, k } of texts) setText(text, k in shown[key] ? figure(shown[key][k]) : "");
    },
  };
}

function samples(/** @type {Frame} */ frame) {
  return grid(frame, say("the mini-batch"), ["s = 1", "2", "3", "4"], [
    { name: "x", key: "x", write: true, label: (k) => say("{letter} of sample {number}", { letter: "x", number: k + 1 }) },
    { name: "z", key: "z", kind: "explorable-value" }, { name: "y", key: "y", kind: "explorable-value" },
    { name: "a", key: "a", kind: "explorable-value" }, { name: say("mask"), key: "mask" },
    { name: "ã", key: "kept", kind: "explorable-value" },
    { name: "t", key: "t", write: true, label: (k) => say("{letter} of sample {number}", { letter: "t", number: k + 1 }) },
    { name: "∂C/∂ã", key: "adjoint", kind: "explorable-adjoint" }, { name: "∂C/∂z", key: "dz", kind: "explorable-adjoint" },
  ]);
}

function parameters(/** @type {Frame} */ frame) {
  return grid(frame, say("the step"), NAMES, [
    { name: "Θ", key: "theta", write: true, label: (k) => NAMES[k] },
    { name: "g", key: "gradient", kind: "explorable-adjoint" }, { name: "g̃", key: "clipped", kind: "explorable-adjoint" },
    { name: say("new {symbol}", { symbol: "Θ" }), key: "next" },
  ]);
}

/** @returns {Facts} */
const facts = (/** @type {Shown} */ shown) => [
  ["mean", say("mean of z"), figure(shown.mean)], ["variance", say("variance of z"), figure(shown.variance)],
  ["norm", say("norm of the gradient g"), figure(shown.norm)], ["clippedNorm", say("after clipping, g̃"), figure(shown.clippedNorm)],
  ["cost", say("cost C"), figure(shown.cost)], ["nextCost", say("after the step, same mask"), figure(shown.nextCost)],
];

const describe = (/** @type {State} */ state) => listed(facts(values(state)));

function hands(/** @type {Frame} */ frame) {
  const option = (label, key, options) => choice({ label, options, write: (value) => frame.update({ [key]: value }) });
  const normal = choice({
    label: say("batch normalisation"), options: [["on", say("on")], ["off", say("off")]],
    write: (value) => frame.update({ normalised: value === "on" }),
  });
  const name = option(say("activation"), "function", FUNCTIONS.map((one) => [one, one]));
  const clipping = option(say("clipping"), "clip", CLIPS);
  /** @type {[string, ReturnType<typeof slider>][]} */
  const sliders = Object.entries(HANDS).map(([key, options]) =>
    [key, slider(frame, { ...options, write: (value) => frame.update({ [key]: value }) })]);
  return {
    element: html("div", {}, html("div", { class: "explorable-settings explorable-switches" }, normal.element, name.element, clipping.element),
      html("div", { class: "explorable-hands" }, ...sliders.map(([, one]) => one.element))),
    paint(/** @type {State} */ state) {
      normal.set(state.normalised ? "on" : "off");
      name.set(state.function);
      clipping.set(state.clip);
      for (const [key, one] of sliders) one.set(state[key]);
    },
  };
}

/** @param {Host} host */
function render({ model, el }) {
  const frame = stage({ model, el, check, describe, label: say("One step of one unit") });
  const controls = hands(frame), paths = pathsPanel(), bars = gradientPanel(), list = factList();
  const batch = samples(frame), step = parameters(frame);
  frame.body.append(controls.element, columns(
    [paths.element, legend(say("from z to ã; dotted: dropped; at the right: targets")), batch.element],
    [bars.element, legend(say("outlines: g; solid: after clipping")), step.element, list.element],
  ));
  frame.paint((state) => {
    const shown = values(state);
    for (const part of [controls, paths, bars, batch, step]) part.paint(state, shown);
    list.set(facts(shown));
  });
  return frame.close;
}

export default { render };
