// The tape: a formula as the computer takes it apart, with values, tangents and adjoints.

import { columns } from "./panels.js";
import {
  button, choice, count, format, html, menu, number, say, setAttribute, setText, short, stage, svg,
} from "./parts.js";

// ---- the formula

/**
 * @typedef {{formula: string, inputs: number[], shared: boolean, mode: string, along: number,
 *   step: number}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

const FUNCTIONS = {
  exp: Math.exp, log: Math.log, sqrt: Math.sqrt, sin: Math.sin, cos: Math.cos, tanh: Math.tanh,
};
const KNOWN = Object.keys(FUNCTIONS).join(", ");
const LONGEST = 120; // characters
const MOST_INPUTS = 6, MOST_STEPS = 24;
const LIMITS = { min: -10, max: 10, step: 0.1 };
const FIRST = [1.5, 0.5, 2, -1, 3, 0.8]; // values of new inputs
const TOKEN = /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z]\w*)|(?<sign>[-+*/^()])/y;

/** The words, numbers and signs of a formula, with an end. */
function tokens(formula) {
  const text = formula.replaceAll("−", "-").replace(/[·×]/g, "*").replaceAll("**", "^");
  const list = [];
  if (text.length > LONGEST) throw new Error(say("a formula should have at most {most} characters", { most: LONGEST }));
  for (let at = 0; at < text.length;) {
    if (text[at] === " ") { at += 1; continue; }
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new Error(say("“{sign}” cannot be read in a formula", { sign: text[at] }));
    const [kind, word] = Object.entries(found.groups).find(([, part]) => part !== undefined);
    list.push({ kind, word });
    at = TOKEN.lastIndex;
  }
  return [...list, { kind: "end", word: "" }];
}

/** Why a token cannot stand where it does. */
function misplaced({ kind, word }, before) {
  const last = before?.word;
  if (kind === "end") return before ? say("something is missing after “{last}”", { last }) : say("the formula is empty");
  return before ? say("after “{last}” there should be a number or a name, not “{word}”", { last, word })
    : say("a formula cannot begin with “{word}”", { word });
}

/** Why a formula cannot go on with a token. */
function unexpected({ kind, word }, before) {
  if (word === ")") return say("there is a “)” without its “(”");
  if (kind === "end") return say("a “)” is missing at the end");
  return say("between “{last}” and “{word}” a sign is missing; a product is written with *", { last: before.word, word });
}

/**
 * Read a formula: sums of products of powers, in that order, as in Python.
 * @param {string} formula
 * @param {{constant: Function, input: Function, apply: Function}} maker
 *   what to make of a number, a name, and an operation with its operands
 */
function read(formula, maker) {
  const list = tokens(formula);
  let at = 0;
  const is = (...words) => list[at].kind === "sign" && words.includes(list[at].word);
  const next = () => list[at++];
  const close = () => {
    if (!is(")")) throw new Error(unexpected(list[at], list[at - 1]));
    next();
  };
  const inBrackets = () => {
    next();
    const inside = sum();
    close();
    return inside;
  };
  const call = (name) => {
    if (Object.hasOwn(FUNCTIONS, name)) {
      if (!is("(")) throw new Error(say("after {name} there should be a “(”", { name }));
      return maker.apply(name, inBrackets());
    }
    if (is("(")) {
      throw new Error(say("“{name}” is none of the functions {known}; a product is written {name}*(…)",
        { name, known: KNOWN }));
    }
    return maker.input(name);
  };
  const atom = () => {
    if (is("(")) return inBrackets();
    if (list[at].kind === "number") return maker.constant(Number(next().word));
    if (list[at].kind === "name") return call(next().word);
    throw new Error(misplaced(list[at], list[at - 1]));
  };
  const power = () => {
    const base = atom();
    if (!is("^")) return base;
    next();
    return maker.apply("**", base, signed());
  };
  const signed = () => {
    if (is("+")) { next(); return signed(); }
    if (!is("-")) return power();
    next();
    return maker.apply("neg", signed());
  };
  const chain = (part, ...signs) => () => {
    let left = part();
    while (is(...signs)) left = maker.apply(next().word, left, part());
    return left;
  };
  const product = chain(signed, "*", "/");
  const sum = chain(product, "+", "-");
  const result = sum();
  if (list[at].kind !== "end") throw new Error(unexpected(list[at], list[at - 1]));
  return result;
}

/**
 * The computation graph of a formula.
 * @param {string} formula
 * @param {boolean} shared  whether parts that are written twice are computed once
 * @returns {{names: string[], steps: {name: string, operands: ({place: number} | {constant: number})[]}[]}}
 *   places count from 0, the inputs first
 */
export function graph(formula, shared) {
  const names = [], steps = [], places = new Map();
  const collect = { constant() {}, apply() {}, input(name) { if (!names.includes(name)) names.push(name); } };
  read(formula, collect);
  if (!names.length) throw new Error(say("a formula should have a variable, such as x"));
  if (names.length > MOST_INPUTS) {
    throw new Error(say("a formula should have at most {most} variables", { most: MOST_INPUTS }));
  }
  read(formula, {
    constant: (value) => ({ constant: value }),
    input: (name) => ({ place: names.indexOf(name) }),
    apply(name, ...operands) {
      if (operands.every((one) => "constant" in one)) {
        return { constant: PLAIN[name](...operands.map((one) => one.constant)) };
      }
      const key = JSON.stringify([name, operands]);
      if (shared && places.has(key)) return places.get(key);
      steps.push({ name, operands });
      places.set(key, { place: names.length + steps.length - 1 });
      return places.get(key);
    },
  });
  if (steps.length > MOST_STEPS) {
    throw new Error(say("a formula should have at most {most} operations", { most: MOST_STEPS }));
  }
  return { names, steps };
}

// ---- numbers that count, as in chapter 4: {value} counts, a plain number is a constant

const PLAIN = {
  "+": (x, y) => x + y, "-": (x, y) => x - y, "*": (x, y) => x * y, "/": (x, y) => x / y,
  "**": (x, y) => x ** y, neg: (x) => -x, ...FUNCTIONS,
};
const plain = (x) => (typeof x === "object" ? x.value : x);
const constant = (x, value) => typeof x === "number" && (value === undefined || x === value);

/** The result where a constant 0 or 1 makes an operation needless, else null. */
function shortcut(name, x, y) {
  if (name === "**") return constant(y, 1) ? x : null;
  if (name === "+") return constant(x, 0) ? y : constant(y, 0) ? x : null;
  if (name === "-" && constant(y, 0)) return x;
  if (name === "*" && (constant(x, 0) || constant(y, 0))) return 0;
  if (name === "*" && constant(x, 1)) return y;
  return (name === "*" || name === "/") && constant(y, 1) ? x : null;
}

/** A counter with its arithmetic: compute(name, x, y). */
function counter() {
  /** @type {{total: number, compute?: (name: string, ...operands: any[]) => any}} */
  const result = { total: 0 };
  const negative = (x) => (constant(x) ? -x : { value: -x.value });
  result.compute = (name, x, y) => {
    if (constant(x) && (y === undefined || constant(y))) return PLAIN[name](x, y);
    if (name === "neg") return negative(x);
    if (name === "-" && constant(x, 0)) return negative(y);
    if (name === "*" && constant(x, -1)) return negative(y);
    if ((name === "*" || name === "/") && constant(y, -1)) return negative(x);
    const short = shortcut(name, x, y);
    if (short !== null) return short;
    result.total += 1;
    return { value: PLAIN[name](plain(x), plain(y)) };
  };
  return result;
}

/** The derivative of an operation by operand i, as in autodiff.local_derivative. */
function localDerivative(op, name, i, result, x, y) {
  const rules = {
    "+": () => 1,
    "-": () => (i ? -1 : 1),
    "*": () => (i ? x : y),
    "/": () => (i ? op("/", op("neg", result), y) : op("/", 1, y)),
    "**": () => {
      if (i === 0) return constant(y, 0) ? 0 : op("*", y, op("**", x, op("-", y, 1)));
      return constant(x, 0) && plain(y) > 0 ? 0 : op("*", result, op("log", x));
    },
    neg: () => -1,
    exp: () => result,
    log: () => op("/", 1, x),
    sqrt: () => op("/", 1, op("*", 2, result)),
    sin: () => op("cos", x),
    cos: () => op("neg", op("sin", x)),
    tanh: () => op("-", 1, op("**", result, 2)),
  };
  return rules[name]();
}

/** Value and tangent of an operation, as in autodiff.carry_forward. */
function carryForward(op, name, x, dx, y, dy) {
  const value = op(name, x, y);
  const rules = {
    "+": () => op("+", dx, dy),
    "-": () => op("-", dx, dy),
    "*": () => op("+", op("*", dx, y), op("*", x, dy)),
    "/": () => op("/", op("-", dx, op("*", value, dy)), y),
    "**": () => {
      if (constant(dy, 0)) return constant(y, 0) ? 0 : op("*", op("*", y, op("**", x, op("-", y, 1))), dx);
      const slope = op("*", y, dx);
      return op("*", value, op("+", op("*", dy, op("log", x)), constant(slope, 0) ? 0 : op("/", slope, x)));
    },
    neg: () => op("neg", dx),
    exp: () => op("*", value, dx),
    log: () => op("/", dx, x),
    sqrt: () => op("/", dx, op("*", 2, value)),
    sin: () => op("*", op("cos", x), dx),
    cos: () => op("*", op("neg", op("sin", x)), dx),
    tanh: () => op("*", op("-", 1, op("**", value, 2)), dx),
  };
  return [value, rules[name]()];
}

/** The name of a step: a number times itself is a square. */
const operation = ({ name, operands: [one, other] }) =>
  (name === "*" && one.place !== undefined && one.place === other.place ? "**" : name);

/** The operands of a step, as the arithmetic sees them. */
function operandsOf(step, numbers) {
  const list = step.operands.map((one) => ("constant" in one ? one.constant : numbers[one.place]));
  return operation(step) === step.name ? list : [list[0], 2];
}

/** The places of a step's parents, with their number among the operands. */
const parentsOf = (step) => (operation(step) === step.name ? step.operands : [step.operands[0]])
  .map((one, i) => [one.place, i]).filter(([place]) => place !== undefined);

/** One sweep in forward mode; counted[k] operations after k steps. */
function sweep({ steps }, inputs, along) {
  const operations = counter(), counted = [0];
  const numbers = inputs.map((value) => ({ value }));
  const tangents = inputs.map((_, i) => ({ value: Number(i === along) }));
  for (const step of steps) {
    const [x, y] = operandsOf(step, numbers);
    const [dx, dy] = operandsOf(step, tangents);
    const square = operation(step) !== step.name; // its exponent is a constant
    const pair = step.operands.length > 1
      ? carryForward(operations.compute, operation(step), x, "constant" in step.operands[0] ? 0 : dx, y,
        square || "constant" in step.operands[1] ? 0 : dy)
      : carryForward(operations.compute, step.name, x, dx);
    numbers.push(pair[0]);
    tangents.push(pair[1]);
    counted.push(operations.total);
  }
  return { value: numbers.map(plain), tangent: tangents.map(plain), counted };
}

/** The tape forward and back; trail has what each step back did. */
function record({ names, steps }, inputs) {
  const operations = counter(), counted = [0], op = operations.compute;
  const numbers = inputs.map((value) => ({ value })), partials = names.map(() => []);
  for (const step of steps) {
    const operands = operandsOf(step, numbers), result = op(operation(step), ...operands);
    partials.push(parentsOf(step).map(([, i]) => (Number.isNaN(plain(result)) ? NaN
      : localDerivative(op, operation(step), i, result, ...operands))));
    numbers.push(result);
    counted.push(operations.total);
  }
  const adjoints = numbers.map(() => 0), trail = [];
  adjoints[numbers.length - 1] = 1;
  for (let j = numbers.length - 1; j >= names.length; j--) {
    parentsOf(steps[j - names.length]).forEach(([i], p) => {
      if (!constant(adjoints[j], 0)) adjoints[i] = op("+", adjoints[i], op("*", adjoints[j], partials[j][p]));
      trail.push({ child: j, parent: i, p, sum: plain(adjoints[i]), counted: operations.total });
    });
  }
  return {
    value: numbers.map(plain), partials: partials.map((list) => list.map(plain)), adjoint: adjoints.map(plain),
    counted, trail, total: operations.total,
  };
}

/** How many operations the value takes. */
function valueCount({ steps }, inputs) {
  const operations = counter(), numbers = inputs.map((value) => ({ value }));
  for (const step of steps) numbers.push(operations.compute(operation(step), ...operandsOf(step, numbers)));
  return operations.total;
}

/** All that is shown; see explore/tape.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const shape = graphOf(state), forward = sweep(shape, state.inputs, state.along);
  const { total, ...back } = record(shape, state.inputs);
  const counts = {
    value: valueCount(shape, state.inputs), forward: state.inputs.length * forward.counted.at(-1), reverse: total,
  };
  return { ...back, tangent: forward.tangent, sweep: forward.counted, counts };
}

let known = { key: "", shape: null };

/** The graph of a state; the last one is kept, since a drag does not change it. */
function graphOf({ formula, shared }) {
  const key = `${shared} ${formula}`;
  if (known.key !== key) known = { key, shape: graph(formula, shared) };
  return known.shape;
}

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ { formula, inputs, shared, mode, along, step }) {
  const { names } = graph(formula, shared);
  if (inputs.length !== names.length) {
    throw new Error(say("the variables should be {wanted}, not {given}", { wanted: names.length, given: inputs.length }));
  }
  if (!inputs.every((value) => value >= LIMITS.min && value <= LIMITS.max)) {
    throw new Error(say("variables should be between −10 and 10"));
  }
  if (!["reverse", "forward"].includes(mode)) throw new Error(say("the mode should be {forward} or {reverse}", { forward: "forward", reverse: "reverse" }));
  if (!names[along]) throw new Error(say("there is no such variable"));
  if (!Number.isInteger(step) || step < -1) throw new Error(say("there is no such step"));
}

// ---- names

const figure = (value) => format(value, Math.abs(value) < 10 ? 4 : 3);
/** A number without the zeros at its end: local derivatives are often whole. */
const brief = (value) => figure(value).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
const factor = (value) => (value < 0 ? `(${figure(value)})` : figure(value));
const slopeFactor = (value) => (value < 0 ? `(${brief(value)})` : brief(value));
const low = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
const nameOf = ({ names }, place) => names[place] ?? `x${low(place + 1)}`;
const dotted = (name) => `${name[0]}\u0307${name.slice(1)}`;
const adjointName = (shape, place) => `∂f/∂${nameOf(shape, place)}`;
const localName = (shape, child, parent) => `∂${nameOf(shape, child)}/∂${nameOf(shape, parent)}`;

/** A step as a formula; the text of each operand is given by a function. */
function written(step, text) {
  const [one, other] = step.operands.map((operand) =>
    ("constant" in operand ? short(operand.constant) : text(operand.place)));
  if (step.name === "neg") return `−${one}`;
  if (other === undefined) return `${step.name}(${one})`;
  return `${one}${{ "*": " · ", "/": " / ", "+": " + ", "-": " − ", "**": "^" }[step.name]}${other}`;
}

/** A step inside its circle: its sign, with the constant if there is one. */
function sign(step) {
  if (step.name === "neg") return "−";
  if (step.operands.length === 1) return step.name;
  const symbol = { "*": "×", "/": "÷", "+": "+", "-": "−", "**": "^" }[operation(step)];
  const [one, other] = step.operands.map((operand) => ("constant" in operand ? short(operand.constant, 2) : ""));
  if (operation(step) !== step.name) return "^2";
  return one || other ? `${one}${symbol}${other}` : symbol === "^" ? "xʸ" : symbol;
}

// ---- the picture

const RADIUS = 19;

/** The level of every variable: one more than its last parent's; an input stands before its first child. */
function levelsOf({ names, steps }) {
  const levels = names.map(() => 0);
  steps.forEach((step) => levels.push(1 + Math.max(...parentsOf(step).map(([place]) => levels[place]))));
  names.forEach((_, i) => {
    const children = steps.flatMap((step, k) => (parentsOf(step).some(([place]) => place === i)
      ? [levels[names.length + k]] : []));
    if (children.length) levels[i] = Math.min(...children) - 1;
  });
  return levels;
}

/** The arrows, each once, with the operands they stand for, and the points between that it passes. */
function arrowsOf({ names, steps }, levels) {
  const arrows = new Map();
  steps.forEach((step, k) => parentsOf(step).forEach(([parent], p) => {
    const child = names.length + k, key = `${parent} ${child}`;
    if (!arrows.has(key)) arrows.set(key, { parent, child, slots: [], way: [parent] });
    arrows.get(key).slots.push(p);
  }));
  for (const [key, { parent, child, way }] of arrows) {
    for (let level = levels[parent] + 1; level < levels[child]; level++) way.push(`${key} ${level}`);
    way.push(child);
  }
  return [...arrows.values()];
}

/** The items of each level in an order with few crossings: each near the mean of its neighbours. */
function ordered(levels, arrows) {
  const rows = Array.from({ length: Math.max(...levels) + 1 }, () => []);
  levels.forEach((level, i) => rows[level].push(i));
  const neighbours = new Map();
  const meet = (one, other) => neighbours.set(one, [...neighbours.get(one) ?? [], other]);
  for (const { parent, way } of arrows) {
    way.slice(1, -1).forEach((item, k) => rows[levels[parent] + 1 + k].push(item));
    way.slice(1).forEach((item, k) => { meet(item, way[k]); meet(way[k], item); });
  }
  const spot = new Map();
  const settle = (row) => row.forEach((item, k) => spot.set(item, k - (row.length - 1) / 2));
  rows.forEach(settle);
  for (let round = 0; round < 8; round++) {
    for (const row of round % 2 ? rows.toReversed() : rows) {
      const mean = new Map(row.map((item) => {
        const near = neighbours.get(item) ?? [];
        return [item, near.length ? near.reduce((sum, one) => sum + spot.get(one), 0) / near.length : spot.get(item)];
      }));
      row.sort((one, other) => mean.get(one) - mean.get(other));
      settle(row);
    }
  }
  return { rows, spot };
}

/** Where everything is: from left to right, or from top to bottom where that is too wide. */
function layout(shape, width) {
  const levels = levelsOf(shape), arrows = arrowsOf(shape, levels), { rows, spot } = ordered(levels, arrows);
  const most = Math.max(...rows.map((row) => row.length));
  const upright = rows.length * 80 > width;
  const gap = upright ? Math.min(width / most, 150) : 82;
  const along = upright ? 74 : Math.min(width / rows.length, 130);
  const start = upright ? 28 : (width - along * (rows.length - 1)) / 2;
  const middle = upright ? width / 2 - (gap > 90 ? 22 : 0) : most * gap / 2;
  const place = new Map();
  rows.forEach((row, level) => row.forEach((item) => {
    const ahead = start + level * along, aside = middle + spot.get(item) * gap;
    place.set(item, upright ? [aside, ahead] : [ahead, aside]);
  }));
  return {
    upright, arrows, place, width, roomy: !upright || gap >= 84,
    height: upright ? along * (rows.length - 1) + 56 : most * gap,
  };
}

/** A smooth line through points, which leaves and reaches each along the levels. */
function curve(points, upright) {
  return points.map(([x, y], k) => {
    if (!k) return `M${x.toFixed(1)} ${y.toFixed(1)}`;
    const [u, v] = points[k - 1], mx = (u + x) / 2, my = (v + y) / 2;
    return `C${(upright ? [u, my, x, my, x, y] : [mx, v, mx, y, x, y]).map((n) => n.toFixed(1)).join(" ")}`;
  }).join("");
}

/** How far along an arrow its number stands: away from the end where several arrows meet. */
function share({ arrows }, { parent, child }) {
  const leaving = arrows.filter((arrow) => arrow.parent === parent).length;
  return leaving > arrows.filter((arrow) => arrow.child === child).length ? 0.6 : 0.4;
}

function arrowParts(plan, arrow) {
  const { upright, place } = plan, part = share(plan, arrow), bent = 3 * part ** 2 - 2 * part ** 3, points = arrow.way.map((item) => place.get(item));
  const shift = ([x, y], way) => (upright ? [x, y + way] : [x + way, y]);
  const line = [shift(points[0], RADIUS), ...points.slice(1, -1), shift(points.at(-1), -RADIUS - 5)];
  const [x, y] = shift(points.at(-1), -RADIUS);
  const [[u, v], [s, t]] = line;
  const at = points.length > 2 ? points[points.length >> 1] : upright
    ? [u + bent * (s - u), v + part * (t - v)] : [u + part * (s - u), v + bent * (t - v)];
  const text = svg("text", { x: at[0], y: at[1] + 4, "text-anchor": "middle", class: "explorable-slope" });
  if (arrow.slots.length === 1) text.dataset.value = `partials.${arrow.child}.${arrow.slots[0]}`;
  const element = svg("g", { class: "explorable-arrow" },
    svg("path", { class: "explorable-arrow-line", d: curve(line, upright) }),
    svg("path", { class: "explorable-arrow-tip", d: upright ? `M${x} ${y}l-4 -8h8z` : `M${x} ${y}l-8 -4v8z` }));
  return { ...arrow, element, text };
}

function nodeParts(plan, shape, i) {
  const [x, y] = plan.place.get(i), step = shape.steps[i - shape.names.length];
  const name = nameOf(shape, i), middle = { x, "text-anchor": "middle" };
  const outside = plan.upright ? { x: x + RADIUS + 4, "text-anchor": "start" } : middle;
  const above = svg("text", { ...outside, y: plan.upright ? y - 2 : y - RADIUS - 6, class: "explorable-value", "data-value": `value.${i}` });
  const below = svg("text", { ...outside, y: plan.upright ? y + 12 : y + RADIUS + 14, class: "explorable-adjoint" });
  const circle = svg("circle", { cx: x, cy: y, r: RADIUS, class: "explorable-unit" });
  const names = step ? [svg("text", { ...middle, y: y - 2 }, name),
    svg("text", { ...middle, y: y + 11, class: "explorable-small" }, sign(step))]
    : [svg("text", { ...middle, y: y + 4 }, name.length > 6 ? `${name.slice(0, 5)}…` : name)];
  return { element: svg("g", { class: "explorable-node" }, circle, ...names, ...(plan.roomy ? [above, below] : [])), above, below };
}

/** The picture of a graph; `set` brings it up to date. */
function picture(shape, width) {
  const plan = layout(shape, width);
  const arrows = plan.arrows.map((arrow) => arrowParts(plan, arrow));
  const nodes = [...shape.names, ...shape.steps].map((_, i) => nodeParts(plan, shape, i));
  const element = svg("svg", {
    class: "explorable-network", viewBox: `0 0 ${width} ${plan.height}`, width, height: plan.height, "aria-hidden": "true",
  }, ...arrows.map((arrow) => arrow.element), ...nodes.map((node) => node.element),
  ...(plan.roomy ? arrows.map((arrow) => arrow.text) : []));
  return {
    element,
    set(/** @type {State} */ state, /** @type {Shown} */ shown, view) {
      nodes.forEach(({ element: node, above, below }, i) => {
        setText(above, view.value(i) ? figure(shown.value[i]) : "");
        setAttribute(below, "data-value", `${state.mode === "forward" ? "tangent" : "adjoint"}.${i}`);
        setText(below, view.derivative(i));
        node.classList.toggle("explorable-now", view.node === i);
      });
      arrows.forEach(({ element: line, text, parent, child, slots }) => {
        const slope = slots.reduce((sum, p) => sum + shown.partials[child][p], 0);
        setText(text, view.value(child) ? brief(slope) : "");
        line.classList.toggle("explorable-now", view.arrow === `${parent} ${child}`);
      });
    },
  };
}

// ---- the steps of the two modes

/** How many steps a mode has. */
export function length(/** @type {State} */ state) {
  const shape = graphOf(state), { steps } = shape;
  return state.mode === "forward" ? 1 + steps.length
    : steps.length + 1 + steps.reduce((sum, step) => sum + parentsOf(step).length, 0);
}

/** What is known after the steps that are shown, where they are, and how many operations it took. */
function viewOf(/** @type {State} */ state, /** @type {Shown} */ shown) {
  const { names, steps } = graphOf(state), forward = state.mode === "forward", S = steps.length;
  const all = length(state), step = state.step < 0 ? all : Math.min(state.step, all);
  const done = forward ? step - 1 : Math.min(step, S);
  const value = (i) => i < names.length || i - names.length < done;
  const back = shown.trail.slice(0, Math.max(0, step - S - 1)), now = state.step > 0 ? back.at(-1) : undefined;
  const sums = new Map(/** @type {[number, number][]} */ (
    step > S ? [[names.length + S - 1, 1], ...back.map(({ parent, sum }) => [parent, sum])] : []));
  const complete = (i) => !shown.trail.slice(back.length).some(({ parent }) => parent === i);
  const derivative = forward ? (i) => (step > 0 && value(i) ? figure(shown.tangent[i]) : "")
    : (i) => (sums.has(i) ? figure(sums.get(i)) : "");
  const node = state.step <= 0 ? -1 : forward ? (step === 1 ? state.along : names.length + done - 1)
    : step <= S + 1 ? names.length + done - 1 : now.parent;
  return {
    value, derivative, complete, sums, node, now, step, all, S,
    arrow: !forward && now ? `${now.parent} ${now.child}` : "",
    count: forward ? shown.sweep[Math.max(0, done)] : back.at(-1)?.counted ?? shown.counted[Math.max(0, done)],
  };
}

/** The lines that explain a step, as formula and as number. */
function explain(/** @type {State} */ state, /** @type {Shown} */ shown, view) {
  const shape = graphOf(state), { names, steps } = shape, forward = state.mode === "forward";
  if (state.step === 0) return [say("Nothing is computed yet.")];
  if (forward && view.step === 1) {
    const name = names[state.along], why = names.length > 1
      ? say("{name} is varied, the other inputs are not.", { name }) : say("{name} is varied.", { name });
    return [`${dotted(name)} = 1: ${why}`];
  }
  if (!forward && view.step === view.S + 1) {
    return [`${adjointName(shape, view.node)} = 1: ${say("the result itself. From here it goes back along the arrows.")}`];
  }
  if (view.now) {
    const { parent, child, p, sum } = view.now, local = shown.partials[child][p];
    const now = `${adjointName(shape, parent)} = ${figure(sum)}`, way = say("back to {name}", { name: nameOf(shape, parent) });
    return [`${adjointName(shape, child)} · ${localName(shape, child, parent)} = ${factor(shown.adjoint[child])} · ${
      slopeFactor(local)} = ${figure(shown.adjoint[child] * local)}, ${way}`,
    (view.complete(parent) ? say("{value}, complete", { value: now })
      : say("{value} so far: another arrow leaves it", { value: now }))];
  }
  const j = view.node, step = steps[j - names.length], parents = parentsOf(step);
  const lines = [`${nameOf(shape, j)} = ${written(step, (i) => nameOf(shape, i))} = ${
    written(step, (i) => factor(shown.value[i]))} = ${figure(shown.value[j])}`];
  if (!forward) {
    return [...lines, `${say("on the arrows")}: ${parents.map(([i], p) =>
      `${localName(shape, j, i)} = ${brief(shown.partials[j][p])}`).join(", ")}`];
  }
  return [...lines, `${dotted(nameOf(shape, j))} = ${parents.map(([i]) =>
    `${localName(shape, j, i)} ${dotted(nameOf(shape, i))}`).join(" + ")} = ${parents.map(([i], p) =>
    `${slopeFactor(shown.partials[j][p])} · ${factor(shown.tangent[i])}`).join(" + ")} = ${figure(shown.tangent[j])}`];
}

/** The buttons that walk through a mode, and the words for the present step. */
function walk(/** @type {Frame} */ frame) {
  const here = () => (frame.state.step < 0 ? length(frame.state) : Math.min(frame.state.step, length(frame.state)));
  const go = (step) => {
    frame.update({ step: Math.max(0, Math.min(step, length(frame.state))) });
    frame.draw();
    frame.update({}, words.textContent);
  };
  const words = html("div", { class: "explorable-words" }), place = html("span", { class: "explorable-place" });
  return {
    element: html("div", { class: "explorable-walk" }, button(say("First step"), () => go(1)),
      button(say("Back"), () => go(here() - 1)), button(say("Next"), () => go(frame.state.step < 0 ? 1 : here() + 1)),
      button(say("All"), () => frame.update({ step: -1 })), place, words),
    set(/** @type {State} */ state, /** @type {Shown} */ shown, view) {
      const total = state.mode === "forward" ? shown.sweep.at(-1) : shown.counts.reverse;
      const where = state.step < 0 ? say("all steps") : say("step {step} of {all}", { step: view.step, all: view.all });
      const numbers = { number: view.count, all: total };
      setText(place, `${where}; ${state.mode === "forward" && state.inputs.length > 1
        ? say("{number} of {all} operations of this sweep", numbers) : say("{number} of {all} operations", numbers)}`);
      setText(words, (state.step < 0 ? [say("“First step” begins; “Next” then follows every operation.")]
        : explain(state, shown, view)).join("\n"));
    },
  };
}

// ---- the tape as a table, and the counts

function ledger() {
  const body = html("tbody"), head = html("th", { scope: "col" });
  let rows = [], built = null;
  const build = (shape) => {
    rows = [...shape.names, ...shape.steps].map((step, i) => {
      const text = i < shape.names.length ? nameOf(shape, i) : `${nameOf(shape, i)} = ${written(step, (p) => nameOf(shape, p))}`;
      const value = html("td", { class: "explorable-value", "data-value": `value.${i}` });
      const derivative = html("td", { class: "explorable-adjoint" });
      return { element: html("tr", {}, html("th", { scope: "row" }, text), value, derivative), value, derivative };
    });
    body.replaceChildren(...rows.map((row) => row.element));
    built = shape;
  };
  return {
    element: html("table", { class: "explorable-tape" }, html("caption", {}, say("the tape")),
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, say("variable")), html("th", { scope: "col" }, say("value")), head)), body),
    set(/** @type {State} */ state, /** @type {Shown} */ shown, view) {
      if (built !== graphOf(state)) build(graphOf(state));
      const forward = state.mode === "forward";
      setText(head, forward ? say("tangent") : say("adjoint"));
      rows.forEach(({ value, derivative }, i) => {
        setText(value, view.value(i) ? figure(shown.value[i]) : "");
        setAttribute(derivative, "data-value", `${forward ? "tangent" : "adjoint"}.${i}`);
        setText(derivative, view.derivative(i));
      });
    },
  };
}

/** The three counts, each with a bar. */
function countPanel() {
  const rows = ["value", "forward", "reverse"].map((name) => {
    const text = html("dt"), number = html("dd", { "data-value": `counts.${name}` });
    return { name, text, number, element: html("div", {}, text, number) };
  });
  return {
    element: html("div", {}, html("p", { class: "explorable-counts-name" }, say("operations, counted as in chapter 4")),
      html("dl", { class: "explorable-facts explorable-counts" }, ...rows.map((row) => row.element))),
    set(/** @type {State} */ { inputs: { length: k } }, /** @type {Shown} */ { counts }) {
      const texts = {
        value: say("value alone"), reverse: say("with gradient, reverse: 1 sweep"),
        forward: count(k, "with gradient, forward: {number} sweep", "with gradient, forward: {number} sweeps"),
      };
      const most = Math.max(1, ...Object.values(counts));
      for (const { name, text, number, element } of rows) {
        setText(text, texts[name]);
        setText(number, String(counts[name]));
        element.style.setProperty("--share", `${100 * counts[name] / most}%`);
      }
    },
  };
}

// ---- the controls

/** @type {[string, string][]} */
const EXAMPLES = [
  ["sqrt(x^2 + exp(x^2))", say("the lecture’s")], ["x*y + sin(z)", say("three inputs")], ["a*b*c*d*e", say("a product of five")],
  ["sqrt(x^2 + y^2 + z^2 + exp(x^2 + y^2 + z^2))", say("chapter 4’s, n = 3")], ["1/(1 + exp(-(w*x + b)))", say("a sigmoid neuron")],
  ["((x^2)^2)^2 - x^8", say("two ways to a power")],
];

/** The changes that another formula brings: inputs with the same names keep their values. */
function withFormula(/** @type {State} */ state, formula) {
  const before = graphOf(state).names, { names } = graph(formula, state.shared);
  return { formula, inputs: names.map((name, k) => state.inputs[before.indexOf(name)] ?? FIRST[k]), along: 0, step: -1 };
}

/** What somebody may have meant by a name that is read as a variable; "" if nothing. */
function doubt(names) {
  const constant = { e: ["exp(1)", "exp(x)"], pi: ["3.14159"] };
  const name = names.find((one) => Object.hasOwn(constant, one)
    || Object.keys(FUNCTIONS).some((known) => one.startsWith(known)));
  if (name === undefined) return "";
  const called = Object.keys(FUNCTIONS).find((known) => name.startsWith(known));
  if (!Object.hasOwn(constant, name)) {
    return say("Here {name} is a variable. The function is written {called}(…).", { name, called });
  }
  const [number, power] = constant[name];
  return power ? say("Here {name} is a variable. Write the constant as {number}, and {name}^x as {power}.", { name, number, power })
    : say("Here {name} is a variable. Write the constant as {number}.", { name, number });
}

/** The field for the formula: it is read while it is typed; what is wrong is said after a pause. */
function formulaField(/** @type {Frame} */ frame) {
  let typing = false, timer = 0;
  const refuse = (error) => {
    element.setAttribute("aria-invalid", "true");
    frame.tell(`${error.message[0].toUpperCase()}${error.message.slice(1)}.`);
  };
  const look = (wait) => {
    clearTimeout(timer);
    try {
      const changes = withFormula(frame.state, element.value);
      element.removeAttribute("aria-invalid");
      frame.update(changes);
      frame.tell(doubt(graph(element.value, frame.state.shared).names));
    } catch (error) {
      timer = setTimeout(refuse, wait, error);
    }
  };
  const element = html("input", {
    type: "text", class: "explorable-formula", "aria-label": say("formula"), maxlength: LONGEST, spellcheck: "false",
    autocomplete: "off", autocapitalize: "off",
    oninput() { typing = true; look(700); },
    onchange() { look(0); },
    onblur() { typing = false; },
  });
  frame.signal.addEventListener("abort", () => clearTimeout(timer));
  return {
    element,
    set(/** @type {State} */ { formula }) {
      if (typing && document.activeElement === element) return;
      if (element.value !== formula) element.value = formula;
      element.removeAttribute("aria-invalid");
    },
    forget() { typing = false; },
  };
}

/** A number for every input, and which of them forward mode varies. */
function inputPanel(/** @type {Frame} */ frame) {
  const element = html("div", { class: "explorable-settings" });
  let boxes = [], along = null, built = "";
  const build = ({ names }) => {
    boxes = names.map((name, i) => number(frame, {
      ...LIMITS, label: say("value of {name}", { name }),
      write: (value) => frame.update({ inputs: frame.state.inputs.with(i, value) }),
    }));
    along = menu({
      label: say("vary"), options: names.map((name, i) => [String(i), name]),
      write: (i) => frame.update({ along: Number(i), step: -1 }),
    });
    element.replaceChildren(...names.map((name, i) =>
      html("span", { class: "explorable-term" }, html("span", {}, `${name} =`), boxes[i].element)), along.element);
    built = String(names);
  };
  return {
    element,
    set(/** @type {State} */ state) {
      const shape = graphOf(state);
      if (built !== String(shape.names)) build(shape);
      boxes.forEach((box, i) => box.set(state.inputs[i]));
      along.element.hidden = state.mode !== "forward" || boxes.length < 2;
      along.set(String(state.along));
    },
  };
}

function settings(/** @type {Frame} */ frame) {
  const field = formulaField(frame);
  const example = menu({
    label: say("example"), options: [...EXAMPLES, ["", say("your own")]],
    write(formula) {
      field.forget();
      if (formula) frame.update(withFormula(frame.state, formula));
      else { field.element.focus(); field.element.select(); }
    },
  });
  const mode = choice({
    label: say("mode"), options: [["reverse", say("reverse: adjoints")], ["forward", say("forward: tangents")]],
    write: (value) => frame.update({ mode: value, step: -1 }),
  });
  const shared = choice({
    label: say("equal parts"), options: [["once", say("computed once")], ["each", say("as written")]],
    write(value) {
      try {
        graph(frame.state.formula, value === "once");
        frame.update({ shared: value === "once", step: -1 });
      } catch (error) {
        shared.set("once");
        frame.tell(say("As it is written it is too long: {reason}.", { reason: error.message }));
      }
    },
  });
  return {
    element: html("div", {}, html("div", { class: "explorable-settings" },
      html("label", { class: "explorable-formula-label" }, html("span", {}, "f ="), field.element), example.element),
    html("div", { class: "explorable-settings explorable-switches" }, mode.element, shared.element)),
    set(/** @type {State} */ state) {
      field.set(state);
      example.set(EXAMPLES.some(([formula]) => formula === state.formula) ? state.formula : "");
      mode.set(state.mode);
      shared.set(state.shared ? "once" : "each");
    },
  };
}

/** What a screen reader hears after a change. */
function describe(/** @type {State} */ state) {
  const { names } = graphOf(state), { value, adjoint, counts } = values(state);
  const derivatives = names.map((name, i) => `∂f/∂${name} = ${figure(adjoint[i])}`).join(", ");
  const taken = say("operations: {value} for the value; with the gradient, {forward} forward and {reverse} in reverse", counts);
  return `f = ${figure(value.at(-1))}; ${derivatives}; ${taken}.`;
}

/** What stands where in the picture. */
const key = (mode) => [html("span", { class: "explorable-value" }, say("blue: values")), " · ",
  html("span", { class: "explorable-slope" }, say("on the arrows: local derivatives")), " · ",
  html("span", { class: "explorable-adjoint" }, mode === "forward" ? say("orange: tangents") : say("orange: adjoints ∂f/∂x"))];

/** @param {Host} host */
function render({ model, el }) {
  const frame = stage({ model, el, check, describe, label: say("A computation and its tape") });
  const canvas = html("div", { class: "explorable-canvas" }), names = html("p", { class: "explorable-key" });
  const top = settings(frame), inputs = inputPanel(frame), steps = walk(frame), table = ledger(), counts = countPanel();
  frame.body.append(top.element, inputs.element, canvas, names, steps.element, columns([table.element], [counts.element]));
  let width = 0, built = null, image = null, mode = "";
  const paint = (state) => {
    if (!width) return;
    const shape = graphOf(state), shown = values(state), view = viewOf(state, shown);
    if (built !== shape || !image) {
      image = picture(shape, width);
      canvas.replaceChildren(image.element);
      built = shape;
    }
    if (mode !== state.mode) {
      names.replaceChildren(...key(state.mode));
      mode = state.mode;
    }
    for (const part of [top, inputs, image, steps, table, counts]) part.set(state, shown, view);
  };
  frame.paint(paint);
  frame.fit((next) => {
    width = Math.min(next, 760);
    image = null;
    paint(frame.state);
  });
  return frame.close;
}

export default { render };
