// The page's side of live cells: turns each code cell into an editor with buttons, keeps what
// the reader changes, and hands cells to Python (worker.js) one after the other.

import { Files } from "./files.js";
import { editorMaker } from "./editor.js";
import { Output } from "./output.js";

const PATIENCE = 60000; // milliseconds without a word from Python, after which the page wonders

export async function start(bar) {
  const page = new Page(bar);
  page.launch(); // beside the editor
  try {
    const files = await new Files(import.meta.url).open();
    page.furnish(await editorMaker(files));
  } catch (error) {
    page.quit();
    throw Object.assign(error, { live: true });
  }
}

function make(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function button(parent, text, label, action) {
  const made = make("button", "live-button", text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", action);
  parent.append(made, " ");
  return made;
}

// A button that has nothing to do keeps the focus, and says so.
function enable(made, enabled) {
  made.setAttribute("aria-disabled", String(!enabled));
}

class Page {
  constructor(bar) {
    this.bar = bar;
    this.status = bar.querySelector(".live-status");
    this.store = new Store(bar.dataset.store);
    this.cells = [];
    this.queue = [];
    this.running = null;
    this.restored = "";
  }

  // Turn the page's cells into live ones.
  furnish(makeEditor) {
    this.saved = this.store.read();
    this.cells = [...document.querySelectorAll("article div.cell")]
      .filter((element) => element.querySelector(".cell_input pre"))
      .map((element, k) => new Cell(this, element, k + 1, makeEditor));
    const first = this.bar.querySelector(".live-start");
    first.textContent = "Run all";
    first.addEventListener("click", () => this.enqueue(this.cells));
    const rest = make("span", "live-tools");
    first.after(" ", rest);
    this.stopButton = button(rest, "Stop", "", () => this.stop());
    button(rest, "Restart Python", "", () => this.restart("Python is starting again"));
    this.forgetButton = button(rest, "Forget my changes", "", () => this.forget());
    const changed = this.cells.filter((cell) => cell.changed).length;
    this.restored = changed ? ` Your changes to ${changed} cell${changed > 1 ? "s" : ""} are back.` : "";
    this.bar.dataset.page = "on";
    if (this.ready) this.welcome();
    this.refresh();
  }

  welcome() {
    this.say(`Python is ready. Shift-Enter runs a cell and goes to the next.${this.restored}`);
    if (this.cells.length) this.restored = "";
  }

  say(text, problem = false) {
    this.status.textContent = text;
    this.bar.classList.toggle("live-problem", problem);
  }

  launch() {
    this.ready = false;
    this.say("Python is being loaded …");
    this.bar.dataset.python = "starting";
    this.expect();
    try {
      this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    } catch (error) {
      this.fail(`This browser cannot run Python here. (${error.message})`);
      return;
    }
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.fail(event.message
        ? `Python ended: ${event.message}.`
        : "A script that runs Python (worker.js) is missing on the server or damaged.");
    };
    // Where the server isolates its pages, a running cell can be interrupted.
    this.interrupt = globalThis.crossOriginIsolated
      ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    this.worker.postMessage({ start: { soon: ["numpy"], interrupt: this.interrupt } });
  }

  // While Python starts, silence is said too.
  expect() {
    clearTimeout(this.timer);
    if (this.ready || !this.worker) return;
    this.timer = setTimeout(() => this.say("Nothing has come from Python for a minute. It may " +
      "still start; “Restart Python” tries again.", true), PATIENCE);
  }

  hear({ progress, done, asked, ready, output, finished, good, failed }) {
    this.expect();
    if (progress !== undefined) {
      const amount = done ? `: ${(done / 1e6).toFixed(0)} of ${(asked / 1e6).toFixed(0)} MB` : "";
      if (!done) this.say(progress && `${progress} …`);
      else this.say(`${progress}${amount} …`);
    } else if (ready) {
      this.ready = true;
      this.bar.dataset.python = "ready";
      this.expect();
      this.welcome();
      this.next();
    } else if (output) {
      this.running?.show(output, this.cells);
    } else if (finished !== undefined) {
      const cell = this.running;
      this.running = null;
      cell?.finish(good);
      if (!good) this.drop();
      this.say(good ? `Cell ${finished} is done.` : `Cell ${finished} ended with an error.`);
      this.next();
    } else if (failed) {
      this.fail(failed);
    }
  }

  quit() {
    this.worker?.terminate();
    this.worker = null;
    this.ready = false;
    clearTimeout(this.timer);
  }

  // Python cannot go on: say why; the next run starts it anew.
  fail(text) {
    this.quit();
    this.bar.dataset.python = "failed";
    this.running?.show({ kind: "notice", text });
    this.running?.finish(false);
    this.running = null;
    this.drop();
    this.say(`${text.replace(/[.!?]?$/, ".")} “Restart Python” tries again.`, true);
  }

  drop() {
    this.queue.forEach((cell) => cell.state(""));
    this.queue = [];
    this.refresh();
  }

  enqueue(cells) {
    for (const cell of cells) {
      if (this.queue.includes(cell)) continue;
      this.queue.push(cell);
      if (cell !== this.running) cell.state("waiting");
    }
    if (!this.worker) this.launch();
    this.next();
  }

  next() {
    if (this.ready && !this.running && this.queue.length) {
      this.running = this.queue.shift();
      this.running.begin();
      this.say(`Cell ${this.running.number} is running …`);
      if (this.interrupt) this.interrupt[0] = 0;
      this.worker.postMessage({
        run: this.running.number, code: this.running.editor.text, number: this.running.number });
    }
    this.refresh();
  }

  stop() {
    if (!this.running && !this.queue.length) return;
    if (this.interrupt && this.running) {
      this.interrupt[0] = 2; // Python raises KeyboardInterrupt
      this.drop();
      return;
    }
    this.restart("Stopped. Only a new start of Python can do that here: what the cells had " +
      "defined is gone");
  }

  restart(why) {
    this.quit();
    this.running?.finish(null);
    this.running = null;
    this.drop();
    this.cells.forEach((cell) => cell.state(""));
    this.launch();
    this.say(`${why} …`);
    this.restored = why.startsWith("Stopped") ? ` ${why}.` : "";
  }

  above(cell) {
    this.enqueue(this.cells.slice(0, this.cells.indexOf(cell)));
  }

  following(cell) {
    return this.cells.slice(this.cells.indexOf(cell) + 1).find((other) => other.visible);
  }

  forget() {
    this.cells.forEach((cell) => cell.reset());
    this.saved = {};
    this.store.write(this.saved);
    this.refresh();
    this.say("All cells are the author's again, and your changes are deleted from this browser.");
  }

  // The page may be open twice: what the other one keeps of other cells stays.
  keep(cell) {
    this.saved = this.store.read();
    if (cell.changed) this.saved[cell.key] = cell.editor.text;
    else delete this.saved[cell.key];
    if (!this.store.write(this.saved)) {
      this.say("This browser keeps nothing: your changes are lost when you leave the page.", true);
    }
    this.refresh();
  }

  refresh() {
    if (!this.cells.length) return; // not furnished yet
    enable(this.stopButton, Boolean(this.running || this.queue.length));
    const changed = Object.keys(this.saved).length || this.cells.some((cell) => cell.changed);
    enable(this.forgetButton, Boolean(changed));
  }
}

class Cell {
  constructor(page, element, number, makeEditor) {
    Object.assign(this, { page, element, number });
    const input = element.querySelector(".cell_input");
    const shown = input.querySelector("div[class*='highlight-']");
    this.source = input.querySelector("pre").textContent.replace(/\n$/, "");
    this.key = `${number} ${summary(this.source)}`; // another source: the change is not for it
    const place = make("div", "live-editor");
    this.hiddenCode = input.querySelector("pre"); // what the theme's copy button copies
    shown.hidden = true;
    shown.after(place);
    this.editor = makeEditor({
      parent: place,
      text: page.saved[this.key] ?? this.source,
      label: `Code of cell ${number}`,
      keys: [
        { key: "Shift-Enter", run: () => (this.run(), page.following(this)?.editor.focus(), true) },
        { key: "Mod-Enter", run: () => (this.run(), true) },
      ],
      onChange: () => this.edited(),
    });
    const copy = shown.querySelector(".copybtn");
    if (copy) place.append(copy);
    if (this.changed) this.hiddenCode.textContent = this.editor.text;
    const tools = make("div", "live-tools");
    (input.closest("details") ?? input).after(tools);
    this.runButton = button(tools, "Run", `Run cell ${number}`, () => this.run());
    if (number > 1) button(tools, "Run all above", `Run all above cell ${number}`, () => page.above(this));
    this.resetButton = button(tools, "Reset", `Reset cell ${number}`, () => this.reset());
    this.stopButton = button(tools, "Stop", `Stop cell ${number}`, () => page.stop());
    this.stopButton.hidden = true;
    this.label = make("span", "live-state");
    tools.append(this.label);
    this.output = new Output(element, tools, number);
    enable(this.resetButton, this.changed);
  }

  get changed() {
    return this.editor.text !== this.source;
  }

  get visible() {
    return this.element.checkVisibility?.() !== false &&
      this.element.querySelector(".live-editor").offsetParent !== null;
  }

  run() {
    this.page.enqueue([this]);
  }

  edited() {
    enable(this.resetButton, this.changed);
    this.hiddenCode.textContent = this.editor.text;
    this.page.keep(this);
  }

  reset() {
    if (this.changed) this.editor.text = this.source;
    this.editor.mark(0);
    if (this !== this.page.running) {
      this.output.reset();
      this.state("");
    }
  }

  state(name) {
    this.element.dataset.live = name;
    if (document.activeElement === this.stopButton) this.runButton.focus();
    this.stopButton.hidden = name !== "running";
    this.label.textContent = { waiting: "waits", running: "runs …", done: "done", error: "error" }[name] ?? "";
  }

  begin() {
    this.page.cells.forEach((cell) => cell.editor.mark(0));
    this.state("running");
    this.output.begin(this.changed);
  }

  show(message, cells) {
    this.output.add(message);
    if (message.line && cells) cells[message.cell - 1]?.editor.mark(message.line);
  }

  finish(good) {
    this.state(good === null ? "" : good ? "done" : "error");
    this.output.end();
  }
}

// A short number for a text; two different ones for one cell would be rare and harmless.
function summary(text) {
  let h = 0;
  for (const letter of text) h = (Math.imul(h, 31) + letter.codePointAt(0)) | 0;
  return (h >>> 0).toString(36);
}

// The reader's changes to a page, in the browser, which may refuse to keep anything.
class Store {
  constructor(name) {
    this.name = name;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  // Whether it was kept.
  write(saved) {
    try {
      if (Object.keys(saved).length) localStorage.setItem(this.name, JSON.stringify(saved));
      else localStorage.removeItem(this.name);
      return true;
    } catch {
      return false;
    }
  }
}
