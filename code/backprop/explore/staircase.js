// The staircase and the polygon: networks of one input that are written down, and their errors.

import { columns, factList, indexed, legend, listed, significant } from "./panels.js";
import {
  among, axes, choice, count, demand, html, number, say, setAttribute, short, slider, snap, stage, svg,
} from "./parts.js";

// ---- numbers

/**
 * @typedef {{kind: string, target: string, neurons: number, steepness: number,
 *   drawn: number[]}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

const POINTS = 2001; // of the grid where errors are measured
export const WIDTHS = [1, 2, 4, 8, 16, 32, 64]; // of the small panel

export const targets = {
  wave: (x) => Math.sin(2 * Math.PI * x),
  bump: (x) => Math.exp(-(((x - 0.3) / 0.05) ** 2)),
  tent: (x) => 1 - Math.abs(2 * x - 1),
  jump: (x) => (x < 0.5 ? 0 : 1),
};

/** The function that is approximated; what was drawn is joined by straight lines. */
export function target({ target: name, drawn }) {
  if (name !== "drawn") return targets[name];
  const parts = drawn.length - 1;
  return (x) => {
    const k = Math.min(Math.floor(x * parts), parts - 1);
    return drawn[k] + (x * parts - k) * (drawn[k + 1] - drawn[k]);
  };
}

/** The parameters that are written down: hidden weights and biases, output weights and bias. */
export function parameters(/** @type {State} */ state, width) {
  const f = target(state), ends = Array.from({ length: width + 1 }, (_, j) => f(j / width));
  const rises = ends.slice(1).map((value, j) => value - ends[j]);
  const w = state.kind === "staircase" ? state.steepness * width : 1;
  if (state.kind === "staircase") {
    return { w, b: rises.map((_, j) => -w * (j + 0.5) / width), alpha: rises, bias: ends[0] };
  }
  const alpha = rises.map((rise, j) => (rise - (j ? rises[j - 1] : 0)) * width);
  return { w, b: rises.map((_, j) => -j / width), alpha, bias: ends[0] };
}

/**
 * Add alpha σ(w (x - m)) on the grid.  From one point to the next the exponential changes by a
 * factor, which saves computing two thousand of them; outwards from m it only becomes smaller.
 */
function addStep(sums, alpha, w, m) {
  const middle = Math.ceil(m * (POINTS - 1)), factor = Math.exp(-w / (POINTS - 1));
  let u = Math.exp(w * (m - middle / (POINTS - 1))), p = middle;
  for (; p < POINTS && u > 1e-17; p++, u *= factor) sums[p] += alpha / (1 + u);
  for (; p < POINTS; p++) sums[p] += alpha;
  u = Math.exp(w * ((middle - 1) / (POINTS - 1) - m));
  for (p = middle - 1; p >= 0 && u > 1e-17; p--, u *= factor) sums[p] += alpha * u / (1 + u);
}

/** Add alpha max(0, x - start) on the grid. */
function addKink(sums, alpha, start) {
  for (let p = Math.ceil(start * (POINTS - 1)); p < POINTS; p++) {
    sums[p] += alpha * (p / (POINTS - 1) - start);
  }
}

/** The network's outputs on the grid. */
function outputs(/** @type {State} */ state, width) {
  const { w, b, alpha, bias } = parameters(state, width);
  const sums = new Float64Array(POINTS).fill(bias);
  alpha.forEach((height, j) => {
    if (state.kind === "staircase") addStep(sums, height, w, -b[j] / w);
    else addKink(sums, height, -b[j]);
  });
  return sums;
}

/** The largest error, the first place that has it, to rounding, and the root of the mean square. */
function errors(sums, wanted) {
  let largest = 0, square = 0, at = 0;
  for (let p = 0; p < POINTS; p++) {
    const off = Math.abs(sums[p] - wanted[p]);
    largest = Math.max(largest, off);
    square += off * off;
  }
  while (Math.abs(sums[at] - wanted[at]) < largest * (1 - 1e-9) - 1e-12) at += 1;
  return { largest, place: at / (POINTS - 1), square: Math.sqrt(square / POINTS) };
}

/** What the figure shows; see explore/staircase.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const f = target(state), wanted = new Float64Array(POINTS);
  for (let p = 0; p < POINTS; p++) wanted[p] = f(p / (POINTS - 1));
  const sums = outputs(state, state.neurons);
  const curve = WIDTHS.map((width) => errors(outputs(state, width), wanted).largest);
  return { outputs: [...sums], ...errors(sums, wanted), curve };
}

// ---- the figure

/** @type {[string, string][]} */
const KINDS = [["staircase", say("staircase")], ["polygon", say("polygon")]];
/** @type {[string, string][]} */
const TARGETS = [
  ["wave", say("wave")], ["bump", say("bump")], ["tent", say("tent")], ["jump", say("jump")],
  ["drawn", say("drawn by hand")],
];
const KNOTS = 33, HIGHEST = 1.2, LOWEST = 1e-4; // the bottom of the small plot
const NEURONS = { label: say("number of neurons N"), symbol: "N", min: 1, max: 64, step: 1, digits: 0 };
const STEEPNESS = {
  label: say("steepness of the sigmoids in units of N"), symbol: "k/N", min: 0.25, max: 1000, step: 0.25,
  digits: 2, log: true,
};
const HEIGHT = { min: -HIGHEST, max: HIGHEST, step: 0.01 };

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ state) {
  if (!KINDS.some(([kind]) => kind === state.kind)) throw new Error(say("there is no such kind of network"));
  if (!TARGETS.some(([name]) => name === state.target)) throw new Error(say("there is no such function"));
  demand(state.neurons, NEURONS);
  demand(state.steepness, STEEPNESS);
  if (!Number.isInteger(state.neurons)) throw new Error(say("the number of neurons should be whole"));
  if (state.drawn?.length !== KNOTS || !state.drawn.every((height) => Math.abs(height) <= HIGHEST)) {
    throw new Error(say("a drawn function should be {knots} numbers between −{highest} and {highest}",
      { knots: KNOTS, highest: HIGHEST }));
  }
}

/** Heights of a function at the knots, as if it had been drawn. */
const sampled = (f) => Array.from({ length: KNOTS }, (_, k) => snap(f(k / (KNOTS - 1)), HEIGHT));

/** The drawn heights after a stroke from one point to another. */
export function stroke(drawn, [x0, y0], [x1, y1]) {
  const last = KNOTS - 1, from = Math.round(x0 * last), to = Math.round(x1 * last);
  return drawn.map((height, k) => {
    if (k < Math.min(from, to) || k > Math.max(from, to)) return height;
    const share = from === to ? 1 : (k - from) / (to - from);
    return snap(y0 + share * (y1 - y0), HEIGHT);
  });
}

/** Let the function be drawn on the plot. */
function letDraw(/** @type {Frame} */ frame, plane) {
  const sheet = plane.element;
  let last = null;
  const inside = (event) => plane.at(event).map((value, k) =>
    Math.max(k ? -HIGHEST : 0, Math.min(k ? HIGHEST : 1, value)));
  const draw = (event) => {
    const now = inside(event);
    frame.update({ drawn: stroke(frame.state.drawn, last ?? now, now) });
    last = now;
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (frame.state.target !== "drawn" || event.button !== 0) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    draw(event);
  });
  sheet.addEventListener("pointermove", (event) => { if (last) draw(event); });
  for (const name of ["pointerup", "pointercancel"]) sheet.addEventListener(name, () => { last = null; });
}

function functionPanel(/** @type {Frame} */ frame) {
  const plane = axes({
    label: say("The function and the network's output"), width: 340, height: 250,
    x: [0, 1], y: [-1.25, 1.25], xName: say("input {x}", { x: "x" }), yName: say("output"),
  });
  const network = plane.line(), line = plane.line({ class: "explorable-line explorable-target" });
  const worst = plane.line({ class: "explorable-line explorable-worst" });
  letDraw(frame, plane);
  return {
    element: plane.element,
    paint(/** @type {State} */ state, /** @type {Shown} */ shown) {
      const f = target(state), places = Array.from({ length: 401 }, (_, k) => k / 400);
      line.set(places.map((x) => [x, f(x)]));
      const points = [];
      for (let p = 0; p < POINTS; p += 2) points.push([p / (POINTS - 1), shown.outputs[p]]);
      network.set(points);
      const { place } = shown;
      worst.set([[place, f(place)], [place, shown.outputs[Math.round(place * (POINTS - 1))]]]);
      sheetMode(plane.element, state.target === "drawn");
    },
  };
}

function sheetMode(element, drawing) {
  element.style.touchAction = drawing ? "none" : "";
  element.style.cursor = drawing ? "crosshair" : "";
}

function errorPanel() {
  const plane = axes({
    label: say("Largest error against the number of neurons"), width: 300, height: 250,
    x: [1, 64], y: [LOWEST, 2], xLog: true, yLog: true, xName: say("neurons {N}", { N: "N" }), yName: say("largest error"),
  });
  const line = plane.line({ class: "explorable-line explorable-thin" });
  const dots = svg("path", { class: "explorable-dots" });
  const now = svg("path", { class: "explorable-wall", d: "M0 -7L7 0L0 7L-7 0Z" });
  plane.element.append(dots, now);
  const up = (error) => plane.py(Math.max(error, LOWEST)).toFixed(1);
  return {
    element: plane.element,
    paint(/** @type {State} */ { neurons }, /** @type {Shown} */ { curve, largest }) {
      line.set(curve.map((error, k) => [WIDTHS[k], Math.max(error, LOWEST)]));
      setAttribute(dots, "d", curve.map((error, k) =>
        `M${plane.px(WIDTHS[k]).toFixed(1)} ${up(error)}h0`).join(""));
      setAttribute(now, "transform", `translate(${plane.px(neurons).toFixed(1)} ${up(largest)})`);
    },
  };
}

/** Two numbers with which a function is drawn from the keyboard. */
function knotHands(/** @type {Frame} */ frame) {
  let knot = 8;
  const place = number(frame, {
    label: say("point of the drawn function"), min: 0, max: KNOTS - 1, step: 1, digits: 0,
    write(value) {
      knot = Math.round(value);
      height.set(frame.state.drawn[knot]);
    },
  });
  const height = number(frame, {
    ...HEIGHT, label: say("height of the drawn function there"),
    write: (value) => frame.update({ drawn: frame.state.drawn.with(knot, value) }),
  });
  return {
    element: html("div", { class: "explorable-row" }, ...among(
      say("draw on the plot, or set point {point} of 0 to {last} to {height}", { last: KNOTS - 1 }),
      { point: place.element, height: height.element })),
    paint(/** @type {State} */ state) {
      place.set(knot);
      height.set(state.drawn[knot]);
    },
  };
}

/** @returns {Facts} */
function facts(/** @type {State} */ state, /** @type {Shown} */ { largest, place, square }) {
  const k = state.steepness * state.neurons;
  /** @type {Facts} */
  const rows = [["largest", say("largest error, at x = {place}", { place: short(place, 3) }), significant(largest)],
    ["square", say("root mean square error"), significant(square)]];
  if (state.kind === "staircase") {
    rows.unshift(["", say("steepness k = {formula}",
      { formula: `${short(state.steepness)} · ${state.neurons}` }), short(k)]);
  }
  return rows;
}

const describe = (/** @type {State} */ state) =>
  `${count(state.neurons, "{number} neuron", "{number} neurons")}: ${listed(facts(state, values(state)))}`;

function hands(/** @type {Frame} */ frame) {
  const kind = choice({ label: say("Network"), options: KINDS, write: (value) => frame.update({ kind: value }) });
  const name = choice({
    label: say("Function"), options: TARGETS,
    write(value) {
      const { state } = frame;
      const drawn = value === "drawn" ? { drawn: sampled(target(state)) } : {};
      frame.update({ target: value, ...drawn });
    },
  });
  const neurons = slider(frame, {
    ...NEURONS, symbol: indexed("N"), write: (value) => frame.update({ neurons: Math.round(value) }),
  });
  const steepness = slider(frame, {
    ...STEEPNESS, symbol: indexed("k/N"), write: (value) => frame.update({ steepness: value }),
  });
  const knots = knotHands(frame);
  return {
    element: html("div", { class: "explorable-hands" }, name.element, kind.element, neurons.element,
      steepness.element, knots.element),
    paint(/** @type {State} */ state) {
      kind.set(state.kind);
      name.set(state.target);
      neurons.set(state.neurons);
      steepness.set(state.steepness);
      knots.paint(state);
      steepness.element.toggleAttribute("hidden", state.kind !== "staircase");
      knots.element.toggleAttribute("hidden", state.target !== "drawn");
    },
  };
}

/** @param {Host} host */
function render({ model, el }) {
  const frame = stage({ model, el, label: say("A network that is written down"), check, describe });
  const controls = hands(frame), plot = functionPanel(frame), errors = errorPanel(), list = factList();
  frame.body.append(controls.element, columns(
    [plot.element, legend(say("dashed: the function, solid: the network, thick: the largest error"))],
    [errors.element, legend(say("● 1, 2, 4, …, 64 neurons, ◆ now; at the bottom: 10⁻⁴ or less")),
      list.element],
  ));
  frame.paint((state) => {
    const shown = values(state);
    controls.paint(state);
    plot.paint(state, shown);
    errors.paint(state, shown);
    list.set(facts(state, shown));
  });
  return frame.close;
}

export default { render };
