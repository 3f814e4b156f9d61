// The page's side of live cells: turns each code cell into an editor with buttons, stores the
// reader's changes, and sends cells to Python (worker.js) one after the other.
//
// Python belongs to the page.  A shared worker could not own it for all pages: in no browser tried
// (Chromium 150, Firefox 153, WebKitGTK 2.50) is one cross-origin isolated, so Stop could not interrupt
// it there, and Chromium ends it with the page that started it.  But all three keep a page that is
// left whole, with Python at work, in their memory for "Back", for some minutes and if there is room
// (live.js lets links go there, too).  When such a page is gone, it is loaded anew, and shows what its
// cells had shown, which this tab keeps; Python then starts anew.

import { Files } from "./files.js";
import { editorMaker } from "./editor.js";
import { Output } from "./output.js";

const { say, count } = globalThis.words;
const TIMEOUT = 60000; // milliseconds without a message from Python before the page warns
const SIGINT = 2; // the signal for which Python raises KeyboardInterrupt
const IDLE = 100; // milliseconds without a cell until something is prepared
const REST = 3000; // milliseconds without a cell until a snapshot is made
const MOST = 1e6; // characters that are kept of what a cell shows
const FIRST = 5; // cells at most that run by themselves
const STOPPING = { interrupted: 4000, asked: 500 }; // milliseconds until Stop does more

// Starts the live cells of a page, and runs the first.  Python is not `wanted` yet where they only show
// what the tab has kept.
export async function start(bar, wanted = () => true) {
  const page = new Page(bar);
  if (wanted()) page.launch(); // while the editor loads
  try {
    const files = await new Files(import.meta.url).open();
    page.addCells(await editorMaker(files));
    if (wanted()) page.open();
    else page.tellWhatIsKept();
  } catch (error) {
    page.quit();
    throw Object.assign(error, { live: true });
  }
}

function make(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function button(parent, text, label, action) {
  const element = make("button", "live-button", text);
  element.type = "button";
  if (label) element.setAttribute("aria-label", label);
  element.addEventListener("click", action);
  parent.append(element, " ");
  return element;
}

// A disabled button keeps the focus, and screen readers announce its state.
function enable(button, enabled) {
  button.setAttribute("aria-disabled", String(!enabled));
}

class Page {
  /** @type {PythonWorker} */
  worker;

  /** @type {PythonWorker} */
  maker; // of a snapshot

  constructor(/** @type {HTMLElement} */ bar) {
    this.bar = bar;
    this.status = bar.querySelector(".live-status");
    this.store = new Store(bar.dataset.store);
    this.outputs = new Outputs(bar.dataset.outputs);
    /** @type {Cell[]} */
    this.cells = [];
    /** @type {Cell[]} */
    this.queue = [];
    /** @type {Cell[]} */
    this.opening = []; // cells that wait to run by themselves, or do so
    /** @type {Cell[]} */
    this.opened = []; // those that have
    /** @type {Cell} */
    this.running = null;
    this.note = "";
    this.preparing = false; // whether a step of the preparation is under way
    this.remaining = false; // whether there may be another step
    this.suspect = false; // whether Python has been started, and was not ready or broke down
    this.launched = false; // whether Python has ever been started
    this.used = false; // whether a cell has run
    addEventListener("pageshow", ({ persisted }) => persisted && this.return());
  }

  // Turn the page's cells into live ones.
  addCells(makeEditor) {
    this.changes = this.store.read();
    this.cells = [...document.querySelectorAll("article div.cell")]
      .filter((element) => element.querySelector(".cell_input pre"))
      .map((element, k) => new Cell(this, element, k + 1, makeEditor));
    const first = this.bar.querySelector(".live-start");
    first.addEventListener("click", () => (this.launched ? this.enqueue(this.cells) : this.open()));
    const rest = make("span", "live-tools");
    first.after(" ", rest);
    this.goButton = button(rest, "", "", () => this.opened.at(-1).present());
    this.goButton.hidden = true;
    this.againButton = button(rest, say("Run again"), "", () => this.runAgain());
    this.stopButton = button(rest, say("Stop"), "", () => this.stop());
    button(rest, say("Restart Python"), "", () => this.restart(say("Python is starting again")));
    this.forgetButton = button(rest, say("Discard my changes"), "", () => this.forget());
    const changes = this.cells.filter((cell) => cell.isChanged).length;
    this.note = changes ? ` ${count(changes, "Your changes to {number} cell have been restored.",
      "Your changes to {number} cells have been restored.")}` : "";
    this.bar.dataset.page = "on";
    this.cells.forEach((cell) => cell.restore(this.outputs.read(cell.key)));
    this.refresh();
  }

  // Runs the page: Python starts, and the first cells run by themselves, through the first that shows
  // something in the book.  They load packages, so they do not where the reader saves data.
  open() {
    if (!this.launched) this.launch();
    if (!this.worker) return; // it has failed already
    if (navigator.connection?.saveData) {
      this.note = ` ${say("Your browser is set to save data, so no cell has run by itself.")}${this.note}`;
      if (this.ready) this.greet();
    } else {
      const shows = this.cells.findIndex((cell) => cell.output.original) + 1;
      this.opening = this.cells.slice(0, Math.min(shows || 1, FIRST));
      this.line(this.opening);
    }
    this.next();
  }

  // Takes back a cell that waits to run by itself, and those after it.
  giveUp(cell) {
    const place = this.opening.indexOf(cell);
    if (place < 0 || cell === this.running) return;
    const left = this.opening.splice(place);
    this.queue = this.queue.filter((other) => !left.includes(other));
    left.forEach((other) => other.rest());
    this.tellWhatHasRun();
    this.refresh();
  }

  // Says, after the last of the first cells, that they have run, and where that can be seen.
  tellWhatHasRun() {
    const { length } = this.opened, shows = this.opened.at(-1);
    if (this.opening.length || !length) return;
    const texts = [count(length, "{number} cell has run.", "The first {number} cells have run.")];
    const { top, bottom } = shows.output.current?.getBoundingClientRect() ?? { top: 0, bottom: 0 };
    const values = { number: shows.number };
    if (top > innerHeight) texts.push(say("The output of cell {number} is further down.", values));
    else if (bottom < 0) texts.push(say("The output of cell {number} is further up.", values));
    this.greet(texts.join(" "));
    this.goButton.textContent = say("Go to cell {number}", values);
    this.goButton.hidden = texts.length < 2;
  }

  get cellsFromBefore() {
    return this.cells.filter((cell) => cell.before);
  }

  tellWhatIsKept() {
    const { length } = this.cellsFromBefore;
    const parts = [];
    if (length) {
      parts.push(count(length, "{number} cell shows again what it had shown.",
        "{number} cells show again what they had shown."));
      parts.push(say("Variables are not kept: Python starts anew when you run a cell."));
    }
    if (!this.againButton.hidden) {
      parts.push(say("“Run again” runs what had run without an error, in the same order."));
    }
    this.report(`${parts.join(" ")}${this.note}`.trim());
    this.note = "";
  }

  // The page was left, and comes back as it was.
  return() {
    this.startTimer();
    if (this.ready && !this.running) this.report(say("Python is as you left it, with its variables."));
  }

  // Brings Python to the state in which it was left.
  runAgain() {
    const cells = this.cellsFromBefore.filter((cell) => cell.before.success);
    this.enqueue(cells.sort((a, b) => a.before.time - b.before.time));
  }

  // Asks what all cells need, if it may be loaded: not while the first cells or the service worker load
  // it, or some would be loaded twice.
  ask() {
    if (!this.ready || !this.cells.length || this.opening.length || this.asked) return;
    this.asked = true;
    this.mayLoad = !navigator.connection?.saveData;
    if (this.mayLoad && navigator.serviceWorker?.controller) {
      this.mayLoad = false;
      this.worker.postMessage({ cells: this.cells.map((cell) => cell.source) });
    }
  }

  // Lets the service worker (web/offline), where there is one, keep what the cells need.
  async keep(addresses) {
    /** @type {typeof import("../offline/offline.js")} */
    const { ask } = await import("../offline.js");
    const { problem } = await ask({ addresses }).catch((error) => ({ problem: error.message }));
    this.mayLoad = this.remaining = true;
    this.prepare();
    if (problem) return;
    this.bar.dataset.kept = "yes";
    if (!this.greeted) return;
    this.report(`${this.status.textContent} ${say("The page now also runs without a network.")}`);
  }

  greet(text = say("Python is ready.")) {
    const how = matchMedia("(pointer: coarse)").matches
      ? say("Tap a cell to change it, and Run to run it.")
      : say("Shift-Enter runs a cell and goes to the next.");
    this.report(`${text} ${how}${this.note}`);
    this.note = "";
    this.greeted = true; // and nothing has been reported since
  }

  report(text, problem = false) {
    this.greeted = false;
    this.status.textContent = text;
    this.bar.classList.toggle("live-problem", problem);
  }

  launch() {
    this.ready = this.remaining = this.asked = false;
    this.launched = true;
    this.refresh();
    this.setPreparing(false);
    this.report(say("Python is being loaded …"));
    this.bar.dataset.python = "starting";
    this.startTimer();
    try {
      this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    } catch (error) {
      this.fail(say("This browser cannot run Python here. ({error})", { error: error.message }));
      return;
    }
    this.worker.onmessage = (/** @type {MessageEvent<FromPython>} */ { data }) => this.receive(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.fail(event.message
        ? say("Python ended: {error}.", { error: event.message })
        : say("A script that runs Python (worker.js) is missing on the server or damaged."));
    };
    // Where pages are isolated (web/offline), a running cell can be interrupted; not in WebKitGTK,
    // which isolates them and still gives them no memory to share.
    this.interrupt = globalThis.crossOriginIsolated && globalThis.SharedArrayBuffer
      ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    const afresh = this.suspect;
    this.suspect = true;
    this.worker.postMessage({ start: { modules: ["numpy"], interrupt: this.interrupt, afresh } });
  }

  // Warns if no message comes while Python starts.
  startTimer() {
    clearTimeout(this.timer);
    if (this.ready || !this.worker) return;
    this.timer = setTimeout(() => this.report(say("Nothing has come from Python for a minute. It may " +
      "still start; “Restart Python” tries again."), true), TIMEOUT);
  }

  /** @param {FromPython} message */
  receive({ progress, received, total, ready, needs, remaining, begun, output, end, success, failure }) {
    this.startTimer();
    if (progress !== undefined) {
      const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
      if (!received) this.report(progress && `${progress} …`);
      else {
        this.report(say("{what}: {received} of {total} MB …",
          { what: progress, received: megabytes(received), total: megabytes(total) }));
      }
    } else if (ready) {
      this.ready = true;
      this.suspect = false;
      this.remaining = true;
      this.bar.dataset.python = "ready";
      this.startTimer();
      if (this.cells.length && !this.opening.length) this.greet();
      this.next();
    } else if (needs) {
      this.keep(needs);
    } else if (remaining !== undefined) {
      this.setPreparing(false);
      this.remaining = remaining || this.mayLoad !== this.mightLoad;
      this.next();
    } else if (begun) {
      this.computing = true;
      if (this.stopping && this.interrupt) this.interrupt[0] = SIGINT;
    } else if (output) {
      this.running?.show(output, this.cells);
    } else if (end !== undefined) {
      this.end(end, success);
    } else if (failure) {
      this.fail(failure);
    }
  }

  // A cell has ended.
  end(number, success) {
    const cell = this.running, stopped = this.stopping && !success;
    const byItself = this.opening.includes(cell);
    this.used = true;
    this.running = this.stopping = null;
    this.bar.dataset.python = "ready";
    cell?.finish(success);
    if (!success && !stopped) this.drop(); // what waits after Stop was asked for since
    this.report(success ? say("Cell {number} is done.", { number }) : stopped
      ? say("Cell {number} is stopped. What the cells had defined is still there.", { number })
      : say("Cell {number} ended with an error.", { number }) + (byItself ? this.note : ""));
    if (byItself && success) {
      this.opening = this.opening.filter((other) => other !== cell);
      this.opened.push(cell);
      this.tellWhatHasRun();
    }
    this.next();
  }

  quit() {
    this.worker?.terminate();
    this.worker = null;
    this.ready = false;
    clearTimeout(this.timer);
    clearTimeout(this.restTimer);
    clearTimeout(this.idleTimer);
  }

  // While nothing runs, Python prepares what the cells will import, in steps.  This is no cell: what is
  // run meanwhile waits for one step, and Stop takes it from those that wait.
  prepare() {
    clearTimeout(this.idleTimer);
    if (!this.ready || this.running || this.preparing || !this.remaining || !this.cells.length) return;
    this.idleTimer = setTimeout(() => {
      this.setPreparing(true);
      this.mightLoad = this.mayLoad;
      this.worker.postMessage({
        prepare: this.cells.map((cell) => cell.source), mayLoad: this.mayLoad });
    }, IDLE);
  }

  setPreparing(on) {
    this.preparing = on;
    this.bar.toggleAttribute("data-preparing", on);
  }

  // While nothing runs, another Python makes the snapshot from which the next start begins.
  rest() {
    clearTimeout(this.restTimer);
    if (!this.used || !this.ready || this.running || this.preparing || this.maker) return;
    this.restTimer = setTimeout(() => {
      this.maker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
      const end = (how) => {
        this.maker.terminate();
        this.bar.dataset.snapshot = how;
      };
      this.maker.onmessage = (/** @type {MessageEvent<FromPython>} */ { data }) => {
        if (data.remembered) end("tried");
        if (data.failure) end("failed");
      };
      this.maker.onerror = (event) => (event.preventDefault(), end("failed"));
      this.maker.postMessage({ remember: true });
    }, REST);
  }

  // Python cannot continue: report why; the next run starts it again.
  fail(text) {
    this.quit();
    this.suspect = true;
    this.bar.dataset.python = "failed";
    this.running?.show({ kind: "notice", text });
    this.running?.finish(false);
    this.running = this.stopping = null;
    this.drop();
    this.report(`${text.replace(/[.!?]?$/, ".")} ${say("“Restart Python” tries again.")}`, true);
  }

  drop() {
    this.queue.forEach((cell) => cell.rest());
    this.queue = [];
    this.opening = [];
    this.opened = [];
    this.refresh();
  }

  line(cells) {
    for (const cell of cells) {
      if (this.queue.includes(cell)) continue;
      this.queue.push(cell);
      if (cell !== this.running) cell.setState("waiting");
    }
  }

  // Runs cells that the reader has asked for: from then on they do not run by themselves.
  enqueue(cells) {
    this.opening = this.opening.filter((cell) => cell === this.running || !cells.includes(cell));
    this.line(cells);
    if (!this.worker) this.launch();
    this.next();
  }

  next() {
    if (this.ready && this.preparing && this.queue.length) {
      this.report(say("Cell {number} waits until Python has loaded a package …",
        { number: this.queue[0].number }));
    } else if (this.ready && !this.running && this.queue.length) {
      this.running = this.queue.shift();
      this.computing = false;
      this.running.begin();
      this.goButton.hidden = true;
      this.report(say("Cell {number} is running …", { number: this.running.number }));
      if (this.interrupt) this.interrupt[0] = 0;
      this.worker.postMessage({ run: this.running.number, code: this.running.editor.text });
    }
    this.ask();
    this.prepare();
    this.rest();
    this.refresh();
  }

  // Asks Python to end the cell, and interrupts it where that is possible.  If it does not end, starts
  // Python anew: at once where it cannot be interrupted, or else when it is asked again.
  stop() {
    const cell = this.running;
    this.drop();
    if (!cell) {
      if (this.preparing) this.greet();
      return;
    }
    if (this.stopping) {
      if (this.stubborn) this.startAfresh();
      return;
    }
    this.stopping = cell;
    this.stubborn = false;
    this.bar.dataset.python = "stopping";
    this.worker.postMessage({ stop: cell.number });
    if (this.interrupt && this.computing) this.interrupt[0] = SIGINT;
    setTimeout(() => {
      if (this.stopping !== cell) return; // it has ended
      this.stubborn = true;
      if (!this.interrupt) this.startAfresh();
      else this.report(say("Cell {number} has not stopped yet: it is in a computation that cannot be " +
        "interrupted. Press “Stop” again to restart Python; everything the cells have defined is " +
        "then lost.", { number: cell.number }));
    }, this.interrupt ? STOPPING.interrupted : STOPPING.asked);
  }

  startAfresh() {
    const wanted = this.queue; // since Stop was pressed
    const why = say("Stopped. Here that requires restarting Python: everything the cells had " +
      "defined is lost");
    this.restart(why, ` ${why}.`);
    this.enqueue(wanted);
  }

  restart(why, note = "") {
    this.quit();
    this.running?.finish(null);
    this.running = this.stopping = null;
    this.drop();
    this.cells.forEach((cell) => cell.rest());
    this.launch();
    this.report(`${why} …`);
    this.note = note;
  }

  above(cell) {
    this.enqueue(this.cells.slice(0, this.cells.indexOf(cell)));
  }

  following(cell) {
    return this.cells.slice(this.cells.indexOf(cell) + 1).find((other) => other.visible);
  }

  forget() {
    this.cells.forEach((cell) => cell.reset());
    this.changes = {};
    this.store.write(this.changes);
    this.outputs.forget();
    this.refresh();
    this.report(say("All cells are as in the book again. Your changes have been deleted from this " +
      "browser."));
  }

  // Stores a change.  The page may be open twice: changes of other cells there are kept.
  save(cell) {
    this.changes = this.store.read();
    if (cell.isChanged) this.changes[cell.key] = cell.editor.text;
    else delete this.changes[cell.key];
    if (!this.store.write(this.changes)) {
      this.report(say("This browser cannot store your changes: they will be lost when you leave the " +
        "page."), true);
    }
    this.refresh();
  }

  refresh() {
    if (!this.cells.length) return; // no cells yet
    if (this.launched) this.bar.querySelector(".live-start").textContent = say("Run all");
    enable(this.stopButton, Boolean(this.running || this.queue.length));
    const canForget = Object.keys(this.changes).length ||
      this.cells.some((cell) => cell.isChanged || cell.before);
    enable(this.forgetButton, Boolean(canForget));
    this.goButton.hidden ||= !this.opened.length;
    this.againButton.hidden = !this.cellsFromBefore.some((cell) => cell.before.success);
  }
}

class Cell {
  /** @type {Page} */
  page;

  /** @type {HTMLElement} */
  element;

  /** @type {number} */
  number;

  /** @type {KeptOutput | null} */
  before = null; // what it shows of an earlier visit

  constructor(page, element, number, makeEditor) {
    Object.assign(this, { page, element, number });
    const input = element.querySelector(".cell_input");
    const original = input.querySelector("div[class*='highlight-']");
    this.source = input.querySelector("pre").textContent.replace(/\n$/, "");
    this.key = `${number} ${hash(this.source)}`; // a change belongs to this source only
    const place = make("div", "live-editor");
    this.hiddenCode = input.querySelector("pre"); // copied by the theme's copy button
    original.hidden = true;
    original.after(place);
    this.editor = makeEditor({
      parent: place,
      text: page.changes[this.key] ?? this.source,
      label: say("Code of cell {number}", { number }),
      keys: [
        { key: "Shift-Enter", run: () => (this.run(), page.following(this)?.editor.focus(), true) },
        { key: "Mod-Enter", run: () => (this.run(), true) },
      ],
      onChange: () => this.update(),
    });
    const copy = original.querySelector(".copybtn");
    if (copy) place.append(copy);
    if (this.isChanged) this.hiddenCode.textContent = this.editor.text;
    const tools = make("div", "live-tools");
    (input.closest("details") ?? input).after(tools);
    this.runButton = button(tools, say("Run"), say("Run cell {number}", { number }),
      () => this.run());
    if (number > 1) {
      button(tools, say("Run all above"), say("Run all above cell {number}", { number }),
        () => page.above(this));
    }
    this.resetButton = button(tools, say("Reset"), say("Reset cell {number}", { number }),
      () => this.reset());
    this.stopButton = button(tools, say("Stop"), say("Stop cell {number}", { number }),
      () => page.stop());
    this.stopButton.hidden = true;
    this.label = make("span", "live-state");
    tools.append(this.label);
    this.output = new Output(element, tools, number);
    enable(this.resetButton, this.isChanged);
  }

  get isChanged() {
    return this.editor.text !== this.source;
  }

  get visible() {
    return this.element.checkVisibility?.() !== false &&
      this.element.querySelector(".live-editor").offsetParent !== null;
  }

  run() {
    this.page.enqueue([this]);
  }

  // Brings the reader to the output.
  present() {
    this.output.current?.scrollIntoView({ block: "nearest" });
    this.runButton.focus({ preventScroll: true });
  }

  update() {
    enable(this.resetButton, this.isChanged);
    this.hiddenCode.textContent = this.editor.text;
    if (this.isChanged) this.page.giveUp(this); // the change may not be finished
    this.page.save(this);
  }

  reset() {
    if (this.isChanged) this.editor.text = this.source;
    this.editor.mark(0);
    if (this !== this.page.running) {
      this.output.reset();
      this.forget();
      this.rest();
      this.page.refresh();
    }
  }

  // Shows what was kept of an output, if it is whole.
  restore(/** @type {KeptOutput | null} */ kept) {
    if (!kept) return;
    try {
      this.output.restore(kept);
      this.setState("before");
      this.before = kept;
    } catch {
      this.output.reset();
      this.forget();
    }
  }

  // Forgets what is kept of the output.
  forget() {
    this.before = null;
    this.page.outputs.forget(this.key);
  }

  rest() {
    this.setState(this.before ? "before" : "");
  }

  setState(name) {
    this.element.dataset.live = name;
    if (document.activeElement === this.stopButton) this.runButton.focus();
    this.stopButton.hidden = name !== "running";
    this.label.textContent = {
      waiting: say("waits"), running: say("runs …"), done: say("done"), error: say("error"),
      before: say("from before"),
    }[name] ?? "";
  }

  begin() {
    this.page.cells.forEach((cell) => cell.editor.mark(0));
    this.setState("running");
    this.output.begin(this.isChanged);
    this.forget();
  }

  /** @param {CellOutput} message @param {Cell[]} [cells] */
  show(message, cells) {
    this.output.add(message);
    if (message.line && cells) cells[message.cell - 1]?.editor.mark(message.line);
  }

  // success: whether the cell ran without an error, or null if it was stopped.
  finish(/** @type {boolean | null} */ success) {
    this.setState(success === null ? "" : success ? "done" : "error");
    this.output.end();
    if (success === null) return;
    const { changed, shown } = this.output;
    this.page.outputs.keep(this.key, { changed, shown, success, time: Date.now() });
  }
}

// A short hash of a text; a collision for one cell would be rare and harmless.
function hash(text) {
  let h = 0;
  for (const letter of text) h = (Math.imul(h, 31) + letter.codePointAt(0)) | 0;
  return (h >>> 0).toString(36);
}

// The reader's changes to a page, in the browser's storage, which may be unavailable.
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

  // Returns whether the changes were stored.
  write(changes) {
    try {
      if (Object.keys(changes).length) localStorage.setItem(this.name, JSON.stringify(changes));
      else localStorage.removeItem(this.name);
      return true;
    } catch {
      return false;
    }
  }
}

// What the cells of a page have shown, kept for this tab as long as it is open.  It can be missing: the
// storage may be full or unavailable.
class Outputs {
  constructor(prefix) {
    this.prefix = prefix;
  }

  /** @returns {KeptOutput | null} */
  read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(this.prefix + key));
    } catch {
      this.forget(key);
      return null;
    }
  }

  keep(key, /** @type {KeptOutput} */ output) {
    const text = JSON.stringify(output);
    if (text.length > MOST) return;
    const write = () => sessionStorage.setItem(this.prefix + key, text);
    try {
      write();
    } catch { // it is full: this page comes before others
      try {
        this.remove((name) => !name.startsWith(this.prefix));
        write();
      } catch { /* it is not kept */ }
    }
  }

  forget(key = "") {
    this.remove((name) => (key ? name === this.prefix + key : name.startsWith(this.prefix)));
  }

  remove(condition) {
    try {
      const outputs = Object.keys(sessionStorage).filter((name) => name.startsWith("live outputs "));
      outputs.filter(condition).forEach((name) => sessionStorage.removeItem(name));
    } catch { /* nothing is kept */ }
  }
}
