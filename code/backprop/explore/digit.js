// Draw a digit: a sheet to draw on, what the trained network reads there, and which pixels speak for it.

import { DIGITS, PARAMETERS, STEP, WIDTHS } from "./digit-weights.js";
import { backward, forward, softmax } from "./engine.js";
import { columns, factList, legend } from "./panels.js";
import {
  among, button, choice, format, html, keyed, menu, number, say, setAttribute, setText, stage, svg,
} from "./parts.js";

// ---- numbers; explore/digit.py has the same

/**
 * @typedef {{sheet: string, fit: boolean, about: number, at: number[]}} State
 * @typedef {ReturnType<typeof values>} Shown
 * @typedef {Stage<State>} Frame
 */

const SIDE = 32, BLOCK = 4, PIXELS = 8, FULL = 16;
const WIDEST = 20, LEAST = 240; // dots: how wide a digit may be, and how many at least it has
const ORDER = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]; // of a pixel's dots
const SMALLEST = 0.5; // evidence whose square fills a pixel, if there is no larger one

const network = { widths: WIDTHS, functions: ["LRELU", "LRELU", "identity"], cost: "HalfSquares" };
const bytes = Uint8Array.from(atob(PARAMETERS), (letter) => letter.charCodeAt(0));
const theta = Float64Array.from({ length: bytes.length / 2 }, (_, k) =>
  ((bytes[2 * k] | bytes[2 * k + 1] << 8) << 16 >> 16) * STEP);

/** The dots of a sheet, row by row, from its hexadecimal digits. */
export const unpacked = (sheet) => Uint8Array.from({ length: SIDE * SIDE }, (_, k) =>
  parseInt(sheet[k >> 2], 16) >> (3 - k % 4) & 1);

/** A sheet as hexadecimal digits, four dots each. */
export const packed = (dots) => Array.from({ length: SIDE * SIDE / 4 }, (_, k) =>
  (8 * dots[4 * k] + 4 * dots[4 * k + 1] + 2 * dots[4 * k + 2] + dots[4 * k + 3]).toString(16)).join("");

/** The dots of a sheet after one of its pixels has got so much ink. */
function inked(dots, row, column, ink) {
  const next = dots.slice();
  for (let k = 0; k < FULL; k++) {
    const i = k >> 2, j = k & 3;
    next[(BLOCK * row + i) * SIDE + BLOCK * column + j] = ORDER[i][j] < ink ? 1 : 0;
  }
  return next;
}

/** The sheet of an image with 64 pixels. */
const halftone = (image) => image.reduce((dots, ink, k) => inked(dots, k >> 3, k & 7, ink),
  new Uint8Array(SIDE * SIDE));

/** How many dots each of the 64 pixels of a sheet has. */
function counted(dots) {
  const image = new Array(PIXELS * PIXELS).fill(0);
  dots.forEach((dot, k) => { image[(k >> 7) * PIXELS + (k % SIDE >> 2)] += dot; });
  return image;
}

/** Rows and columns of all dots, sheared so that the drawing leans neither way. */
function upright(dots) {
  const places = [];
  dots.forEach((dot, k) => { if (dot) places.push([k >> 5, k % SIDE]); });
  const n = places.length, sum = (f) => places.reduce((total, place) => total + f(...place), 0);
  const rows = sum((i) => i);
  const a = rows * sum((i, j) => j) - n * sum((i, j) => i * j);
  const b = Math.max(1, n * sum((i) => i * i) - rows * rows);
  const top = places[0][0];
  return places.map(([i, j]) => [i, j + Math.floor((2 * a * (i - top) + b) / (2 * b))]);
}

/** A sheet with a dot more on all four sides of what is drawn. */
const thickened = (dots) => dots.map((dot, k) => {
  const column = k % SIDE;
  return dot || dots[k - SIDE] || dots[k + SIDE] || (column > 0 && dots[k - 1])
    || (column < SIDE - 1 && dots[k + 1]) ? 1 : 0;
});

/** A drawing in the form of the data: upright, of full height, at most 20 dots wide, centred, thick. */
export function fitted(dots) {
  if (!dots.some(Boolean)) return dots;
  const places = upright(dots), top = places[0][0], columns = places.map(([, j]) => j);
  const first = Math.min(...columns), height = places.at(-1)[0] - top + 1;
  const width = Math.max(...columns) - first + 1;
  const drawing = new Uint8Array(height * width);
  for (const [i, j] of places) drawing[(i - top) * width + j - first] = 1;
  const wide = Math.min(WIDEST, Math.max(1, Math.floor((2 * SIDE * width + height) / (2 * height))));
  const left = SIDE - wide >> 1;
  let sheet = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) {
    const row = Math.floor((2 * i + 1) * height / (2 * SIDE));
    for (let j = 0; j < wide; j++) {
      sheet[i * SIDE + left + j] = drawing[row * width + Math.floor((2 * j + 1) * width / (2 * wide))];
    }
  }
  while (sheet.reduce((total, dot) => total + dot, 0) < LEAST) sheet = thickened(sheet);
  return sheet;
}

const total = (numbers) => numbers.reduce((one, other) => one + other, 0);

/** What the figure shows; see explore/digit.py, whose `values` has the same keys. */
export function values(/** @type {State} */ state) {
  const dots = unpacked(state.sheet), image = counted(state.fit ? fitted(dots) : dots);
  const x = image.map((ink) => ink / FULL), pass = forward(network, theta, x);
  const z = pass.z.at(-1), outputs = softmax(z);
  const [answer, second] = outputs.map((_, k) => k).sort((j, k) => outputs[k] - outputs[j]);
  const digit = state.about < 0 ? answer : state.about;
  const towards = z.map((value, k) => value - (k === digit ? 1 : 0)); // makes ∂C/∂z 1 for this digit alone
  const slope = backward(network, theta, pass, towards).adjoint[0];
  const evidence = x.map((value, i) => value * slope[i]);
  const support = total(evidence.filter((one) => one > 0)), doubt = total(evidence.filter((one) => one < 0));
  return {
    image, z, outputs, answer, second, digit, evidence, support, doubt, rest: z[digit] - support - doubt,
  };
}

/** Throw an Error in words if a state is impossible. */
export function check(/** @type {State} */ { sheet, about, at }) {
  if (!/^[0-9a-f]{256}$/.test(sheet)) throw new Error(say("the sheet should be 256 hexadecimal digits"));
  if (![...Array(11).keys()].includes(about + 1)) throw new Error(say("the digit should be between 0 and 9, or −1"));
  if (at.length !== 2 || !at.every((one) => Number.isInteger(one) && one >= 1 && one <= PIXELS)) {
    throw new Error(say("row and column should be whole numbers between 1 and {most}", { most: PIXELS }));
  }
}

// ---- the figure

const BLANK = "0".repeat(SIDE * SIDE / 4);
const PEN = 1.8; // dots from the middle of a stroke to its edge
const DRAWN = /** @type {[number, number, string][]} */ (DIGITS);
const SHEETS = DRAWN.map(([, , ink]) => packed(halftone([...ink].map((digit) => parseInt(digit, 17)))));
/** @type {[string, string][]} */
const NAMES = DRAWN.map(([shows, read], k) =>
  [String(k), shows === read ? say("a {shows}", { shows }) : say("a {shows} that is read as {read}", { shows, read })]);

/** The dots after a stroke from one point to another; at the points' distance counts the nearest of the line. */
export function stroke(dots, /** @type {number[]} */ [x0, y0], /** @type {number[]} */ [x1, y1], ink) {
  const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  return dots.map((dot, k) => {
    const x = k % SIDE + 0.5 - x0, y = (k >> 5) + 0.5 - y0;
    const along = length ? (x * (x1 - x0) + y * (y1 - y0)) / length : 0;
    const share = Math.min(1, Math.max(0, along));
    return Math.hypot(x - share * (x1 - x0), y - share * (y1 - y0)) <= PEN ? ink : dot;
  });
}

/** The ink under the cursor. */
const inkAt = (/** @type {State} */ { sheet, at: [row, column] }) =>
  counted(unpacked(sheet))[(row - 1) * PIXELS + column - 1];

const underCursor = (/** @type {State} */ state) =>
  say("Row {row}, column {column}: {ink} of {full} dots, evidence {evidence}.", {
    row: state.at[0], column: state.at[1], ink: inkAt(state), full: FULL,
    evidence: format(values(state).evidence[(state.at[0] - 1) * PIXELS + state.at[1] - 1], 3),
  });

function setInk(/** @type {Frame} */ frame, ink) {
  const { sheet, at: [row, column] } = frame.state;
  frame.update({ sheet: packed(inked(unpacked(sheet), row - 1, column - 1, ink)) });
}

const PLACE = { min: 1, max: PIXELS, step: 1 };
const AXES = { ArrowUp: 0, ArrowDown: 0, ArrowLeft: 1, ArrowRight: 1 };

/** Move the cursor with the arrow keys, fill or empty its pixel with the space bar. */
function letType(/** @type {Frame} */ frame, board) {
  board.addEventListener("keydown", (event) => {
    const { at } = frame.state, axis = AXES[event.key];
    if (event.key === " ") setInk(frame, inkAt(frame.state) ? 0 : FULL);
    else if (axis === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    else {
      const next = at.slice(), back = /Up|Left/.test(event.key);
      next[axis] = keyed({ key: back ? "ArrowDown" : "ArrowUp" }, at[axis], PLACE);
      frame.update({ at: next }, underCursor({ ...frame.state, at: next }));
    }
    event.preventDefault();
  });
}

/** Draw with a mouse, a pen or a finger. */
function letDraw(/** @type {Frame} */ frame, board, ink) {
  let last = null;
  const place = (event) => {
    const box = board.getBoundingClientRect();
    return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
  };
  const draw = (event) => {
    const now = place(event);
    frame.update({ sheet: packed(stroke(unpacked(frame.state.sheet), last ?? now, now, ink())) });
    last = now;
  };
  board.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    board.focus({ preventScroll: true });
    board.setPointerCapture(event.pointerId);
    draw(event);
  });
  board.addEventListener("pointermove", (event) => { if (last) draw(event); });
  for (const name of ["pointerup", "pointercancel"]) board.addEventListener(name, () => { last = null; });
}

/** The sheet. */
function board(/** @type {Frame} */ frame, ink) {
  const dots = svg("path", { class: "explorable-digit-ink" });
  const cursor = svg("rect", { class: "explorable-digit-cursor", width: BLOCK, height: BLOCK });
  const lines = svg("path", { class: "explorable-digit-lines" });
  lines.setAttribute("d", Array.from({ length: PIXELS - 1 }, (_, k) =>
    `M0 ${BLOCK * (k + 1)}h${SIDE}M${BLOCK * (k + 1)} 0v${SIDE}`).join(""));
  const element = svg("svg", {
    viewBox: `0 0 ${SIDE} ${SIDE}`, class: "explorable-digit-board", tabindex: "0", role: "application",
    "aria-label": say("Sheet of 8 by 8 pixels: arrow keys move the cursor, the space bar fills or empties its pixel"),
  }, dots, lines, cursor);
  letType(frame, element);
  letDraw(frame, element, ink);
  return {
    element,
    paint(/** @type {State} */ { sheet, at: [row, column] }) {
      setAttribute(dots, "d", Array.from(unpacked(sheet), (dot, k) =>
        (dot ? `M${k % SIDE} ${k >> 5}h1v1h-1z` : "")).join(""));
      setAttribute(cursor, "x", BLOCK * (column - 1));
      setAttribute(cursor, "y", BLOCK * (row - 1));
    },
  };
}

/** Eight by eight squares, each with a shade, and marks on them. */
function image(label, strength, marks) {
  const cells = Array.from({ length: PIXELS * PIXELS }, (_, k) => svg("rect", {
    x: k % PIXELS, y: k >> 3, width: 1, height: 1, class: "explorable-digit-cell",
  }));
  const squares = marks ? cells.map(() => svg("rect", {})) : [];
  const element = svg("svg", {
    viewBox: `0 0 ${PIXELS} ${PIXELS}`, class: "explorable-digit-image", role: "img", "aria-label": label,
  }, ...cells, ...squares);
  return {
    element,
    paint(/** @type {Shown} */ { image: ink, evidence }) {
      cells.forEach((cell, k) => setAttribute(cell, "fill-opacity", strength * ink[k] / FULL));
      const largest = Math.max(SMALLEST, ...evidence.map(Math.abs));
      squares.forEach((square, k) => {
        const side = 0.88 * Math.sqrt(Math.abs(evidence[k]) / largest);
        const values = {
          x: k % PIXELS + (1 - side) / 2, y: (k >> 3) + (1 - side) / 2, width: side, height: side,
          class: side < 0.1 ? "explorable-digit-none" : `explorable-digit-${evidence[k] > 0 ? "for" : "against"}`,
        };
        for (const [name, value] of Object.entries(values)) setAttribute(square, name, value);
      });
    },
  };
}

/** The ten probabilities, as text and as bars. */
function outputTable() {
  const rows = Array.from({ length: 10 }, (_, k) => {
    const bar = html("span", { class: "explorable-digit-bar" });
    const text = html("td", { "data-value": `outputs.${k}` });
    return { bar, text, row: html("tr", {}, html("th", { scope: "row" }, k), html("td", {}, bar), text) };
  });
  return {
    element: html("table", { class: "explorable-digit-outputs" },
      html("caption", {}, say("probability of each digit")), html("tbody", {}, ...rows.map(({ row }) => row))),
    paint(/** @type {Shown} */ { outputs, answer }) {
      rows.forEach(({ bar, text, row }, k) => {
        setText(text, outputs[k].toFixed(4));
        bar.style.width = `${(100 * outputs[k]).toFixed(2)}%`;
        row.classList.toggle("explorable-digit-answer", k === answer);
      });
    },
  };
}

/** @returns {Facts} */
function facts(/** @type {State} */ { at }, /** @type {Shown} */ shown) {
  const { answer, second, digit, outputs, support, doubt, rest, z, evidence } = shown;
  const pixel = (at[0] - 1) * PIXELS + at[1] - 1;
  return [[`outputs.${answer}`, say("read as {answer}, with probability", { answer }), outputs[answer].toFixed(4)],
    [`outputs.${second}`, say("second is {second}, with", { second }), outputs[second].toFixed(4)],
    ["support", say("pixels for the {digit}", { digit }), format(support, 3)],
    ["doubt", say("pixels against the {digit}", { digit }), format(doubt, 3)],
    ["rest", say("biases"), format(rest, 3)],
    [`z.${digit}`, say("sum: pre-activation of the {digit}", { digit }), format(z[digit], 3)],
    [`evidence.${pixel}`, say("pixel in row {row}, column {column}", { row: at[0], column: at[1] }), format(evidence[pixel], 3)]];
}

function describe(/** @type {State} */ state) {
  const { answer, second, outputs } = values(state);
  return say("Read as {answer} with probability {most}; second is {second} with {less}.",
    { answer, second, most: outputs[answer].toFixed(3), less: outputs[second].toFixed(3) });
}

/** Row, column and ink of the pixel under the cursor, as numbers. */
function pixelHands(/** @type {Frame} */ frame) {
  const place = [say("row of the pixel"), say("column of the pixel")].map((label, axis) => number(frame, {
    ...PLACE, label, digits: 0,
    write(value) {
      const at = frame.state.at.with(axis, value);
      frame.update({ at }, underCursor({ ...frame.state, at }));
    },
  }));
  const ink = number(frame, {
    label: say("ink of the pixel"), min: 0, max: FULL, step: 1, digits: 0, write: (value) => setInk(frame, value),
  });
  return {
    element: html("div", { class: "explorable-row" }, ...among(
      say("pixel in row {row} column {column} has ink {ink} of {full}", { full: FULL }),
      { row: place[0].element, column: place[1].element, ink: ink.element })),
    paint(/** @type {State} */ state) {
      place.forEach((one, axis) => one.set(state.at[axis]));
      ink.set(inkAt(state));
    },
  };
}

function hands(/** @type {Frame} */ frame) {
  let ink = 1;
  const start = menu({
    label: say("Sheet"), options: [["", say("drawn here")], ...NAMES],
    write: (value) => frame.update(value ? { sheet: SHEETS[value], fit: false } : {}),
  });
  const clear = button(say("Clear"), () => frame.update({ sheet: BLANK, fit: true }, say("The sheet is empty.")));
  const pen = choice({
    label: say("Pen"), options: [["1", say("draws")], ["0", say("erases")]],
    write: (value) => { ink = Number(value); },
  });
  pen.set("1");
  const fit = choice({
    label: say("The network gets it"),
    options: [["false", say("as it is")], ["true", say("upright, scaled, centred")]],
    write: (value) => frame.update({ fit: value === "true" }),
  });
  const about = menu({
    label: say("Pixels that speak for"), options: [["-1", say("the answer")],
      ...Array.from({ length: 10 }, (_, digit) =>
        /** @type {[string, string]} */ ([String(digit), say("the {digit}", { digit })]))],
    write: (value) => frame.update({ about: Number(value) }),
  });
  const pixel = pixelHands(frame);
  return {
    ink: () => ink,
    element: html("div", { class: "explorable-digit-hands" }, start.element, clear, pen.element, fit.element,
      about.element, pixel.element),
    paint(/** @type {State} */ state) {
      const known = SHEETS.indexOf(state.sheet);
      start.set(known < 0 ? "" : String(known));
      fit.set(String(state.fit));
      about.set(String(state.about));
      pixel.paint(state);
    },
  };
}

/** @param {Host} host */
function render({ model, el }) {
  const frame = stage({ model, el, label: say("A sheet and what the network reads"), check, describe });
  const controls = hands(frame), sheet = board(frame, controls.ink);
  const seen = image(say("The 8 by 8 pixels that the network gets"), 1, false);
  const said = image(say("Pixels that speak for the digit, filled squares, and against it, open ones"), 0.25, true);
  const table = outputTable(), list = factList();
  const panel = (element, text) => html("div", {}, element, legend(text));
  frame.body.append(controls.element, html("div", { class: "explorable-digit-panels" },
    panel(sheet.element, say("draw here")), panel(seen.element, say("the network's input")),
    panel(said.element, say("■ for, □ against"))), columns([table.element], [list.element]));
  frame.paint((state) => {
    const shown = values(state);
    controls.paint(state);
    sheet.paint(state);
    [seen, said, table].forEach((one) => one.paint(shown));
    list.set(facts(state, shown));
  });
  return frame.close;
}

export default { render };
