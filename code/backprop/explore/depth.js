// Signal and error through ten layers: how their sizes change, and the phase diagram.

import { activations, normal } from "./engine.js";
import { anew, columns, decades, factList, indexed, legend, listed, significant } from "./panels.js";
import { axes, button, choice, demand, html, say, setAttribute, slider, stage, svg } from "./parts.js";

// ---- numbers

/**
 * @typedef {{function: string, width: number, scale: number}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

export const LAYERS = 10, WIDEST = 200;
const SAMPLES = 8, OUTPUTS = 10, SEED = 11;

let drawn = null; // once for all states: a narrower network has the first rows and columns

/** Normal numbers for the weights of 11 layers, the inputs and the targets, as in explore/depth.py. */
function draws() {
  const next = normal(SEED);
  const take = (n) => {
    const numbers = new Float64Array(n);
    for (let k = 0; k < n; k++) numbers[k] = next();
    return numbers;
  };
  return {
    weights: Array.from({ length: LAYERS + 1 }, () => take(WIDEST * WIDEST)),
    inputs: take(SAMPLES * WIDEST),
    targets: take(SAMPLES * OUTPUTS),
  };
}

/**
 * The sums over i of W[i · across + j · along] times the eight samples of unit i, for every j.
 * A unit's samples stand side by side: eight sums at once are four times as fast as one after another.
 */
function sums(W, A, n, width, across, along, scale) {
  const Z = new Float64Array(8 * width);
  for (let j = 0; j < width; j++) {
    let z0 = 0, z1 = 0, z2 = 0, z3 = 0, z4 = 0, z5 = 0, z6 = 0, z7 = 0;
    for (let i = 0, place = j * along; i < n; i++, place += across) {
      const w = scale * W[place], k = 8 * i;
      z0 += w * A[k]; z1 += w * A[k + 1]; z2 += w * A[k + 2]; z3 += w * A[k + 3];
      z4 += w * A[k + 4]; z5 += w * A[k + 5]; z6 += w * A[k + 6]; z7 += w * A[k + 7];
    }
    Z.set([z0, z1, z2, z3, z4, z5, z6, z7], 8 * j);
  }
  return Z;
}

/** φ of many numbers. */
function activate(name, Z) {
  const { value } = activations[name], A = new Float64Array(Z.length);
  for (let k = 0; k < Z.length; k++) A[k] = value(Z[k]);
  return A;
}

/** Multiply errors by φ'. */
function multiplyBySlopes(name, D, Z, A) {
  const { slope } = activations[name];
  for (let k = 0; k < D.length; k++) D[k] *= slope(Z[k], A[k]);
}

function meanSquare(numbers) {
  let total = 0;
  for (let k = 0; k < numbers.length; k++) total += numbers[k] * numbers[k];
  return total / numbers.length;
}

/** The variance over the samples, averaged over the units. */
function variance(Z) {
  let total = 0;
  for (let k = 0; k < Z.length; k += SAMPLES) {
    let mean = 0;
    for (let s = 0; s < SAMPLES; s++) mean += Z[k + s] / SAMPLES;
    for (let s = 0; s < SAMPLES; s++) total += (Z[k + s] - mean) ** 2;
  }
  return total / Z.length;
}

const X = Float64Array.from({ length: 800 }, (_, k) => (k + 0.5) / 50 - 8);
const BELL = X.map((x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) / 50);

/** The factor per layer by which the errors' mean square changes in very wide layers. */
export function chi(name, scale, steps = 100) {
  const { value, slope } = activations[name];
  let q = scale * scale;
  for (let step = 0, before = 0; step < steps && q !== before; step++) {
    const root = Math.sqrt(q);
    let mean = 0;
    before = q;
    for (let k = 0; k < X.length; k++) mean += BELL[k] * value(root * X[k]) ** 2;
    q = Math.min(Math.max(scale * scale * mean, 1e-9), 1e9);
  }
  let mean = 0;
  for (let k = 0; k < X.length; k++) {
    const z = Math.sqrt(q) * X[k];
    mean += BELL[k] * slope(z, value(z)) ** 2;
  }
  return scale * scale * mean;
}

/** What the figure shows; see explore/depth.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const { weights, inputs, targets } = drawn ??= draws();
  const M = state.width, name = state.function, scale = state.scale / Math.sqrt(M);
  const Z = [], A = [new Float64Array(SAMPLES * M)];
  for (let k = 0; k < A[0].length; k++) A[0][k] = inputs[(k % SAMPLES) * WIDEST + Math.floor(k / SAMPLES)];
  for (let l = 0; l < LAYERS; l++) {
    Z.push(sums(weights[l], A[l], M, M, WIDEST, 1, scale));
    A.push(activate(name, Z[l]));
  }
  const outputs = sums(weights[LAYERS], A[LAYERS], M, OUTPUTS, WIDEST, 1, scale);
  let delta = outputs.map((y, k) =>
    2 * (y - targets[(k % SAMPLES) * OUTPUTS + Math.floor(k / SAMPLES)]) / SAMPLES);
  const sizes = new Array(LAYERS);
  for (let l = LAYERS; l >= 1; l--) {
    delta = sums(weights[l], delta, l === LAYERS ? OUTPUTS : M, M, 1, WIDEST, scale);
    multiplyBySlopes(name, delta, Z[l - 1], A[l]);
    sizes[l - 1] = Math.sqrt(meanSquare(delta));
  }
  return {
    variance: Z.map(variance), square: Z.map(meanSquare),
    errors: sizes.map((size) => size / (sizes[LAYERS - 1] || 1)), chi: chi(name, state.scale),
  };
}

// ---- the figure

/** @type {[string, string][]} */
const FUNCTIONS = [["sigmoid", say("logistic")], ["tanh", "tanh"], ["RELU", "ReLU"]];
const WIDTH = { label: say("width M of the layers"), min: 2, max: WIDEST, step: 1, digits: 0 };
const SCALE = {
  label: say("scale σ w, the root of M times the variance of the weights"),
  min: 0.3, max: 40, step: 0.01, digits: 2, log: true,
};
const LAYER = Array.from({ length: LAYERS }, (_, k) => k + 1);

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ state) {
  if (!FUNCTIONS.some(([name]) => name === state.function)) throw new Error(say("there is no such function"));
  demand(state.width, WIDTH);
  demand(state.scale, SCALE);
  if (!Number.isInteger(state.width)) throw new Error(say("the width should be whole"));
}

/** The sizes of all layers on axes with powers of ten, which follow the numbers. */
function layerPanel({ label, yName, mark, kind }) {
  const plot = anew(({ range }) => {
    const plane = axes({
      label, width: 300, height: 230, x: [0.5, 10.5], y: range, yLog: true, xName: say("layer {l}", { l: "l" }), yName,
    });
    const other = plane.line({ class: "explorable-limit" });
    const line = plane.line({ class: `explorable-line ${kind}-line` });
    const marks = LAYER.map(() => svg("path", { d: mark, class: kind }));
    plane.element.append(...marks);
    return { ...plane, other, line, marks };
  });
  return {
    element: plot.element,
    paint(numbers, others) {
      const { px, py, other, line, marks } = plot.with({ range: decades([...numbers, ...others]) });
      const points = (sizes) => sizes.map((size, k) => [k + 1, Math.max(size, 1e-300)]);
      line.set(points(numbers));
      other.set(points(others));
      numbers.forEach((size, k) => setAttribute(marks[k], "transform",
        `translate(${px(k + 1).toFixed(1)} ${py(Math.max(size, 1e-300)).toFixed(1)})`));
    },
  };
}

/** The factor per layer against the scale; the point can be seen, the slider moves it. */
function phasePanel() {
  const plane = axes({
    label: say("Factor χ against the scale of the weights: below 1 errors vanish, above 1 they explode"),
    width: 340, height: 250, x: [0.3, 40], y: [1e-3, 1e3], xLog: true, yLog: true,
    xName: say("scale σ of the weights"), yName: say("factor per layer χ"),
  });
  const one = plane.line({ class: "explorable-limit" });
  one.set([[0.3, 1], [40, 1]]);
  const curve = plane.line({ class: "explorable-line explorable-phase" });
  const now = svg("path", { class: "explorable-phase-now", d: "M0 -7L7 0L0 7L-7 0Z" });
  const word = (text, x, y) =>
    svg("text", { x: plane.px(x), y: plane.py(y), class: "explorable-small" }, text);
  const words = [word(say("errors explode"), 0.35, 400), word(say("errors vanish"), 6, 2e-3)];
  plane.element.append(...words, now);
  const curves = {};
  return {
    element: plane.element,
    paint(/** @type {State} */ state, /** @type {Shown} */ shown) {
      curves[state.function] ??= Array.from({ length: 41 }, (_, k) => {
        const scale = 0.3 * (40 / 0.3) ** (k / 40);
        return [scale, chi(state.function, scale, 30)];
      });
      curve.set(curves[state.function]);
      setAttribute(now, "transform",
        `translate(${plane.px(state.scale).toFixed(1)} ${plane.py(Math.max(shown.chi, 1e-3)).toFixed(1)})`);
    },
  };
}

/** @returns {Facts} */
function facts(/** @type {State} */ state, /** @type {Shown} */ { variance, errors, chi: factor }) {
  return [
    ["", say("variance of a weight, σ² / M"), significant(state.scale ** 2 / state.width)],
    ["", say("variance of layer 10 over that of layer 1"), significant(variance[9] / variance[0])],
    ["errors.0", say("errors of layer 1 over those of layer 10"), significant(errors[0])],
    ["chi", say("factor χ, very wide layers"), significant(factor)],
    ["", say("expected from it, χ to the power 9/2"), significant(factor ** 4.5)],
  ];
}

function hands(/** @type {Frame} */ frame) {
  const name = choice({
    label: say("Activation"), options: FUNCTIONS, write: (value) => frame.update({ function: value }),
  });
  const scale = slider(frame, {
    ...SCALE, symbol: indexed("σ", "w"), write: (value) => frame.update({ scale: value }),
  });
  const width = slider(frame, {
    ...WIDTH, symbol: indexed("M"), write: (value) => frame.update({ width: Math.round(value) }),
  });
  const to = (words, find) => button(words, () => frame.update({ scale: find(frame.state) }));
  const presets = html("div", { class: "explorable-row" }, say("weights of"),
    to("Glorot", () => 1), to("He", () => 1.41),
    to("N(0, 1)", ({ width }) => Number(Math.sqrt(width).toFixed(2))));
  return {
    element: html("div", { class: "explorable-hands" },
      name.element, scale.element, width.element, presets),
    paint(/** @type {State} */ state) {
      name.set(state.function);
      scale.set(state.scale);
      width.set(state.width);
    },
  };
}

/** @param {Host} host */
function render({ model, el }) {
  const describe = (state) => listed(facts(state, values(state)));
  const frame = stage({ model, el, label: say("Signal and error through ten layers"), check, describe });
  const controls = hands(frame), phase = phasePanel(), list = factList();
  const signal = layerPanel({
    label: say("Variance of the pre-activations, layer by layer"), yName: say("signal"), kind: "explorable-floor",
    mark: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  });
  const error = layerPanel({
    label: say("Size of the errors over that of layer 10, layer by layer"), yName: say("error"),
    kind: "explorable-wall", mark: "M-4 -4H4V4H-4Z",
  });
  frame.body.append(controls.element, columns(
    [phase.element, legend(say("◆ now; dotted: χ = 1")), list.element],
    [signal.element, legend(say("● variance over the samples, dotted: mean square")),
      error.element, legend(say("■ measured, from right to left; dotted: expected from χ"))],
  ));
  frame.paint((state) => {
    const shown = values(state);
    controls.paint(state);
    phase.paint(state, shown);
    signal.paint(shown.variance, shown.square);
    error.paint(shown.errors, LAYER.map((l) => shown.chi ** ((LAYERS - l) / 2)));
    list.set(facts(state, shown));
  });
  return frame.close;
}

export default { render };
