// The XOR plane: a network of dimensions 2-2-1, and where training takes it.

import { activations, forward, schedulers } from "./engine.js";
import { anew, columns, factList, indexed, legend, significant } from "./panels.js";
import {
  axes, button, choice, count, demand, format, html, number, say, setAttribute, setText, slider, stage, svg,
} from "./parts.js";

// ---- numbers

/**
 * @typedef {{function: string, theta: number[], eta: number, epoch: number}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

export const EPOCHS = 300;
const ROWS = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]; // two inputs, the target
const ENTROPY = -Math.log(1 / 3) / 3 - 2 * Math.log(2 / 3) / 3;

/** The costs at which two, three or four rows have merged: eq-gate-plateau. */
export const levels = { "½ ln 2": Math.log(2) / 2, "¾ H(⅓)": 0.75 * ENTROPY, "ln 2": Math.log(2) };

/** The chapter's networks before training, seeds 0 to 11, from the package; a test compares them. */
export const starts = {
  sigmoid: [
    [1.08, -0.45, 0.54, -0.92, 0, 0, -0.22, 0.42, 0],
    [0.49, -0.8, 0.36, -0.44, 0, 0, -1.14, 0.88, 0],
    [1.07, -0.87, -0.16, 0.25, 0, 0, 0.09, 0.83, 0],
    [0.1, -0.3, 0.98, 0.29, 0, 0, -0.74, -0.34, 0],
    [0.99, -0.64, 1.21, 0.78, 0, 0, 0.81, -1.13, 0],
    [-0.24, 0.62, -1.15, -1.17, 0, 0, -1.07, 0.18, 0],
    [0.76, -0.74, 0.92, -1, 0, 0, 0.65, 0.69, 0],
    [0.73, -1.09, 0.22, 0.9, 0, 0, 0.65, -0.94, 0],
    [0.08, -0.48, -0.11, 0.3, 0, 0, -1.17, 0.14, 0],
    [-0.57, -0.12, 0.91, -0.59, 0, 0, -0.12, -0.22, 0],
    [1.2, -0.39, 0.5, -0.05, 0, 0, -1.27, -0.79, 0],
    [0.96, 0.83, 0.41, -0.66, 0, 0, 0.57, -0.56, 0],
  ],
  RELU: [
    [1.44, -0.9, 0.74, 0.01, 0, 0, -0.22, 0.42, 0],
    [-0.64, 0.39, -0.39, 1.1, 0, 0, -1.14, 0.88, 0],
    [-1.08, -0.2, -0.49, 1.85, 0, 0, 0.09, 0.83, 0],
    [0.52, 0.05, -0.39, 1.5, 0, 0, -0.74, -0.34, 0],
    [-0.39, 1, -0.58, 0.91, 0, 0, 0.45, -0.59, 0],
    [-0.16, 0.03, 0.27, -0.51, 0, 0, -1.07, 0.18, 0],
    [0.94, -0.8, 0.02, 1.23, 0, 0, 0.65, 0.69, 0],
    [-0.63, 1.47, -0.44, 2.14, 0, 0, 0.65, -0.94, 0],
    [-0.61, 0.67, -0.74, -2, 0, 0, -1.17, 0.14, 0],
    [-0.28, -1.14, 1.24, -0.04, 0, 0, -0.12, -0.22, 0],
    [0.68, 0.66, 0.29, -1.63, 0, 0, -1.27, -0.79, 0],
    [-0.11, -0.65, 0.31, -1.9, 0, 0, 0.57, -0.56, 0],
  ],
};

/**
 * Cost and gradient of the 2-2-1 network on the four rows.  A drag needs 300 of them: this is
 * engine.js's `meanGradient` written out for nine parameters, some fifty times as fast.
 * @param {Float64Array} theta  w11 w12 w21 w22 b1 b2, v1 v2, c
 * @param {Float64Array} gradient  is overwritten
 */
export function costAndGradient(name, theta, gradient) {
  const { value, slope } = activations[name];
  // By place: taking an array apart goes through an iterator, which is slow.
  const w11 = theta[0], w12 = theta[1], w21 = theta[2], w22 = theta[3], b1 = theta[4], b2 = theta[5];
  const v1 = theta[6], v2 = theta[7], c = theta[8];
  let cost = 0;
  gradient.fill(0);
  for (let s = 0; s < 4; s++) {
    const x1 = s >> 1, x2 = s & 1, t = x1 ^ x2;
    const z1 = b1 + x1 * w11 + x2 * w21, z2 = b2 + x1 * w12 + x2 * w22;
    const a1 = value(z1), a2 = value(z2), z = c + a1 * v1 + a2 * v2;
    const delta = (activations.sigmoid.value(z) - t) / 4;
    const d1 = v1 * delta * slope(z1, a1), d2 = v2 * delta * slope(z2, a2);
    cost += (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - t * z) / 4;
    gradient[0] += x1 * d1; gradient[1] += x1 * d2; gradient[2] += x2 * d1; gradient[3] += x2 * d2;
    gradient[4] += d1; gradient[5] += d2;
    gradient[6] += a1 * delta; gradient[7] += a2 * delta; gradient[8] += delta;
  }
  return cost;
}

/** What the figure shows; see explore/xor.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const now = Float64Array.from(state.theta), gradient = new Float64Array(now.length);
  const adam = schedulers.Adam({ eta: state.eta, rho: 0.9, rho2: 0.999 });
  const costs = [costAndGradient(state.function, now, gradient)];
  let theta = now.slice();
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const change = adam.update(gradient);
    for (let k = 0; k < now.length; k++) now[k] -= change[k];
    costs.push(costAndGradient(state.function, now, gradient));
    if (epoch === state.epoch) theta = now.slice();
  }
  const network = { widths: [2, 2, 1], functions: [state.function, "sigmoid"], cost: "CostLogReg" };
  const passes = ROWS.map(([x1, x2]) => forward(network, theta, [x1, x2]));
  return {
    theta: [...theta], costs, cost: costs[state.epoch], levels: Object.values(levels),
    starts: starts[state.function],
    outputs: passes.map((pass) => pass.a[2][0]), hidden: passes.map((pass) => pass.a[1]),
  };
}

// ---- the figure

const LARGEST = 100; // of the parameters
const NAMES = ["00", "01", "10", "11"];
const LABELS = [
  ...[[1, 1], [1, 2], [2, 1], [2, 2]].map(([i, j]) => say("weight from x {i} to hidden neuron {j}", { i, j })),
  ...[1, 2].map((j) => say("bias of hidden neuron {j}", { j })),
  ...[1, 2].map((i) => say("weight from hidden neuron {i} to the output", { i })), say("bias of the output"),
];
const ETA = { label: say("learning rate η of Adam"), min: 0.001, max: 1, step: 0.001, digits: 3, log: true };
const EPOCH = { label: say("epochs of training"), min: 0, max: EPOCHS, step: 1, digits: 0 };
const FINENESS = 48; // cells across a plane

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ state) {
  if (!Object.hasOwn(starts, state.function)) throw new Error(say("there is no such activation function"));
  if (state.theta?.length !== 9 || !state.theta.every((value) => Math.abs(value) <= LARGEST)) {
    throw new Error(say("theta should be nine numbers between −{largest} and {largest}", { largest: LARGEST }));
  }
  demand(state.eta, ETA);
  demand(state.epoch, EPOCH);
  if (!Number.isInteger(state.epoch)) throw new Error(say("the number of epochs should be whole"));
}

/** Outputs at the corners of the cells of a plane. */
function sample(f, [low, high]) {
  const side = FINENESS + 1, field = new Float64Array(side * side);
  for (let k = 0; k < field.length; k++) {
    field[k] = f(low + (high - low) * (k % side) / FINENESS,
      low + (high - low) * Math.floor(k / side) / FINENESS);
  }
  return field;
}

/** The line on which the outputs are ½, as pieces of a path, cell by cell. */
function contour(field, at) {
  const side = FINENESS + 1, pieces = [];
  for (let row = 0; row < FINENESS; row++) {
    for (let column = 0; column < FINENESS; column++) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
      const heights = corners.map(([dx, dy]) => field[(row + dy) * side + column + dx] - 0.5);
      const ends = [];
      for (let k = 0; k < 4; k++) {
        const next = (k + 1) % 4, a = heights[k], b = heights[next];
        if (a > 0 === b > 0) continue;
        const share = a / (a - b), [x0, y0] = corners[k], [x1, y1] = corners[next];
        ends.push(at(column + x0 + share * (x1 - x0), row + y0 + share * (y1 - y0)));
      }
      for (let k = 0; k + 1 < ends.length; k += 2) pieces.push(`M${ends[k]}L${ends[k + 1]}`);
    }
  }
  return pieces.join("");
}

/** Colour a canvas: blue near 0, vermilion near 1, nothing at ½. */
function colour(canvas, field) {
  const context = canvas.getContext("2d"), side = FINENESS + 1;
  const image = context.createImageData(side, side);
  for (let k = 0; k < field.length; k++) {
    const from = 4 * ((side - 1 - Math.floor(k / side)) * side + k % side), high = field[k] > 0.5;
    image.data.set(high ? [213, 94, 0] : [0, 114, 178], from);
    image.data[from + 3] = 150 * Math.abs(2 * field[k] - 1);
  }
  context.putImageData(image, 0, 0);
}

/** A plane with regions, the line between them, and the four rows as points. */
function plane(options) {
  const { range, size } = options;
  const frame = axes({ ...options, width: size, height: size - 10, x: range, y: range });
  const canvas = html("canvas", { width: FINENESS + 1, height: FINENESS + 1, "aria-hidden": "true" });
  const left = frame.px(range[0]), top = frame.py(range[1]);
  const share = (value, of) => `${100 * value / of}%`;
  Object.assign(canvas.style, {
    left: share(left, size), top: share(top, size - 10),
    width: share(frame.px(range[1]) - left, size), height: share(frame.py(range[0]) - top, size - 10),
  });
  const line = svg("path", { class: "explorable-border" });
  const marks = NAMES.map((_, s) => svg("path", s === 0 || s === 3
    ? { class: "explorable-zero", d: "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0" }
    : { class: "explorable-one", d: "M0 -7.5L7 5.5H-7Z" }));
  const texts = NAMES.map(() => svg("text", { class: "explorable-halo", dy: -11, "text-anchor": "middle" }));
  frame.plot.append(line);
  frame.element.append(...marks, ...texts);
  return {
    ...frame,
    element: html("div", { class: "explorable-plane" }, canvas, frame.element),
    show(f, points, words) {
      const field = sample(f, range), step = (range[1] - range[0]) / FINENESS;
      colour(canvas, field);
      setAttribute(line, "d", contour(field, (u, v) =>
        `${frame.px(range[0] + u * step).toFixed(1)} ${frame.py(range[0] + v * step).toFixed(1)}`));
      points.forEach(([x, y], s) => {
        const place = `translate(${frame.px(x).toFixed(1)} ${frame.py(y).toFixed(1)})`;
        setAttribute(marks[s], "transform", place);
        setAttribute(texts[s], "transform", place);
        setText(texts[s], words[s]);
      });
    },
  };
}

/** The plane of the inputs, with the lines of the two hidden neurons. */
function inputPanel() {
  const view = plane({
    label: say("Plane of the inputs: outputs as colours, the decision line, and the four rows"), size: 300,
    range: [-0.5, 1.5], xName: "x₁", yName: "x₂",
  });
  const lines = [0, 1].map(() => view.line({ class: "explorable-limit" }));
  return {
    element: view.element,
    paint(/** @type {State} */ state, /** @type {Shown} */ { theta, outputs }) {
      const { value } = activations[state.function], logistic = activations.sigmoid.value;
      const [w11, w12, w21, w22, b1, b2, v1, v2, c] = theta;
      const output = (x1, x2) => logistic(
        c + v1 * value(b1 + x1 * w11 + x2 * w21) + v2 * value(b2 + x1 * w12 + x2 * w22));
      view.show(output, [[0, 0], [0, 1], [1, 0], [1, 1]], outputs.map(hundredths));
      [[w11, w21, b1], [w12, w22, b2]].forEach(([p, q, b], k) => {
        const square = p * p + q * q || 1, foot = [-b * p / square, -b * q / square];
        const far = 99 / Math.sqrt(square);
        lines[k].set(p || q ? [-far, far].map((s) => [foot[0] - s * q, foot[1] + s * p]) : []);
      });
    },
  };
}

/** The plane of the hidden activations, in which the output neuron draws one line. */
function hiddenPanel() {
  const plot = anew(({ high }) => plane({
    label: say("Plane of the hidden activations, with the line of the output neuron"), size: 300,
    range: [-0.25 * high, 1.25 * high], xName: say("hidden {j}", { j: 1 }), yName: say("hidden {j}", { j: 2 }),
  }));
  return {
    element: plot.element,
    paint(/** @type {State} */ state, /** @type {Shown} */ { theta, hidden }) {
      const [v1, v2, c] = theta.slice(6);
      const high = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(...hidden.flat()) / 1.2)));
      const rows = hidden.map((place) => NAMES.filter((_, s) => Math.hypot(
        ...hidden[s].map((value, k) => value - place[k])) < 0.06 * high).join(" "));
      plot.with({ high: Math.min(high, 1024) }).show((a1, a2) =>
        activations.sigmoid.value(c + v1 * a1 + v2 * a2), hidden, rows);
    },
  };
}

function costPanel() {
  const plot = axes({
    label: say("Cost against the epoch, with the levels at which runs end"), width: 300, height: 230,
    x: [0, 340], y: [0, 1], xName: say("epoch"), yName: say("cost"),
  });
  const names = Object.entries(levels).map(([name, level]) => svg("text", {
    x: plot.px(230), y: plot.py(level) - 3, class: "explorable-small",
  }, name));
  const lines = Object.values(levels).map((level) => {
    const line = plot.line({ class: "explorable-limit" });
    line.set([[0, level], [340, level]]);
    return line;
  });
  const curve = plot.line(), now = svg("path", { class: "explorable-wall", d: "M0 -7L7 0L0 7L-7 0Z" });
  const ends = svg("path", { class: "explorable-dots" });
  plot.element.append(...names, ends, now);
  return {
    element: plot.element, lines,
    paint(/** @type {State} */ { epoch }, /** @type {Shown} */ { costs, cost }) {
      curve.set(costs.map((height, t) => [t, Math.min(height, 2)]));
      setAttribute(now, "transform", `translate(${plot.px(epoch)} ${plot.py(Math.min(cost, 1)).toFixed(1)})`);
    },
    paintEnds(costs) {
      setAttribute(ends, "d", costs.map((cost, k) =>
        `M${plot.px(308 + 2.6 * k).toFixed(1)} ${plot.py(Math.min(cost, 1)).toFixed(1)}h0`).join(""));
    },
  };
}

const hundredths = (value) => format(Number(value.toFixed(2)), 2);
const solved = (costs) => costs.filter((cost) => cost < 0.1).length;

/** @returns {Facts} */
function facts(/** @type {State} */ state, /** @type {Shown} */ { cost, hidden, outputs }) {
  const after = count(state.epoch, "cost after {number} epoch", "cost after {number} epochs");
  return [["cost", after, significant(cost)], ...NAMES.map((name, s) =>
    /** @type {[string, string, string]} */ ([`outputs.${s}`, say("row {name}: hidden {hidden}, output",
      { name, hidden: hidden[s].map(hundredths).join(", ") }), significant(outputs[s])]))];
}

function describe(/** @type {State} */ state) {
  const { cost, outputs } = values(state);
  return count(state.epoch,
    "After {number} epoch the cost is {cost}; the outputs of rows {rows} are {outputs}.",
    "After {number} epochs the cost is {cost}; the outputs of rows {rows} are {outputs}.",
    { cost: significant(cost), rows: NAMES.join(", "), outputs: outputs.map(hundredths).join(", ") });
}

/** The nine parameters as numbers in three formulas. */
function formulas(/** @type {Frame} */ frame) {
  const numbers = LABELS.map((label, k) => number(frame, {
    label, min: -LARGEST, max: LARGEST, step: 0.01, digits: 2, pixels: 0.2,
    write(value) {
      const theta = values(frame.state).theta.map((old) =>
        Math.max(-LARGEST, Math.min(LARGEST, Number(old.toFixed(4)))));
      frame.update({ theta: theta.with(k, value), epoch: 0 });
    },
  }));
  const term = (k, factor) => html("span", { class: "explorable-term" }, numbers[k].element, factor);
  const names = [html("span"), html("span")];
  const line = (...parts) => html("div", { class: "explorable-row", dir: "ltr" }, ...parts);
  return {
    elements: [
      line(indexed("a", 1), "= ", names[0], "(", term(0, " x₁ +"), term(2, " x₂ +"), term(4, " )")),
      line(indexed("a", 2), "= ", names[1], "(", term(1, " x₁ +"), term(3, " x₂ +"), term(5, " )")),
      line(say("output"), " = σ(", term(6, " a₁ +"), term(7, " a₂ +"), term(8, " )")),
    ],
    paint(/** @type {State} */ state, /** @type {Shown} */ { theta }) {
      names.forEach((name) => setText(name, state.function === "sigmoid" ? "σ" : "ReLU"));
      numbers.forEach((one, k) => one.set(Number(theta[k].toFixed(2))));
    },
  };
}

/** Let the epochs pass, or jump to the last where motion is not wanted. */
function trainer(/** @type {Frame} */ frame) {
  let epoch = 0, timer = 0;
  const next = () => {
    if (frame.signal.aborted || frame.state.epoch !== epoch) return; // something else was done
    epoch = Math.min(epoch + 3, EPOCHS);
    frame.update({ epoch });
    if (epoch < EPOCHS) timer = requestAnimationFrame(next);
  };
  return () => {
    cancelAnimationFrame(timer);
    epoch = matchMedia("(prefers-reduced-motion: reduce)").matches ? EPOCHS : 0;
    frame.update({ epoch });
    if (!epoch) timer = requestAnimationFrame(next);
  };
}

function hands(/** @type {Frame} */ frame) {
  const name = choice({
    label: say("Hidden neurons"), options: [["sigmoid", "sigmoid"], ["RELU", "ReLU"]],
    write: (value) => frame.update({ function: value }),
  });
  const eta = slider(frame, { ...ETA, symbol: indexed("η"), write: (value) => frame.update({ eta: value }) });
  const epoch = slider(frame, {
    ...EPOCH, symbol: indexed(say("epoch")), write: (value) => frame.update({ epoch: Math.round(value) }),
  });
  const seed = choice({
    label: say("Start as seed"), options: starts.sigmoid.map((_, k) => [String(k), String(k)]),
    write: (value) => frame.update({ theta: starts[frame.state.function][value], epoch: 0 }),
  });
  const train = button(say("Train from here"), trainer(frame));
  const parameters = formulas(frame);
  return {
    element: html("div", { class: "explorable-hands" },
      html("div", { class: "explorable-row" }, name.element, train),
      html("div", { class: "explorable-row" }, seed.element),
      ...parameters.elements, epoch.element, eta.element),
    paint(/** @type {State} */ state, /** @type {Shown} */ shown) {
      name.set(state.function);
      eta.set(state.eta);
      epoch.set(state.epoch);
      seed.set(String(starts[state.function].findIndex((theta) => String(theta) === String(state.theta))));
      parameters.paint(state, shown);
    },
  };
}

/** @param {Host} host */
function render({ model, el }) {
  const frame = stage({ model, el, label: say("A network for XOR"), check, describe });
  const controls = hands(frame), inputs = inputPanel(), hidden = hiddenPanel(), cost = costPanel();
  const list = factList(), below = html("span");
  frame.body.append(controls.element, columns(
    [inputs.element, legend(say("● target 0, ▲ target 1, with the outputs; dotted: a hidden neuron's z = 0")),
      list.element],
    [hidden.element, cost.element, legend(say("dots: where the seeds end, 0 to 11"), ", ", below)],
  ));
  let drawn = "", timer = 0;
  const paintEnds = ({ function: name, eta }) => {
    const ends = starts[name].map((theta) => values({ function: name, theta, eta, epoch: 0 }).costs.at(-1));
    cost.paintEnds(ends);
    setText(below, say("{number} of {all} below 0.1", { number: solved(ends), all: ends.length }));
  };
  frame.paint((state) => {
    const shown = values(state);
    controls.paint(state, shown);
    for (const panel of [inputs, hidden, cost]) panel.paint(state, shown);
    list.set(facts(state, shown));
    const key = `${state.function} ${state.eta}`;
    if (key === drawn) return;
    clearTimeout(timer); // twelve trainings would delay a drag
    if (drawn) timer = setTimeout(() => paintEnds(frame.state), 150);
    else paintEnds(state);
    drawn = key;
  });
  return () => {
    clearTimeout(timer);
    frame.close();
  };
}

export default { render };
