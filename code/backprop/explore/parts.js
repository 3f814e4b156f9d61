// What explorables share: words in the language of the book; the frame with state, reset and link;
// numbers to drag or type; choices; axes.

/**
 * @typedef {{min?: number, max?: number, step?: number}} Range
 * @typedef {Range & {label: string, digits?: number, kind?: string, pixels?: number,
 *   write: (value: number) => void}} NumberOptions
 * @typedef {{label: string, options: [string, string][], write: (value: string) => void}} Options
 * @typedef {Node | string | number} Child
 * @typedef {{get: (name: string) => any, set: (name: string, value: any) => void,
 *   save_changes: () => void}} Model
 * @typedef {{model: Model, el: HTMLElement}} Host  what render() gets
 */
/** @template {object} State @typedef {ReturnType<typeof stage<State>>} Stage */

// ---- words

// English stands in the scripts.  For a book in another language the site (web/explore/extension.py) and
// the widgets of notebooks add a line at the end of this file: what there is for a sentence in English,
// text or its forms by category of number.  What these scripts say at once, they say after that line.
/** @type {{language: string, texts: Record<string, any>}} */
const book = { language: "en", texts: {} };

/**
 * A text in pieces: what is between places in braces, and the values of these.
 * @param {string} text
 * @param {Record<string, any>} values
 * @returns {any[]}
 */
export const among = (text, values) => text.split(/\{(\w+)\}/)
  .map((part, k) => (k % 2 ? values[part] ?? `{${part}}` : part));

/**
 * A sentence in the language of the book, with values in the places of their names in braces.
 * @param {string} text
 * @param {Record<string, any>} [values]
 */
export const say = (text, values = {}) => among(book.texts[text] ?? text, values).join("");

/**
 * A sentence for a number: the first for one thing, the second for several.
 * @param {number} number
 * @param {string} one
 * @param {string} several
 * @param {Record<string, any>} [values]
 */
export function count(number, one, several, values = {}) {
  const forms = book.texts[one] ?? { one, other: several };
  const form = forms[new Intl.PluralRules(book.language).select(number)] ?? forms.other;
  return among(form, { number, ...values }).join("");
}

/** Throw an Error in words if a number is beyond its limits. @param {number} value @param {{label: string} & Range} limits */
export function demand(value, { label, min, max }) {
  if (value >= min && value <= max) return;
  throw new Error(say("{label} should be between {min} and {max}", { label, min: short(min), max: short(max) }));
}

// ---- elements

/** @template {Element} T @param {T} node @param {Record<string, any>} attributes @param {any[]} children */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * An HTML element: html("button", { type: "button", onclick: press }, "Press").
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 */
export const html = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 */
export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/**
 * Set a text only if it changes, which spares the browser layout.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set an attribute only if it changes. @param {Element} node @param {string} name @param {any} value */
export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

// ---- numbers as text

/**
 * A number with a fixed number of decimals, a true minus sign and no −0; exponents if they need to be.
 * @param {number} value
 */
export function format(value, digits = 4) {
  if (Number.isNaN(value)) return say("undefined");
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const plain = size === 0 || (size < 1e6 && size >= 0.5 * 10 ** -digits);
  const text = plain ? value.toFixed(digits) : value.toExponential(2);
  return text.replace(/^-(?=0(\.0*)?$)/, "").replace("-", "−").replace("e-", "e−").replace("e+", "e");
}

/** The shortest text of a number of at most so many decimals. @param {number} value */
export const short = (value, digits = 4) => format(Number(value.toFixed(digits)), digits)
  .replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

/** The number in a typed text, or NaN. @param {string} text */
export function parse(text) {
  const plain = text.trim().replace(/−/g, "-").replace(/^(-?\d*),(\d+)$/, "$1.$2");
  return plain === "" ? NaN : Number(plain);
}

/**
 * A number on the grid of its step, between its limits, without rounding errors such as 0.30000000000000004.
 * @param {number} value
 * @param {Range} range
 */
export function snap(value, { min = -Infinity, max = Infinity, step = 0.01 }) {
  const inside = Math.min(max, Math.max(min, value));
  return Number((Math.round(inside / step) * step).toPrecision(12));
}

// ---- the frame

/** @template T @param {T} value @returns {T} */
const copy = (value) => JSON.parse(JSON.stringify(value));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const kind = (value) => (Array.isArray(value) ? "list" : value === null ? "nothing" : typeof value);
const finite = (value) => (kind(value) === "list" ? value.every(finite)
  : kind(value) !== "nothing" && (typeof value !== "number" || Number.isFinite(value)));

/** The state in the page's address, as far as it differs from the first; null if there is none. */
function linked(key, first, check) {
  const text = key && new URLSearchParams(location.search).get(key);
  if (!text) return null;
  let changes = null;
  try {
    changes = JSON.parse(text);
  } catch {
    throw new Error(say("its text is damaged"));
  }
  if (kind(changes) !== "object") throw new Error(say("it is not a state"));
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(first, name)) throw new Error(say("there is nothing called “{name}” here", { name }));
    if (kind(value) !== kind(first[name]) || !finite(value)) throw new Error(say("{name} has the wrong type", { name }));
  }
  const state = { ...copy(first), ...changes };
  check(state);
  return state;
}

/**
 * The frame of an explorable: it keeps the state, draws once per animation frame, announces changes,
 * and has the buttons that every explorable has.
 *
 * @template {object} State
 * @param {Host & {label: string, check: (state: State) => void, describe: (state: State) => string}} options
 *   check throws an Error in words if a state is impossible; describe says in one sentence what a
 *   screen reader should hear after a change.
 */
export function stage({ model, el, label, check, describe }) {
  const aborter = new AbortController();
  const first = copy(/** @type {State} */ (model.get("state"))), key = model.get("key");
  /** @type {((state: State) => void)[]} */
  const painters = [];
  /** @type {(() => void)[]} */
  const lookers = [];
  const observer = new ResizeObserver(() => lookers.forEach((look) => look()));
  let state = copy(first), frame = 0, timer = 0;

  const body = html("div", { class: "explorable-body" });
  const note = html("span", { class: "explorable-note", role: "status" });
  const spoken = html("span", { class: "explorable-spoken", "aria-live": "polite" });
  const link = key ? html("a", { class: "explorable-link", href: "#" }, say("Link to this state")) : null;
  const reset = html("button", { type: "button", class: "explorable-button" }, say("Reset"));
  const extra = html("span", { class: "explorable-extra" });
  const root = html("div", { class: "explorable", role: "group", "aria-label": label }, body,
    html("div", { class: "explorable-foot" }, extra, reset, link, note, spoken));

  /** Tell something that is seen, too: what a typed number should be. @param {string} text */
  const tell = (text) => setText(note, text);

  function address() {
    const url = new URL(location.href);
    const changed = Object.entries(state).filter(([name, value]) => !same(value, first[name]));
    if (changed.length) url.searchParams.set(key, JSON.stringify(Object.fromEntries(changed)));
    else url.searchParams.delete(key);
    url.hash = key;
    return url.href;
  }

  function draw() {
    cancelAnimationFrame(frame);
    frame = 0;
    painters.forEach((painter) => painter(state));
    if (link) link.href = address();
  }

  /**
   * Change the state; `words`, a text or what gives one later, replace the description that is announced.
   * @param {Partial<State>} changes
   * @param {string | (() => string)} [words]
   */
  function update(changes, words) {
    Object.assign(state, changes);
    tell("");
    frame ||= requestAnimationFrame(draw);
    clearTimeout(timer);
    timer = setTimeout(() => {
      setText(spoken, (typeof words === "function" ? words() : words) ?? describe(state));
      model.set("state", copy(state));
      model.save_changes();
    }, 400);
  }

  reset.addEventListener("click", () => {
    update(copy(first), say("Reset to the first state."));
    draw();
  });
  link?.addEventListener("click", (event) => {
    event.preventDefault();
    link.href = address(); // another figure may have changed the page's address
    history.replaceState(null, "", link.href);
    navigator.clipboard?.writeText(link.href).then(
      () => tell(say("The link is copied, and is the page's address now.")),
      () => tell(say("The link is the page's address now.")),
    );
  });
  try {
    state = linked(key, first, check) ?? state;
  } catch (error) {
    const reason = error.message;
    tell(say("The link's state cannot be shown ({reason}): here is the first one.", { reason }));
  }
  el.append(root);

  const result = {
    root, body, extra, first, tell, update, draw,
    signal: aborter.signal,
    get state() { return state; },
    /** Call a function with the state now, and after every change. @param {(state: State) => void} painter */
    paint(painter) { painters.push(painter); painter(state); if (link) link.href = address(); },
    /**
     * Call a function with the width of the body, now and whenever it has changed.
     * @param {(width: number) => void} callback
     */
    fit(callback) {
      let width = 0;
      const look = () => {
        const next = Math.floor(body.clientWidth);
        if (next === width || !next) return;
        width = next;
        callback(width);
      };
      observer.observe(body);
      lookers.push(look);
      look();
    },
    /** What render() returns. */
    close() {
      aborter.abort();
      observer.disconnect();
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      root.remove();
    },
  };
  Object.assign(root, { stage: result }); // for tests
  return result;
}

// ---- hands

const STEPS = {
  ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10,
};

/**
 * The value that a key gives, or null if it does not change numbers.
 * @param {Partial<KeyboardEvent>} event
 * @param {number} value
 * @param {Range} options
 */
export function keyed(event, value, options) {
  const { min, max, step = 0.01 } = options;
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.key === "Home" && min !== undefined) return min;
  if (event.key === "End" && max !== undefined) return max;
  const steps = STEPS[event.key];
  return steps ? snap(value + steps * step * (event.shiftKey ? 10 : 1), options) : null;
}

/**
 * Let a number be dragged: right and up is more, Shift ten times as much.  Up and down a finger
 * scrolls the page, and what it has changed until then is taken back.
 * @param {GlobalEventHandlers & Element} target
 * @param {Range & {read: () => number, write: (value: number) => void, tap?: () => void,
 *   pixels?: number}} options  pixels: how many make a step; tap: pressed, not moved
 */
export function scrub(target, options) {
  const { read, write, tap, pixels = 2, step = 0.01 } = options;
  let start = null;
  const end = (/** @type {PointerEvent} */ event) => {
    if (start?.moved && event.type === "pointercancel") write(start.value);
    if (start && !start.moved && event.type === "pointerup") tap?.();
    start = null;
    target.classList.remove("explorable-held");
  };
  target.classList.add("explorable-scrub"); // a finger may still scroll the page up and down
  target.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (event.pointerType === "mouse") event.preventDefault(); // no selection of text
    target.setPointerCapture(event.pointerId);
    start = { x: event.clientX, y: event.clientY, value: read(), moved: false };
  });
  target.addEventListener("pointermove", (event) => {
    if (!start) return;
    const right = event.clientX - start.x, up = start.y - event.clientY;
    const finger = event.pointerType === "touch", way = finger ? right : right + up;
    if (!start.moved && (Math.abs(way) < 4 || (finger && Math.abs(up) > Math.abs(right)))) return;
    start.moved = true;
    target.classList.add("explorable-held");
    write(snap(start.value + Math.trunc(way / pixels) * step * (event.shiftKey ? 10 : 1), options));
  });
  target.addEventListener("pointerup", end);
  target.addEventListener("pointercancel", end);
}

/**
 * A number that can be dragged, typed, or changed with the arrow keys.
 * @param {{tell: (text: string) => void}} frame
 * @param {NumberOptions} options  write gets each new value; kind is a class for its colour; with a
 *   whole step only whole numbers are accepted
 * @returns {{element: HTMLInputElement, set: (value: number) => void}}
 */
export function number(frame, options) {
  const { label, min, max, step = 0.01, digits = 2, write, kind = "" } = options;
  const whole = Number.isInteger(step);
  let value = 0, typing = false;
  const element = html("input", {
    type: "text", inputmode: "decimal", role: "spinbutton", autocomplete: "off", spellcheck: "false",
    class: `explorable-number ${kind}`, "aria-label": label, "aria-valuemin": min, "aria-valuemax": max,
    "data-whole": whole,
  });
  const show = () => {
    typing = false;
    const text = short(value, Math.max(digits, 4));
    const padded = format(value, whole ? 0 : digits);
    element.value = parse(padded) === value ? padded : text;
    element.removeAttribute("aria-invalid");
    setAttribute(element, "aria-valuenow", value);
    setAttribute(element, "aria-valuetext", element.value);
  };
  const change = (next) => {
    value = next;
    show();
    write(value);
  };
  const accept = () => {
    if (!typing) return;
    const typed = parse(element.value);
    const inside = typed >= min && typed <= max; // false for NaN
    if (!inside || (whole && !Number.isInteger(typed))) {
      element.setAttribute("aria-invalid", "true");
      const range = { label, min: short(min), max: short(max), text: element.value.trim().slice(0, 20) };
      frame.tell(whole ? say("{label} should be a whole number between {min} and {max}, not “{text}”.", range)
        : say("{label} should be a number between {min} and {max}, not “{text}”.", range));
    } else {
      frame.tell("");
      change(typed);
    }
  };
  element.addEventListener("input", () => { typing = true; });
  element.addEventListener("change", accept);
  element.addEventListener("blur", () => { if (typing) { accept(); show(); } });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter") accept();
    if (event.key === "Escape") show();
    if (typing && /^(Arrow(Left|Right)|Home|End)$/.test(event.key)) return; // these move the caret
    const next = keyed(event, value, options);
    if (next === null) return;
    event.preventDefault();
    change(next);
  });
  scrub(element, {
    ...options, read: () => value, write: change,
    tap: () => { element.focus(); element.select(); },
  });
  return {
    element,
    set(next) {
      if (typing || (next === value && element.value)) return;
      value = next;
      show();
    },
  };
}

/**
 * A slider beside a number that can be typed.  With `log`, equal ways are equal factors.
 * @param {{tell: (text: string) => void}} frame
 * @param {NumberOptions & {log?: boolean, symbol?: Child}} options
 * @returns {{element: HTMLElement, set: (value: number) => void}}
 */
export function slider(frame, options) {
  const { label, min, max, step = 0.01, log = false, symbol, write } = options;
  const box = number(frame, options);
  const scale = log ? Math.log : (value) => value, inverse = log ? Math.exp : (value) => value;
  let value = min, before = min;
  const change = (next) => {
    value = next;
    box.set(value);
    write(value);
  };
  const range = html("input", {
    type: "range", min: scale(min), max: scale(max), step: log ? "any" : step, tabindex: "-1",
    "aria-hidden": "true", class: "explorable-range",
    oninput: () => change(snap(inverse(Number(range.value)), options)),
    // A slider goes where a finger touches it; if the finger then scrolls the page, it goes back.
    onpointerdown: () => { before = value; },
    onpointercancel: () => {
      range.value = String(scale(before));
      change(before);
    },
  });
  return {
    element: html("label", { class: "explorable-slider" },
      html("span", { class: "explorable-symbol" }, symbol ?? label), range, box.element),
    set(next) {
      value = next;
      box.set(value);
      if (range.value !== String(scale(value))) range.value = String(scale(value));
    },
  };
}

let groups = 0;

/**
 * One of a few: radio buttons in a row.
 * @param {Options} options  pairs of a value and its name
 * @returns {{element: HTMLElement, set: (value: string) => void}}
 */
export function choice({ label, options, write }) {
  const group = `explorable-choice-${++groups}`;
  const buttons = options.map(([value]) => html("input", {
    type: "radio", name: group, value, onchange: () => write(value),
  }));
  const names = options.map(([, name], k) => html("label", {}, buttons[k], html("span", {}, name)));
  return {
    element: html("fieldset", { class: "explorable-choice" },
      html("legend", {}, label), html("span", { class: "explorable-options" }, ...names)),
    set(value) { buttons.forEach((button) => { button.checked = button.value === value; }); },
  };
}

/**
 * One of several, in a menu.
 * @param {Options} options  pairs of a value and its name
 * @returns {{element: HTMLElement, set: (value: string) => void}}
 */
export function menu({ label, options, write }) {
  const list = html("select", { class: "explorable-list", "aria-label": label, onchange: () => write(list.value) },
    ...options.map(([value, name]) => html("option", { value }, name)));
  return {
    element: html("label", { class: "explorable-menu" }, html("span", {}, label), list),
    set(value) { if (list.value !== value) list.value = value; },
  };
}

/** A button. @param {string} name @param {() => void} press @param {Record<string, any>} [attributes] */
export const button = (name, press, attributes) =>
  html("button", { type: "button", class: "explorable-button", onclick: press, ...attributes }, name);

// ---- axes

/** About so many round numbers between two, or powers of ten. */
export function ticks(low, high, count = 5, log = false) {
  if (log) {
    const powers = [];
    for (let k = Math.ceil(Math.log10(low) - 1e-9); k <= Math.log10(high) + 1e-9; k++) powers.push(10 ** k);
    const each = Math.ceil(powers.length / count);
    return powers.filter((power, k) => k % each === 0);
  }
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) * power;
  const result = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    result.push(Number((k * step).toPrecision(12)));
  }
  return result;
}

/**
 * Axes of a plot, in units of an SVG of the given size.
 * @param {{label: string, width?: number, height?: number, x: [number, number], y: [number, number],
 *   xName: string, yName: string, xLog?: boolean, yLog?: boolean, equal?: boolean}} options
 *   label: alternative text
 * @returns {{element: SVGElement, plot: SVGElement, px: (x: number) => number,
 *   py: (y: number) => number, at: (event: PointerEvent) => [number, number],
 *   line: (attributes?: Record<string, any>) => {element: SVGElement, set: (points: number[][]) => void}}}
 *   plot is clipped to the axes; at gives the coordinates of a pointer
 */
export function axes(options) {
  const { label, width = 360, height = 260, x, y, xName, yName, xLog, yLog } = options;
  const box = { left: 48, right: width - 10, top: 10, bottom: height - 38 };
  const scale = (log) => (log ? Math.log : (value) => value);
  const span = ([low, high], log, from, to) => {
    const f = scale(log), ratio = (to - from) / (f(high) - f(low));
    return {
      to: (value) => from + (f(value) - f(low)) * ratio,
      back: (pixel) => (log ? Math.exp : (v) => v)(f(low) + (pixel - from) / ratio),
    };
  };
  const across = span(x, xLog, box.left, box.right), up = span(y, yLog, box.bottom, box.top);
  const name = (value, log) => (log ? `10${superscript(Math.round(Math.log10(value)))}` : short(value, 6));
  const id = `explorable-clip-${++groups}`;
  const plot = svg("g", { "clip-path": `url(#${id})` });
  const element = svg("svg", {
    class: "explorable-axes", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label,
  },
  svg("clipPath", { id }, svg("rect", {
    x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top,
  })),
  svg("g", { class: "explorable-ticks", "aria-hidden": "true" },
    ...ticks(...x, 5, xLog).flatMap((value) => [
      svg("line", { x1: across.to(value), x2: across.to(value), y1: box.top, y2: box.bottom }),
      svg("text", { x: across.to(value), y: box.bottom + 15, "text-anchor": "middle" }, name(value, xLog)),
    ]),
    ...ticks(...y, 5, yLog).flatMap((value) => [
      svg("line", { x1: box.left, x2: box.right, y1: up.to(value), y2: up.to(value) }),
      svg("text", { x: box.left - 5, y: up.to(value) + 4, "text-anchor": "end" }, name(value, yLog)),
    ])),
  plot,
  svg("path", {
    class: "explorable-spines", d: `M${box.left} ${box.top}V${box.bottom}H${box.right}`,
  }),
  svg("text", { x: (box.left + box.right) / 2, y: height - 5, "text-anchor": "middle" }, xName),
  svg("text", {
    x: 12, y: (box.top + box.bottom) / 2, "text-anchor": "middle",
    transform: `rotate(-90 12 ${(box.top + box.bottom) / 2})`,
  }, yName));
  return {
    element, plot, px: across.to, py: up.to,
    at(event) {
      const frame = element.getBoundingClientRect();
      return [across.back((event.clientX - frame.left) * width / frame.width),
        up.back((event.clientY - frame.top) * height / frame.height)];
    },
    line(attributes) {
      const path = svg("path", { class: "explorable-line", fill: "none", ...attributes });
      plot.append(path);
      return {
        element: path,
        set(points) {
          const text = points.map(([u, v]) => `${across.to(u).toFixed(1)} ${up.to(v).toFixed(1)}`);
          path.setAttribute("d", text.length ? `M${text.join("L")}` : "");
        },
      };
    },
  };
}

const superscript = (number) => String(number).replace("-", "⁻")
  .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

/**
 * A point in a plot that can be dragged, or moved with the arrow keys.
 * @param {object} frame
 * @param {ReturnType<typeof axes>} plane
 * @param {{label: string, x: Range, y: Range, write: (x: number, y: number) => void}} options
 * @returns {{element: SVGElement, set: (x: number, y: number) => void}}
 */
export function point(frame, plane, { label, x, y, write }) {
  let held = false;
  /** @type {[number, number]} */
  let at = [0, 0];
  const flat = y.min === y.max; // it moves sideways only, and all keys do that
  const element = svg("g", {
    class: "explorable-point", role: "slider", tabindex: "0", "aria-label": label,
    "aria-valuemin": x.min, "aria-valuemax": x.max,
  },
    svg("circle", { r: 28, class: "explorable-reach" }), svg("circle", { r: 7 }));
  const set = (/** @type {number} */ u, /** @type {number} */ v) => {
    at = [u, v];
    setAttribute(element, "transform", `translate(${plane.px(u).toFixed(1)} ${plane.py(v).toFixed(1)})`);
    setAttribute(element, "aria-valuenow", u);
    setAttribute(element, "aria-valuetext", flat ? short(u) : `${short(u)}, ${short(v)}`);
  };
  const move = (/** @type {number} */ u, /** @type {number} */ v) => {
    set(snap(u, x), snap(v, y));
    write(...at);
  };
  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    held = true;
  });
  element.addEventListener("pointermove", (event) => { if (held) move(...plane.at(event)); });
  element.addEventListener("pointerup", () => { held = false; });
  element.addEventListener("pointercancel", () => { held = false; });
  element.addEventListener("keydown", (event) => {
    const sideways = flat || /Left|Right|Home|End/.test(event.key), which = sideways ? 0 : 1;
    const next = keyed(event, at[which], [x, y][which]);
    if (next === null) return;
    event.preventDefault();
    if (sideways) move(next, at[1]); else move(at[0], next);
  });
  set(...at);
  return { element, set };
}
