// The valley: the path of a scheduler on a quadratic cost of two parameters, and why it goes there.

import { schedulers } from "./engine.js";
import { anew, columns, factList, indexed, legend, listed, significant } from "./panels.js";
import {
  axes, choice, count, demand, format, html, point, say, setAttribute, short, slider, stage, svg,
} from "./parts.js";

// ---- numbers

/**
 * @typedef {{rule: string, eta: number, momentum: number, rho: number, rho2: number,
 *   steepest: number, turn: number, start: [number, number], steps: number}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

const FLATTEST = 1; // curvature along the floor
const FAR = 1e9; // a path that is farther away has diverged, and is followed no longer
const EPSILON = 1e-8;

/** The Hessian's entries [a, b, c]: the cost is ½ (a θ₁² + 2 b θ₁ θ₂ + c θ₂²). */
export function hessian({ steepest, turn }) {
  return turn ? [(FLATTEST + steepest) / 2, (steepest - FLATTEST) / 2, (FLATTEST + steepest) / 2]
    : [FLATTEST, 0, steepest];
}

/** The larger root of r² - (1 + μ - ηλ) r + μ first; each as [real, imaginary]. */
export function roots(eta, momentum, curvature) {
  const middle = (1 + momentum - eta * curvature) / 2;
  const square = middle * middle - momentum;
  if (square < 0) return [[middle, Math.sqrt(-square)], [middle, -Math.sqrt(-square)]];
  const root = Math.sqrt(square), pair = [[middle + root, 0], [middle - root, 0]];
  return middle < 0 ? pair.reverse() : pair;
}

/** By how much each coordinate's gradient is multiplied by rules that scale coordinates. */
function scaler({ rule, eta, rho, rho2 }) {
  const squares = [0, 0];
  let t = 0;
  return (gradient) => {
    t += 1;
    return gradient.map((g, k) => {
      if (rule === "Adagrad" || rule === "AdagradMomentum") {
        squares[k] += g * g;
        return eta / (Math.sqrt(squares[k]) + EPSILON);
      }
      const share = rule === "Adam" ? rho2 : rho;
      squares[k] = share * squares[k] + (1 - share) * g * g;
      return eta / (Math.sqrt(squares[k] / (rule === "Adam" ? 1 - share ** t : 1)) + EPSILON);
    });
  };
}

/** What the figure shows; see explore/valley.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const { eta, momentum, steepest, start } = state;
  const [a, b, c] = hessian(state);
  const scheduler = schedulers[state.rule](state), scale = scaler(state);
  let theta = /** @type {number[]} */ (start);
  const path = [theta], rates = [];
  while (path.length <= state.steps && Math.max(...theta.map(Math.abs)) < FAR) {
    const gradient = [a * theta[0] + b * theta[1], b * theta[0] + c * theta[1]];
    const change = scheduler.update(gradient);
    theta = theta.map((value, k) => value - change[k]);
    path.push(theta);
    if (state.rule !== "Momentum") rates.push(scale(gradient));
  }
  const costs = path.map(([x, y]) => (a * x * x + 2 * b * x * y + c * y * y) / 2);
  if (state.rule !== "Momentum") return { path, costs, rates };
  const pairs = [FLATTEST, steepest].map((curvature) => roots(eta, momentum, curvature));
  const factor = Math.max(...pairs.flat().map(([re, im]) => Math.hypot(re, im)));
  return { path, costs, roots: pairs, limit: 2 * (1 + momentum) / Math.max(FLATTEST, steepest), factor };
}

// ---- the figure

/** @type {[string, string][]} */
const RULES = [["Momentum", say("momentum")], ["Adagrad", "Adagrad"], ["AdagradMomentum", say("Adagrad + momentum")],
  ["RMS_prop", "RMSprop"], ["Adam", "Adam"]];
const STEPS = [25, 50, 100, 400];
const LIMITS = {
  eta: { label: say("learning rate η"), symbol: ["η"], min: 0.001, max: 2, step: 0.001, digits: 3, log: true },
  momentum: { label: say("momentum μ"), symbol: ["μ"], min: 0, max: 0.99, step: 0.01, digits: 2 },
  rho: { label: say("share ρ of the old mean"), symbol: ["ρ"], min: 0, max: 0.99, step: 0.01, digits: 2 },
  rho2: {
    label: say("share ρ₂ of the old mean square"), symbol: ["ρ", "2"], min: 0, max: 0.999, step: 0.001, digits: 3,
  },
  steepest: { label: say("largest curvature"), symbol: ["λ", "max"], min: 1, max: 100, step: 1, digits: 0, log: true },
};
const USES = {
  Momentum: ["momentum"], Adagrad: [], AdagradMomentum: ["momentum"], RMS_prop: ["rho"], Adam: ["rho", "rho2"],
};
const LEVELS = [0.5, 2, 5, 10, 18, 40, 80];
const LOWEST = 1e-10; // the bottom of the cost's axis

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ state) {
  if (!Object.hasOwn(USES, state.rule)) throw new Error(say("there is no such rule"));
  for (const [name, limits] of Object.entries(LIMITS)) demand(state[name], limits);
  if (!STEPS.includes(state.steps)) throw new Error(say("steps should be one of {numbers}", { numbers: STEPS.join(", ") }));
  if (![0, 45].includes(state.turn)) throw new Error(say("the valley is straight or turned by 45°"));
  if (state.start?.length !== 2 || !state.start.every((value) => Math.abs(value) <= 5)) {
    throw new Error(say("the start should be two numbers between −5 and 5"));
  }
}

/** The path on the lines of equal cost, with a start that can be dragged. */
function pathPanel(/** @type {Frame} */ frame) {
  const plane = axes({
    label: say("Lines of equal cost and the path of the parameters"), width: 340, height: 260,
    x: [-5.2, 5.2], y: [-3.9, 3.9], xName: "θ₁", yName: "θ₂",
  });
  const valley = svg("g", { class: "explorable-contours" });
  const scale = plane.px(1) - plane.px(0);
  const ellipses = LEVELS.map(() => svg("ellipse", { fill: "none" }));
  valley.append(...ellipses);
  plane.plot.append(valley);
  const line = plane.line({ class: "explorable-line explorable-thin" });
  const dots = svg("path", { class: "explorable-dots" });
  const cross = svg("path", {
    class: "explorable-cross", d: `M${plane.px(0) - 6} ${plane.py(0) - 6}l12 12m0-12l-12 12`,
  });
  plane.plot.append(dots, cross);
  const start = point(frame, plane, {
    label: say("start of the path"), x: { min: -5, max: 5, step: 0.1 }, y: { min: -3.8, max: 3.8, step: 0.1 },
    write: (x, y) => frame.update({ start: [x, y] }),
  });
  plane.element.append(start.element);
  return {
    element: plane.element,
    paint(/** @type {State} */ state, /** @type {Shown} */ { path }) {
      setAttribute(valley, "transform",
        `translate(${plane.px(0)} ${plane.py(0)}) rotate(${state.turn})`);
      ellipses.forEach((ellipse, k) => {
        setAttribute(ellipse, "rx", scale * Math.sqrt(2 * LEVELS[k] / FLATTEST));
        setAttribute(ellipse, "ry", scale * Math.sqrt(2 * LEVELS[k] / state.steepest));
      });
      const seen = path.map((theta) => theta.map((value) => Math.max(-99, Math.min(99, value))));
      line.set(seen);
      setAttribute(dots, "d", seen.map(([x, y]) =>
        `M${plane.px(x).toFixed(1)} ${plane.py(y).toFixed(1)}h0`).join(""));
      start.set(...state.start);
    },
  };
}

/** The roots in the complex plane, for momentum. */
function rootsPanel() {
  const plane = axes({
    label: say("Roots of the recursion in the complex plane, with the unit circle"), width: 300, height: 230,
    x: [-1.4, 1.4], y: [-1.17, 1.17], xName: say("real part"), yName: say("imaginary part"),
  });
  const unit = plane.px(1) - plane.px(0);
  const circle = (attributes) =>
    svg("circle", { cx: plane.px(0), cy: plane.py(0), fill: "none", ...attributes });
  const inner = circle({ class: "explorable-inner", r: 0 });
  const marks = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", "M0 -6L6 5H-6Z"].flatMap((d, k) =>
    [0, 1].map(() => svg("path", { d, class: k ? "explorable-wall" : "explorable-floor" })));
  plane.plot.append(circle({ class: "explorable-circle", r: unit }), inner, ...marks);
  const inside = (value) => Math.max(-1.33, Math.min(1.33, value));
  return {
    element: plane.element,
    paint(/** @type {State} */ { momentum }, /** @type {Shown} */ { roots: pairs }) {
      setAttribute(inner, "r", unit * Math.sqrt(momentum));
      pairs.flat().forEach(([re, im], k) => setAttribute(marks[k], "transform",
        `translate(${plane.px(inside(re)).toFixed(1)} ${plane.py(im).toFixed(1)})`));
    },
  };
}

/** The rate of each coordinate, for the rules that scale coordinates. */
function ratesPanel() {
  const plot = anew(({ steps }) => {
    const plane = axes({
      label: say("Rate of each coordinate against the step, with the limits"), width: 300, height: 230,
      x: [0, steps], y: [1e-3, 1e2], yLog: true, xName: say("step"), yName: say("rate of a coordinate"),
    });
    return {
      ...plane,
      limits: [0, 1].map(() => plane.line({ class: "explorable-limit" })),
      lines: [plane.line(), plane.line({ class: "explorable-line explorable-other" })],
    };
  });
  return {
    element: plot.element,
    paint(/** @type {State} */ { steps, steepest }, /** @type {Shown} */ { rates }) {
      const { limits, lines } = plot.with({ steps });
      limits.forEach((limit, k) => {
        const height = 2 / (k ? steepest : FLATTEST);
        limit.set([[0, height], [steps, height]]);
      });
      lines.forEach((line, k) => line.set(rates.map((pair, t) => [t + 1, Math.min(pair[k], 1e9)])));
    },
  };
}

function costPanel() {
  const plot = anew(({ steps }) => {
    const plane = axes({
      label: say("Cost against the step"), width: 300, height: 230, x: [0, steps], y: [LOWEST, 1e4],
      yLog: true, xName: say("step"), yName: say("cost"),
    });
    return { ...plane, curve: plane.line() };
  });
  return {
    element: plot.element,
    paint(/** @type {State} */ { steps }, /** @type {Shown} */ { costs }) {
      plot.with({ steps }).curve.set(costs.map((cost, t) => [t, Math.max(cost, LOWEST / 10)]));
    },
  };
}

/** The numbers that stand below the path. @returns {Facts} */
function facts(/** @type {State} */ state, /** @type {Shown} */ shown) {
  const { momentum, steepest } = state, end = shown.path.length - 1;
  const cost = significant(shown.costs[end]), grows = end < state.steps;
  /** @type {Facts} */
  const rows = [[`costs.${end}`, count(end, "cost after {number} step", "cost after {number} steps"),
    grows ? say("{cost}, and growing", { cost }) : cost]];
  if (shown.roots) {
    const { factor, limit } = shown;
    const formula = momentum ? `2(1 + μ)/λ = 2 · ${short(1 + momentum, 2)}/${steepest}` : `2/λ = 2/${steepest}`;
    return [...rows, ["limit", say("limit of η: {formula}", { formula }), significant(limit)],
      ["factor", say("factor per step, the largest |r|"), significant(factor)],
      ["", say("steps for one more digit"),
        factor < 1 ? format(Math.log(10) / -Math.log(factor), 1) : say("never")]];
  }
  return [...rows, ...["θ₁", "θ₂"].map((name, k) => /** @type {[string, string, string]} */ (
    [`rates.${end - 1}.${k}`, say("last rate of {name}", { name }), significant(shown.rates[end - 1][k])])),
  ["", say("limit 2/λ across the valley"), significant(2 / steepest)]];
}

function describe(/** @type {State} */ state) {
  const name = RULES.find(([rule]) => rule === state.rule)[1];
  return `${name}: ${listed(facts(state, values(state)))}`;
}

function hands(/** @type {Frame} */ frame) {
  const rule = choice({ label: say("Rule"), options: RULES, write: (value) => frame.update({ rule: value }) });
  /** @type {[string, ReturnType<typeof slider>][]} */
  const sliders = Object.entries(LIMITS).map(([name, options]) => [name, slider(frame, {
    ...options, symbol: indexed(.../** @type {[string, string?]} */ (options.symbol)),
    write: (value) => frame.update({ [name]: value }),
  })]);
  const turn = choice({
    label: say("Valley"), options: [["0", say("straight")], ["45", say("turned by 45°")]],
    write(value) {
      const { start: [x, y] } = frame.state, c = Math.SQRT1_2, s = value === "45" ? c : -c;
      const turned = [c * x + s * y, c * y - s * x].map((number) => Number(number.toFixed(4)));
      frame.update({ turn: Number(value), start: /** @type {[number, number]} */ (turned) });
    },
  });
  const steps = choice({
    label: say("Steps"), options: STEPS.map((number) => [String(number), String(number)]),
    write: (value) => frame.update({ steps: Number(value) }),
  });
  return {
    element: html("div", { class: "explorable-hands" }, rule.element,
      ...sliders.map(([, one]) => one.element), turn.element, steps.element),
    paint(/** @type {State} */ state) {
      rule.set(state.rule);
      turn.set(String(state.turn));
      steps.set(String(state.steps));
      for (const [name, one] of sliders) {
        one.set(state[name]);
        one.element.hidden = ["momentum", "rho", "rho2"].includes(name) && !USES[state.rule].includes(name);
      }
    },
  };
}

/** @param {Host} host */
function render({ model, el }) {
  const frame = stage({ model, el, label: say("A path in a valley"), check, describe });
  const controls = hands(frame), path = pathPanel(frame);
  const roots = rootsPanel(), rates = ratesPanel(), cost = costPanel(), list = factList();
  const rootsKey = legend(say("roots r, ● along the floor, ▲ across; dotted: √μ"));
  const ratesKey = legend(say("solid: θ₁, dashed: θ₂, dotted: 2/λ of floor and wall"));
  frame.body.append(controls.element, columns([path.element, list.element],
    [roots.element, rootsKey, rates.element, ratesKey, cost.element]));
  frame.paint((state) => {
    const shown = values(state);
    controls.paint(state);
    path.paint(state, shown);
    (shown.roots ? roots : rates).paint(state, shown);
    [roots.element, rootsKey].forEach((one) => one.toggleAttribute("hidden", !shown.roots));
    [rates.element, ratesKey].forEach((one) => one.toggleAttribute("hidden", !shown.rates));
    cost.paint(state, shown);
    list.set(facts(state, shown));
  });
  return frame.close;
}

export default { render };
