// The network in your hand: every value and every derivative of one forward and one backward pass.

import * as engine from "./engine.js";
import {
  among, button, format, html, menu, number, say, scrub, setAttribute, setText, short, stage, svg,
} from "./parts.js";

/**
 * @typedef {Network & {x: number[], t: number[], theta: number[],
 *   eta: number, step: number}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

const LIMIT = 10; // of inputs, targets and parameters
const NEEDS = { CostLogReg: "sigmoid", CostCrossEntropy: "softmax" };
const HIDDEN = ["sigmoid", "tanh", "RELU", "LRELU", "ELU", "identity"];
/** @type {[string, string][]} */
const COSTS = [
  ["HalfSquares", "½ (a − t)²"], ["CostOLS", "(a − t)²"], ["CostLogReg", say("logistic")],
  ["CostCrossEntropy", say("cross-entropy")],
];
/** @type {[string, number, number][]} */
const WIDTHS = [
  [say("units: inputs"), 1, 4], [say("units: first hidden layer"), 0, 4],
  [say("units: second hidden layer"), 0, 4], [say("units: outputs"), 1, 2],
];

// ---- numbers

/** Numbers that the state gives; network.py computes the same. */
export function values(/** @type {State} */ state) {
  const pass = engine.forward(state, state.theta, state.x);
  const back = engine.backward(state, state.theta, pass, state.t);
  const next = after(state, back.gradient);
  return {
    ...pass,
    ...back,
    gradient: [...back.gradient],
    cost: engine.cost(state, pass, state.t),
    nextCost: engine.cost(state, engine.forward(state, next, state.x), state.t),
  };
}

/** Parameters after one step of gradient descent. */
const after = ({ theta, eta }, gradient) => theta.map((value, k) => value - eta * gradient[k]);

/** Throw an error in words if a state is impossible. */
export function check(/** @type {State} */ state) {
  const { widths, functions, x, t, theta, cost, eta, step } = state, last = widths.length - 1;
  const inside = (value) => Number.isFinite(value) && Math.abs(value) <= LIMIT;
  const whole = (value, most) => Number.isInteger(value) && value >= 1 && value <= most;
  if (last < 1 || last > 3 || !widths.every((width, l) => whole(width, l === last ? 2 : 4))) {
    throw new Error(say("there is no network with these widths"));
  }
  const output = functions[last - 1];
  const fits = [
    x.length === widths[0], t.length === widths[last], theta.length === engine.size(widths),
    functions.length === last, functions.slice(0, -1).every((name) => HIDDEN.includes(name)),
    HIDDEN.includes(output) || (output === "softmax" && widths[last] > 1),
    Object.hasOwn(engine.costs, cost), !(cost in NEEDS) || NEEDS[cost] === output,
    !(cost in NEEDS) || t.every((value) => value >= 0 && value <= 1),
    cost !== "CostCrossEntropy" || Math.abs(t[0] + t[1] - 1) < 1e-9,
  ];
  if (!fits.every(Boolean)) throw new Error(say("its parts do not fit each other"));
  if (![...x, ...t, ...theta].every(inside) || !(eta > 0 && eta <= LIMIT)) {
    throw new Error(say("its numbers are not between −{limit} and {limit}", { limit: LIMIT }));
  }
  if (!Number.isInteger(step) || step < -1) throw new Error(say("there is no such step"));
}

// ---- other widths, functions and costs

/** A first weight for each place: the same in every browser. */
const fresh = (l, i, j) => Number((0.7 * engine.normal(100 * l + 10 * i + j + 7)()).toFixed(2));

/** The state with other widths: what both networks have stays as it is. */
function resized(/** @type {State} */ state, widths) {
  const L = widths.length - 1, old = state.widths, oldL = old.length - 1;
  const same = (l) => l <= L && l <= oldL;
  const theta = new Array(engine.size(widths));
  engine.places(widths).forEach(({ weights, biases }, index) => {
    const l = index + 1, width = widths[l];
    for (let j = 0; j < width; j++) {
      for (let i = 0; i < widths[index]; i++) {
        theta[weights + i * width + j] = same(l) && i < old[index] && j < old[l]
          ? state.theta[engine.place(old, l, i, j)] : fresh(l, i, j);
      }
      theta[biases + j] = same(l) && j < old[l] ? state.theta[engine.places(old)[index].biases + j] : 0;
    }
  });
  const hidden = state.functions.length > 1 ? state.functions[0] : "tanh";
  const functions = [...new Array(L - 1).fill(hidden), state.functions.at(-1)];
  const x = Array.from({ length: widths[0] }, (_, i) => state.x[i] ?? [0.9, -0.4, 0.6, -0.7][i]);
  const t = Array.from({ length: widths[L] }, (_, j) => state.t[j] ?? Number((1 - state.t[0]).toFixed(4)));
  return fitting({ ...state, widths, functions, x, t, theta, step: -1 });
}

/** The state with what its cost and its output demand: softmax two outputs, probabilities as targets. */
function fitting(/** @type {State} */ state) {
  let { functions, cost, t } = state;
  const output = functions.at(-1), single = state.widths.at(-1) < 2;
  if (output === "softmax" && single) functions = [...functions.slice(0, -1), "sigmoid"];
  if (cost in NEEDS && NEEDS[cost] !== functions.at(-1)) cost = "HalfSquares";
  if (cost in NEEDS) t = t.map((value) => Math.min(1, Math.max(0, value)));
  if (cost === "CostCrossEntropy") t = [t[0], 1 - t[0]];
  return { ...state, functions, cost, t };
}

/** The state with another cost, and the output that it needs. */
function withCost(/** @type {State} */ state, cost) {
  if (!(cost in NEEDS)) return fitting({ ...state, cost });
  const functions = [...state.functions.slice(0, -1), NEEDS[cost]];
  const wide = cost === "CostCrossEntropy" && state.widths.at(-1) < 2
    ? resized(state, [...state.widths.slice(0, -1), 2]) : state;
  return fitting({ ...wide, functions, cost });
}

// ---- names

const low = (number) => "₀₁₂₃₄₅₆₇₈₉"[number];
const high = (number) => "⁰¹²³⁴"[number];

/** The chapters' symbols: no index for one neuron, the layer for a chain, else unit and layer. */
function symbols(widths) {
  const L = widths.length - 1, chain = widths.every((width) => width === 1);
  const single = (letter, width, i) => (width === 1 ? letter : letter + low(i + 1));
  const index = (l, ...units) => {
    if (chain) return L === 1 ? "" : low(l);
    return units.map((unit) => low(unit + 1)).join("") + high(l);
  };
  return {
    unit: (letter, l, j) => (l === 0 ? single("x", widths[0], j) : letter + index(l, j)),
    weight: (l, i, j) => `w${index(l, i, j)}`,
    target: (j) => single("t", widths[L], j),
  };
}

// ---- the steps of the two passes

/**
 * All steps, in their order: a unit's z and a; the cost; an output's δ; an edge backwards; a unit's sum.
 * @param {number[]} widths
 * @returns {{kind: string, l?: number, i?: number, j?: number}[]}
 */
export function steps(widths) {
  const L = widths.length - 1, list = [];
  const each = (width, add) => Array.from({ length: width }, (_, k) => add(k));
  for (let l = 1; l <= L; l++) each(widths[l], (j) => list.push({ kind: "unit", l, j }));
  list.push({ kind: "cost" });
  each(widths[L], (j) => list.push({ kind: "output", l: L, j }));
  for (let l = L; l >= 1; l--) {
    each(widths[l - 1], (i) => {
      each(widths[l], (j) => list.push({ kind: "edge", l, i, j }));
      list.push({ kind: "sum", l: l - 1, j: i });
    });
  }
  return list;
}

const figure = (value) => format(value, Math.abs(value) < 10 ? 4 : 3);
const factor = (value) => (value < 0 ? `(${figure(value)})` : figure(value));
const given = (value) => (value < 0 ? `(${short(value)})` : short(value));

/** The cost as a formula. */
function costFormula(/** @type {State} */ state, name) {
  const L = state.widths.length - 1;
  const terms = state.t.map((_, j) => [name.unit("a", L, j), name.target(j)]);
  const squares = terms.map(([a, t]) => `(${a} − ${t})²`).join(" + ");
  const several = terms.length > 1 ? `[${squares}]` : squares;
  return {
    HalfSquares: `½ ${several}`,
    CostOLS: squares,
    CostLogReg: terms.map(([a, t]) => `− ${t} ln ${a} − (1 − ${t}) ln(1 − ${a})`).join(" "),
    CostCrossEntropy: terms.map(([a, t]) => `− ${t} ln ${a}`).join(" "),
  }[state.cost];
}

/** ∂C/∂a of an output as a formula. */
function slopeFormula(cost, a, t) {
  return {
    HalfSquares: `${a} − ${t}`,
    CostOLS: `2 (${a} − ${t})`,
    CostLogReg: `(1 − ${t})/(1 − ${a}) − ${t}/${a}`,
    CostCrossEntropy: `− ${t}/${a}`,
  }[cost];
}

/** The lines that explain a step, as formula and as number. */
function explain(/** @type {State} */ state, /** @type {Shown} */ shown, step, name) {
  const { widths, functions, theta, cost } = state, { l, i, j } = step;
  const z = name.unit("z", l, j), a = name.unit("a", l, j), delta = name.unit("δ", l, j);
  const weight = (layer, from, to) => theta[engine.place(widths, layer, from, to)];
  const slope = () => engine.activations[functions[l - 1]].slope(shown.z[l][j], shown.a[l][j]);
  const senders = [...Array(widths[(l ?? 1) - 1]).keys()], all = say("all {z}", { z: "z" });
  const lines = {
    unit: () => [
      `${z} = ${senders.map((k) => `${name.weight(l, k, j)} ${name.unit("a", l - 1, k)}`).join(" + ")}`
        + ` + ${name.unit("b", l, j)} = ${senders.map((k) =>
          `${given(weight(l, k, j))} · ${given(shown.a[l - 1][k])}`).join(" + ")}`
        + ` + ${given(theta[engine.places(widths)[l - 1].biases + j])} = ${figure(shown.z[l][j])}`,
      `${a} = ${functions[l - 1]}(${functions[l - 1] === "softmax" ? all : z}) = ${figure(shown.a[l][j])}`,
    ],
    cost: () => [`C = ${costFormula(state, name)} = ${figure(shown.cost)}`],
    output: () => {
      const adjoint = `∂C/∂${a} = ${slopeFormula(cost, a, name.target(j))} = ${figure(shown.adjoint[l][j])}`;
      if (functions[l - 1] === "softmax" || NEEDS[cost]) {
        return [adjoint, NEEDS[cost] ? `${delta} = ${a} − ${name.target(j)} = ${figure(shown.delta[l][j])}`
          : `${delta} = ${a} (∂C/∂${a} − Σ a ∂C/∂a) = ${figure(shown.delta[l][j])}`];
      }
      return [adjoint, `${delta} = ∂C/∂${a} φ′(${z}) = ${factor(shown.adjoint[l][j])} · ${
        factor(slope())} = ${figure(shown.delta[l][j])}`];
    },
    edge: () => {
      const w = name.weight(l, i, j), sender = name.unit("a", l - 1, i);
      const own = `∂C/∂${w} = ${sender} ${delta} = ${factor(shown.a[l - 1][i])} · ${
        factor(shown.delta[l][j])} = ${figure(shown.gradient[engine.place(widths, l, i, j)])}`;
      const way = say("back to {name}", { name: sender });
      return [`${way}: ${w} ${delta} = ${given(weight(l, i, j))} · ${
        factor(shown.delta[l][j])} = ${figure(weight(l, i, j) * shown.delta[l][j])}`, own];
    },
    sum: () => {
      const products = [...Array(widths[l + 1]).keys()].map((k) =>
        [`${name.weight(l + 1, j, k)} ${name.unit("δ", l + 1, k)}`, weight(l + 1, j, k) * shown.delta[l + 1][k]]);
      const sum = `∂C/∂${a} = ${products.map(([text]) => text).join(" + ")} = ${
          products.length > 1 ? `${products.map(([, value]) => factor(value)).join(" + ")} = ` : ""}${
        figure(shown.adjoint[l][j])}`;
      return l === 0 ? [sum] : [sum, `${delta} = ∂C/∂${a} φ′(${z}) = ${factor(shown.adjoint[l][j])} · ${
        factor(slope())} = ${figure(shown.delta[l][j])}`];
    },
  };
  return lines[step.kind]();
}

/** When each number of a network is reached: its step, counted from 0. */
function schedule(list) {
  const when = new Map();
  list.forEach(({ kind, l, i, j }, k) => {
    const places = {
      unit: [`z.${l}.${j}`, `a.${l}.${j}`],
      cost: ["cost"],
      output: [`adjoint.${l}.${j}`, `delta.${l}.${j}`],
      edge: [`edge.${l}.${i}.${j}`],
      sum: [`adjoint.${l}.${j}`, `delta.${l}.${j}`],
    }[kind];
    places.forEach((place) => when.set(place, k));
  });
  return when;
}

// ---- the picture

/** Where everything is: columns of units, and the cost at the right. */
function layout(widths, width) {
  const L = widths.length - 1, wide = width >= 540, most = Math.max(...widths);
  const row = wide ? 92 : 72, edge = wide ? 40 : 26, height = most * row + 8;
  const x = (l) => edge + ((width - 2 * edge) * l) / (L + 1);
  return {
    wide, width, height, half: wide ? 56 : 13, cost: [x(L + 1), height / 2],
    unit: (l, j) => [x(l), height / 2 + (j - (widths[l] - 1) / 2) * row],
  };
}

/** A text of the picture that shows one of the values. */
const label = (x, y, kind, place) =>
  svg("text", { x, y, class: `explorable-${kind}`, "text-anchor": "middle", "data-value": place });

/** The parts of one unit: its shape, its names, and the places of its numbers. */
function unitParts(plan, name, l, j) {
  const [x, y] = plan.unit(l, j), { wide, half } = plan, tall = 13;
  const above = y - tall - 5, below = y + tall + 14;
  if (l === 0 || !wide) {
    const radius = l === 0 && wide ? 15 : 13;
    const parts = [
      svg("circle", { cx: x, cy: y, r: radius, class: "explorable-unit" }),
      svg("text", { x, y: y + 4, "text-anchor": "middle" }, l === 0 ? name.unit("x", 0, j) : name.unit("a", l, j)),
      label(x, above, "value", `a.${l}.${j}`),
    ];
    return [...parts, label(x, below, "adjoint", `adjoint.${l}.${j}`)];
  }
  const at = half / 2;
  return [
    svg("rect", { x: x - half, y: y - tall, width: 2 * half, height: 2 * tall, rx: tall, class: "explorable-unit" }),
    svg("line", { x1: x, x2: x, y1: y - tall, y2: y + tall, class: "explorable-middle" }),
    svg("text", { x: x - at, y: y + 4, "text-anchor": "middle" }, name.unit("z", l, j)),
    svg("text", { x: x + at, y: y + 4, "text-anchor": "middle" }, name.unit("a", l, j)),
    label(x - at, above, "value", `z.${l}.${j}`), label(x + at, above, "value", `a.${l}.${j}`),
    label(x - at, below, "adjoint", `delta.${l}.${j}`), label(x + at, below, "adjoint", `adjoint.${l}.${j}`),
  ];
}

/** One weight as a line that can be dragged, with the weight above and what it carries back below. */
function edgeParts(/** @type {Frame} */ frame, plan, l, i, j, focus) {
  const { widths } = frame.state, k = engine.place(widths, l, i, j);
  const [x0, y0] = plan.unit(l - 1, i), [x1, y1] = plan.unit(l, j);
  const from = x0 + (l === 1 || !plan.wide ? 15 : plan.half), to = x1 - plan.half;
  const share = y0 === y1 || widths[l] === 1 ? 0.5 : 0.28, x = from + share * (to - from), y = y0 + share * (y1 - y0);
  const ends = { x1: from, y1: y0, x2: to, y2: y1 };
  const line = svg("line", { ...ends, class: "explorable-weight" });
  const grip = svg("line", { ...ends, class: "explorable-grip" });
  const aside = 9 * Math.sign(y1 - y0); // a sloping line leaves room beside it
  const weight = svg("text", { x: x + aside, y: y - 5, "text-anchor": "middle" });
  // Where edges cross there is room for one number: the product shows while its edge is looked at.
  const crossing = widths[l - 1] > 1 && widths[l] > 1;
  const product = svg("text", {
    x: x - 1.5 * aside, y: y + 14, "text-anchor": "middle",
    class: `explorable-adjoint${crossing ? " explorable-quiet" : ""}`,
  });
  const element = svg("g", { class: "explorable-edge" }, line, grip, weight, product);
  [grip, weight].forEach((part) => scrub(part, {
    min: -LIMIT, max: LIMIT, step: 0.01,
    read: () => frame.state.theta[k],
    write: (value) => frame.update({ theta: frame.state.theta.with(k, value) }),
    tap: () => focus(`${l}.${i}.${j}`),
  }));
  return { element, line, weight, product, k, l, j, key: `${l}.${i}.${j}` };
}

/** The picture for one size and one network; `set` brings it up to date. */
function picture(/** @type {Frame} */ frame, width, focus) {
  const { widths } = frame.state, plan = layout(widths, width), name = symbols(widths), L = widths.length - 1;
  const pairs = widths.slice(1).flatMap((count, index) => [...Array(widths[index]).keys()]
    .flatMap((i) => [...Array(count).keys()].map((j) => [index + 1, i, j])));
  const edges = pairs.map(([l, i, j]) => edgeParts(frame, plan, l, i, j, focus));
  const units = widths.flatMap((count, l) => [...Array(count).keys()].map((j) =>
    svg("g", { class: "explorable-node", "data-unit": `${l}.${j}` }, ...unitParts(plan, name, l, j))));
  units.slice(0, widths[0]).forEach((input, i) => scrub(input, {
    min: -LIMIT, max: LIMIT, step: 0.01,
    read: () => frame.state.x[i],
    write: (value) => frame.update({ x: frame.state.x.with(i, value) }),
  }));
  const [cx, cy] = plan.cost;
  const last = [...Array(widths[L]).keys()].map((j) => {
    const [x, y] = plan.unit(L, j);
    return svg("line", { x1: x + plan.half, y1: y, x2: cx - 14, y2: cy, class: "explorable-last" });
  });
  const cost = svg("g", { class: "explorable-node", "data-unit": "cost" },
    svg("circle", { cx, cy, r: 14, class: "explorable-unit" }),
    svg("text", { x: cx, y: cy + 4, "text-anchor": "middle" }, "C"), label(cx, cy - 18, "value", "cost"));
  const few = Math.max(...widths) === 1 || (Math.max(...widths) <= 2 && (plan.wide || L === 1));
  const element = svg("svg", {
    class: `explorable-network${few ? " explorable-few" : ""}`, viewBox: `0 0 ${width} ${plan.height}`,
    width, height: plan.height, "aria-hidden": "true",
  }, ...last, ...edges.map((edge) => edge.element), ...units, cost);
  const labels = [...element.querySelectorAll("[data-value]")];
  return {
    element, edges, labels, nodes: [...units, cost],
    mark(key) { edges.forEach((edge) => edge.element.classList.toggle("explorable-on", edge.key === key)); },
  };
}

/** The number at a place such as "z.1.0". */
const lookUp = (shown, place) => place.split(".").reduce((part, key) => part[key], shown);

/** Bring a picture up to date; known(place) tells whether a number has been reached. */
function repaint(image, /** @type {State} */ state, /** @type {Shown} */ shown, known, current) {
  for (const text of image.labels) {
    const place = text.dataset.value;
    setText(text, known(place) ? figure(lookUp(shown, place)) : "");
  }
  for (const { element, line, weight, product, k, l, j, key } of image.edges) {
    const value = state.theta[k];
    setAttribute(line, "stroke-width", (0.8 + 4 * Math.min(1, Math.abs(value) / 2.5)).toFixed(1));
    setAttribute(element, "class", [
      "explorable-edge", value < 0 ? "explorable-negative" : "",
      current?.kind === "edge" && key === `${current.l}.${current.i}.${current.j}` ? "explorable-now" : "",
      element.classList.contains("explorable-on") ? "explorable-on" : "",
    ].join(" "));
    setText(weight, short(value, 2));
    setText(product, known(`edge.${key}`) ? figure(value * shown.delta[l][j]) : "");
  }
  const now = current && (current.kind === "cost" ? "cost" : `${current.l}.${current.j}`);
  for (const node of image.nodes) {
    node.classList.toggle("explorable-now", current?.kind !== "edge" && node.dataset.unit === now);
  }
}

// ---- the tables: all numbers that can be changed, with their derivatives below

/** A cell with a number, and below it its derivative. */
function cell(/** @type {Frame} */ frame, options, gradient) {
  const box = number(frame, { min: -LIMIT, max: LIMIT, step: 0.01, ...options });
  if (options.edge) box.element.dataset.edge = options.edge;
  const below = gradient === undefined ? null
    : html("span", { class: "explorable-adjoint", "data-value": `gradient.${gradient}` });
  return { element: html("td", {}, box.element, below), box, below, gradient };
}

/** A table of numbers under a heading, with names for its rows and columns. */
function table(heading, columns, rows) {
  const head = columns.length > 1 || columns[0]
    ? [html("tr", {}, html("td"), ...columns.map((text) => html("th", { scope: "col" }, text)))] : [];
  return html("table", { class: "explorable-table" }, html("caption", {}, heading), html("tbody", {}, ...head,
    ...rows.map(([text, cells]) => html("tr", {}, html("th", { scope: "row" }, text),
      ...cells.map((one) => one.element)))));
}

/** The tables of one network: inputs, a table for each layer, targets. */
function tables(/** @type {Frame} */ frame) {
  const { widths } = frame.state, name = symbols(widths), L = widths.length - 1;
  const at = engine.places(widths), cells = [];
  const keep = (one, read, when) => { cells.push({ ...one, read, when }); return one; };
  const row = (letter, i, write) => keep(cell(frame, { label: letter, write, kind: "explorable-given" }),
    (state) => (letter.startsWith("x") ? state.x[i] : state.t[i]));
  const inputs = [...Array(widths[0]).keys()].map((i) => [name.unit("x", 0, i), [row(name.unit("x", 0, i), i,
    (value) => frame.update({ x: frame.state.x.with(i, value) }))]]);
  const parameter = (label, k, edge, when) => keep(cell(frame, {
    label, edge, write: (value) => frame.update({ theta: frame.state.theta.with(k, value) }),
  }, k), (state) => state.theta[k], when);
  const layers = at.map(({ biases }, index) => {
    const l = index + 1, receivers = [...Array(widths[l]).keys()];
    const rows = [...Array(widths[index]).keys()].map((i) => [name.unit("a", index, i),
      receivers.map((j) => parameter(name.weight(l, i, j), engine.place(widths, l, i, j), `${l}.${i}.${j}`, `edge.${l}.${i}.${j}`))]);
    rows.push([say("bias"), receivers.map((j) => parameter(name.unit("b", l, j), biases + j, undefined, `delta.${l}.${j}`))]);
    return table(L === 1 ? say("weights") : say("weights of layer {l}", { l }), receivers.map((j) => `→ ${name.unit("z", l, j)}`), rows);
  });
  const targets = [...Array(widths[L]).keys()].map((j) => [name.target(j), [row(name.target(j), j,
    (value) => frame.update(fitting(withTarget(frame.state, j, value))))]]);
  return {
    element: html("div", { class: "explorable-tables" }, table(say("input"), [""], inputs), ...layers,
      table(say("target"), [""], targets)),
    set(/** @type {State} */ state, /** @type {Shown} */ shown, known) {
      for (const { box, below, gradient, read, when } of cells) {
        box.set(read(state));
        if (below) setText(below, known(when) ? figure(shown.gradient[gradient]) : "\u00a0");
      }
    },
  };
}

/** The state with another target; two probabilities sum to 1. */
function withTarget(/** @type {State} */ state, j, value) {
  const t = state.t.with(j, value);
  return { ...state, t: state.cost === "CostCrossEntropy" && j === 1 ? [1 - value, value] : t };
}

// ---- the controls

/** Widths, functions and cost. */
function settings(/** @type {Frame} */ frame) {
  const at = (widths, k) => [widths[0], widths.length > 2 ? widths[1] : 0,
    widths.length > 3 ? widths[2] : 0, widths.at(-1)][k];
  const boxes = WIDTHS.map(([label, min, max], k) => number(frame, {
    label, min, max, step: 1,
    write: (value) => {
      const next = WIDTHS.map((_, other) => at(frame.state.widths, other)).with(k, value);
      const widths = [next[0], ...next.slice(1, 3).filter(Boolean), next[3]];
      if (String(widths) !== String(frame.state.widths)) frame.update(resized(frame.state, widths));
    },
  }));
  const names = (/** @type {string[]} */ list) => list.map((one) => /** @type {[string, string]} */ ([one, one]));
  const hidden = menu({
    label: say("hidden"), options: names(HIDDEN),
    write: (one) => frame.update({ functions: frame.state.functions.map((f, k, all) => (k < all.length - 1 ? one : f)) }),
  });
  const output = menu({
    label: say("output"), options: names([...HIDDEN, "softmax"]),
    write: (one) => {
      const wide = one === "softmax" && frame.state.widths.at(-1) < 2
        ? resized(frame.state, [...frame.state.widths.slice(0, -1), 2]) : frame.state;
      frame.update(fitting({ ...wide, functions: wide.functions.with(-1, one) }));
    },
  });
  const cost = menu({
    label: say("cost"), options: COSTS, write: (one) => frame.update(withCost(frame.state, one)),
  });
  const none = html("small", { class: "explorable-legend" }, say("0: no such layer"));
  return {
    element: html("div", { class: "explorable-settings" },
      html("span", { class: "explorable-widths" }, html("span", {}, say("units")),
        ...boxes.flatMap((box, k) => (k ? ["–", box.element] : [box.element]))), none,
      hidden.element, output.element, cost.element),
    set(/** @type {State} */ { widths, functions, cost: chosen }) {
      boxes.forEach((box, k) => box.set(at(widths, k)));
      none.hidden = widths.length > 3;
      hidden.element.hidden = functions.length < 2;
      hidden.set(functions[0]);
      output.set(functions.at(-1));
      cost.set(chosen);
    },
  };
}

/** The buttons that walk through the two passes, and the words for the present step. */
function walk(/** @type {Frame} */ frame) {
  const total = () => steps(frame.state.widths).length;
  const here = () => (frame.state.step < 0 ? total() : Math.min(frame.state.step, total()));
  const go = (step) => frame.update({ step: Math.max(0, Math.min(step, total())) }, () => words.textContent);
  const words = html("div", { class: "explorable-words" });
  const place = html("span", { class: "explorable-place" });
  const set = (state, shown) => {
    const list = steps(state.widths), step = here();
    setText(place, state.step < 0 ? say("all steps shown") : say("step {step} of {all}", { step, all: list.length }));
    const lines = state.step > 0 ? explain(state, shown, list[step - 1], symbols(state.widths))
      : [state.step < 0 ? say("“First step” begins the forward pass; “Next” then follows every product, forward and back.")
        : say("Nothing is computed yet: “Next” computes the first unit.")];
    setText(words, lines.join("\n"));
  };
  return {
    element: html("div", { class: "explorable-walk" },
      button(say("First step"), () => go(1)), button(say("Back"), () => go(here() - 1)),
      button(say("Next"), () => go(frame.state.step < 0 ? 1 : here() + 1)),
      button(say("All"), () => frame.update({ step: -1 })), place, words),
    set,
  };
}

/** One step of gradient descent, and what it does to the cost. */
function descent(/** @type {Frame} */ frame) {
  const eta = number(frame, {
    label: say("learning rate η"), min: 0.01, max: LIMIT, step: 0.01, write: (value) => frame.update({ eta: value }),
  });
  const now = html("span", { "data-value": "cost" }), next = html("span", { "data-value": "nextCost" });
  const take = () => {
    const theta = after(frame.state, values(frame.state).gradient);
    if (theta.every((value) => Math.abs(value) <= LIMIT)) {
      frame.update({ theta, step: -1 });
    } else {
      frame.tell(say("This step would lead beyond {limit}: choose a smaller η.", { limit: LIMIT }));
    }
  };
  return {
    element: html("div", { class: "explorable-descent" }, button(say("Take a step"), take),
      html("span", {}, "η\u00a0"), eta.element, html("span", {}, ...among(say("C = {now}, after a step {next}"), { now, next }))),
    set(/** @type {State} */ state, /** @type {Shown} */ shown) {
      eta.set(state.eta);
      setText(now, figure(shown.cost));
      setText(next, figure(shown.nextCost));
    },
  };
}

/** All values of all units, as a table. */
function ledger(/** @type {Frame} */ frame) {
  const body = html("tbody");
  let texts = [], key = "";
  const build = ({ widths }) => {
    const name = symbols(widths);
    body.replaceChildren(...widths.slice(1).flatMap((count, index) => [...Array(count).keys()].map((j) =>
      html("tr", {}, html("th", { scope: "row" }, say("layer {l}, {name}", { l: index + 1, name: name.unit("a", index + 1, j) })),
        ...["z", "a", "adjoint", "delta"].map((part) => html("td", { "data-value": `${part}.${index + 1}.${j}` }))))));
    texts = [...body.querySelectorAll("td")];
    key = String(widths);
  };
  return {
    element: html("details", { class: "explorable-ledger" }, html("summary", {}, say("All values in a table")),
      html("div", { class: "explorable-scroll", tabindex: "0", role: "region", "aria-label": say("All values") },
        html("table", {}, html("thead", {}, html("tr", {},
          ...[say("unit"), "z", "a", "∂C/∂a", "δ = ∂C/∂z"].map((text) => html("th", { scope: "col" }, text)))), body))),
    set(/** @type {State} */ state, /** @type {Shown} */ shown, known) {
      if (key !== String(state.widths)) build(state);
      for (const text of texts) {
        setText(text, known(text.dataset.value) ? figure(lookUp(shown, text.dataset.value)) : "");
      }
    },
  };
}

/** What a screen reader hears after a change. */
function describe(/** @type {State} */ state) {
  const { a, cost, nextCost } = values(state);
  const output = a.at(-1).map((value) => figure(value)).join("; ");
  return say("Output {output}, cost {cost}; after a step of gradient descent {next}.",
    { output, cost: figure(cost), next: figure(nextCost) });
}

/** @param {Host} host */
function render({ model, el }) {
  const small = model.get("small");
  const frame = stage({ model, el, check, describe, label: say("A network with all its values and derivatives") });
  const canvas = html("div", { class: "explorable-canvas" }), below = html("div");
  const parts = small ? [descent(frame)] : [settings(frame), walk(frame), descent(frame), ledger(frame)];
  const key = html("p", { class: "explorable-key" },
    html("span", { class: "explorable-value" }, say("above: values")), " · ",
    html("span", { class: "explorable-adjoint" }, say("below: derivatives of C")),
    " · ",
    say("dashed: negative weight · drag inputs, edges or the numbers in boxes"));
  const elements = parts.map((part) => part.element);
  if (small) {
    frame.body.append(canvas, key, ...elements, below);
  } else {
    const [top, steps, update, all] = elements;
    frame.body.append(top, canvas, key, steps, update, below, all);
  }
  let width = 0, built = "", image = null, panel = null, when = null;
  const focus = (edge) => below.querySelector(`[data-edge="${edge}"]`)?.focus();
  const paint = (state) => {
    if (!width) return;
    const network = String(state.widths);
    if (built !== `${network} ${width}`) {
      image = picture(frame, width, focus);
      canvas.replaceChildren(image.element);
      if (!panel || !built.startsWith(`${network} `)) {
        panel = tables(frame);
        below.replaceChildren(panel.element);
        when = schedule(steps(state.widths));
      }
      built = `${network} ${width}`;
    }
    const shown = values(state);
    const known = (place) => state.step < 0 || !when.has(place) || when.get(place) < state.step;
    const current = state.step > 0 ? steps(state.widths)[Math.min(state.step, when.size) - 1] : null;
    repaint(image, state, shown, known, current);
    panel.set(state, shown, known);
    parts.forEach((part) => part.set(state, shown, known));
  };
  below.addEventListener("focusin", (event) =>
    image?.mark(/** @type {HTMLElement} */ (event.target).dataset.edge));
  below.addEventListener("focusout", () => image?.mark(null));
  frame.paint(paint);
  frame.fit((next) => {
    width = Math.min(next, 760);
    paint(frame.state);
  });
  return frame.close;
}

export default { render };
