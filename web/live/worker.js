// The web worker that runs Python.  The page sends {start}, {cells}, the code of all of them, and
// {run, code} and {stop}, where run and stop are the number of a cell.  The worker answers with
// {progress, received, total}, {ready}, {needs}, the files for the cells, {begun} when a cell has
// all it needs, {output} and {end, success}, or with {failure}, a message for the reader.
//
// While nothing runs, the page asks it to {prepare} what the cells will import: it takes a step, and
// answers whether steps are {remaining}.  Another such worker is asked to {remember}: it makes the
// snapshot from which the next one starts, and answers with {remembered}.

import "../words.js";
import * as snapshot from "../snapshot.js";
import { Files, asModule } from "./files.js";

const { say } = globalThis.words;
const HOME = "/home/reader/chapters"; // where cells run: the data are in data/, as in the book
const SITE = "/lib/python3.12/site-packages";
const RUNTIME = ["pyodide.mjs", "pyodide.asm.js", "python_stdlib.zip", "pyodide.asm.wasm"];
const KERNEL = ["kernel.py", "figures.py", "display.py", "loops.py", "loops.wasm", "words.py", "words.json"];
// Modules in a snapshot: the kernel's, and what unpacking, NumPy and matplotlib import of the
// standard library.
const REMEMBERED = [
  "live.kernel", "live.display", "ctypes", "decimal", "encodings.cp437", "gzip", "html.entities",
  "numbers", "pickle", "pkgutil", "platform", "shlex", "unicodedata", "uuid",
];

// What is prepared where cells import it: a module that a package is named by, and what to import in
// turn, in pieces of which none takes long.
const PREPARED = [
  ["numpy", "numpy", "backprop"],
  ["matplotlib", "PIL.Image", "matplotlib.colors", "matplotlib.text", "matplotlib.axes",
    "matplotlib.projections", "matplotlib.figure", "matplotlib.pyplot", "live.figures"],
];

/** @type {Files} */
let files;
/** @type {Set<string>} */
const here = new Set(); // wheels that have been loaded
let pyodide, kernel, modulesOf;
/** @type {Uint8Array | null} */
let interrupt; // shared with the page, which asks for KeyboardInterrupt here; null if it cannot
/** @type {{number: number, stop: () => void} | null} */
let running = null; // the cell that runs: its number, and how to stop it
/** @type {{names: string[], module?: string}[]} */
let steps; // what remains of the preparation: packages to be loaded, modules to be imported
let background = false; // whether files are being loaded that no cell has asked for
/** @type {string[]} */
let remoteData; // names of the data files that are still on the server

/** @type {(message: FromPython) => void} */
const postMessage = (message) => self.postMessage(message);

self.onmessage = async (/** @type {MessageEvent<ToPython>} */ { data }) => {
  try {
    if (data.start) await start(data.start);
    else if (data.run) await run(data);
    else if (data.prepare) postMessage({ remaining: await prepare(data).catch(giveUp) });
    else if (data.remember) await remember();
    else if (data.cells) postMessage({ needs: needs(data.cells) });
    else if (data.stop && data.stop === running?.number) running.stop();
  } catch (error) {
    if (data.run) reportBreakdown(error);
    else postMessage({ failure: lastLine(error) });
  }
};

// A fatal error of Python arrives here, since no call awaits it any more.
for (const kind of ["unhandledrejection", "error"]) {
  self.addEventListener(kind, (/** @type {any} */ event) => {
    try {
      pyodide?.runPython("0");
    } catch {
      event.preventDefault();
      reportBreakdown(event.reason ?? event.error);
    }
  });
}

function reportBreakdown(error) {
  postMessage({ failure: say("Python crashed in this cell: {error}", { error: lastLine(error) }) });
}

function lastLine(error) {
  return String(error?.message ?? error).trim().split("\n").pop();
}

/** @param {ToPython["start"]} message */
async function start({ modules, interrupt: shared, afresh }) {
  interrupt = shared;
  await openFiles();
  const kept = afresh ? null : snapshotKey().then(snapshot.load).catch(() => null);
  if (afresh) snapshot.forget().catch(() => {}); // which need not be awaited
  // Load everything at the same time, including the packages that the page imports first.
  const own = files.list.own;
  const wheels = wheelsOf(packagesOf(modules));
  const all = Promise.all([...RUNTIME, ...own, "lock.json", ...wheels].map((n) => files.load(n)));
  all.catch(() => {}); // awaited below
  await importPyodide();
  await all;
  wheels.forEach((wheel) => here.add(wheel));
  postMessage({ progress: say("Python is starting") });
  const memory = await snapshot.inTime(kept);
  try {
    await begin(memory);
  } catch (error) {
    if (!memory) throw error;
    snapshot.forget().catch(() => {}); // it is of no use
    await begin();
  }
  files.release(RUNTIME);
  postMessage({ ready: true });
}

async function openFiles() {
  files = await new Files(import.meta.url, (received, total) => {
    if (background && !running) return;
    const progress = pyodide ? say("A file is being loaded") : say("Python is being loaded");
    postMessage({ progress, received, total });
  }).open();
}

let loadPyodide;

async function importPyodide() {
  answerRequests();
  ({ loadPyodide } = await import(asModule(await files.load("pyodide.mjs"))));
  await import(asModule(await files.load("pyodide.asm.js")));
}

// Starts Python, from the memory of another one where there is one.
async function begin(/** @type {Uint8Array | void} */ memory) {
  const _loadSnapshot = memory || undefined;
  pyodide = await load({ _loadSnapshot });
  if (memory) pyodide.pyimport("random").seed(); // or chance would repeat itself
  if (interrupt) pyodide.setInterruptBuffer(interrupt);
  await installKernel();
}

function load(options) {
  const index = new URL("runtime/", import.meta.url).href;
  return loadPyodide({ indexURL: index, lockFileURL: `${index}lock.json`, ...options });
}

function snapshotKey() {
  const hashes = [...RUNTIME, ...KERNEL].map((name) => files.list.files[name].sha256);
  return snapshot.keyOf([...hashes, REMEMBERED]);
}

// Makes a snapshot for the next start: of a Python of its own, since one in use cannot be kept.
async function remember() {
  await openFiles();
  const key = await snapshotKey();
  if (await snapshot.isWelcome(key)) await snapshot.keep(key, freshMemory);
  postMessage({ remembered: true });
}

async function freshMemory() {
  await importPyodide();
  const python = await load({ _makeSnapshot: true });
  await writeKernel(python);
  REMEMBERED.forEach((name) => python.pyimport(name).destroy());
  const sys = python.pyimport("sys");
  sys.path.remove(""); // the next start puts it there
  sys.path_importer_cache.clear(); // its folders are others
  return python.makeMemorySnapshot();
}

// Lets Pyodide's own requests return the files that were checked.
function answerRequests() {
  const fromNetwork = self.fetch;
  const folder = new URL("runtime/", import.meta.url).href;
  self.fetch = async (/** @type {any} */ request, options) => {
    const url = typeof request === "string" ? request : request.url ?? request.href;
    const name = url.startsWith(folder) ? url.slice(folder.length) : "";
    if (!files.list.files[name]) return fromNetwork(request, options);
    const bytes = await files.load(name);
    if (!name.endsWith(".wasm")) return new Response(bytes);
    return new Response(bytes, { headers: { "Content-Type": "application/wasm" } });
  };
}

// Installs the package backprop, the kernel, and the data, which are read when they are opened.
async function installKernel() {
  const { FS } = pyodide;
  pyodide.unpackArchive((await files.load("backprop.zip")).buffer, "zip", { extractDir: SITE });
  await writeKernel(pyodide);
  FS.mkdirTree(`${HOME}/data`);
  remoteData = Object.keys(files.list.files).filter((n) => files.list.files[n].path.startsWith("data/"));
  remoteData.forEach((n) => FS.createLazyFile(`${HOME}/data`, n, files.address(n), true, false));
  const python = pyodide.pyimport("live.kernel");
  pyodide.pyimport("live.display").imitate_ipython();
  const send = (message) => postMessage({ output: JSON.parse(message) });
  kernel = python.start_in_page(send, readSync, pyodide.toPy(files.list.packages), HOME, SITE);
  modulesOf = python.dependencies;
}

async function writeKernel({ FS }) {
  FS.mkdirTree(`${SITE}/live`);
  for (const name of KERNEL) FS.writeFile(`${SITE}/live/${name}`, await files.load(name));
}

// Returns a file synchronously, for an import inside a function, which cannot wait.
function readSync(name) {
  const request = new XMLHttpRequest();
  request.open("GET", files.address(name), false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(say("The file {name} is missing on the server.", { name }));
  return new Uint8Array(request.response);
}

// The packages that contain the given modules, and their dependencies.
function packagesOf(modules) {
  const { packages } = files.list, result = new Set();
  const add = (name) => {
    if (result.has(name)) return;
    result.add(name);
    packages[name].depends.forEach(add);
  };
  for (const [name, { imports }] of Object.entries(packages)) {
    if (imports.some((module) => modules.includes(module))) add(name);
  }
  return [...result];
}

/** @param {ToPython} message */
async function run({ run: number, code }) {
  const stopped = new Promise((resolve) => { running = { number, stop: () => resolve(true) }; });
  let success = false;
  try {
    if (await Promise.race([loadFor(code), stopped])) throw new Error(say("Stopped before the cell began."));
  } catch (error) { // the cell cannot run, but Python and its variables remain
    postMessage({ progress: "" });
    end(number, success, { kind: "notice", text: error.message });
    return;
  }
  running.stop = cancel;
  postMessage({ begun: number });
  try {
    success = await kernel.run(code, number);
  } catch (error) { // outside the code of the cell, which catches its own
    if (!["KeyboardInterrupt", "CancelledError"].includes(error.type)) throw error;
    end(number, success, { kind: "error", text: error.type });
    return;
  }
  end(number, success);
}

/** @param {number} number @param {boolean} success @param {CellOutput} [output] */
function end(number, success, output) {
  running = null;
  if (interrupt) interrupt[0] = 0;
  if (output) postMessage({ output });
  postMessage({ end: number, success });
}

// Ends a cell that awaits something.  A cell that computes cannot be reached like this.
function cancel() {
  if (interrupt) interrupt[0] = 0; // which would interrupt what follows
  kernel.cancel();
}

// Loads what a cell imports, and the data files that it mentions.
async function loadFor(code) {
  const modules = modulesOf(code);
  const names = packagesOf(modules.toJs()).filter((name) => !(name in pyodide.loadedPackages));
  modules.destroy();
  if (names.length) await loadPackages(names);
  await loadData(code);
}

function modulesOfAll(cells) {
  return cells.flatMap((code) => {
    const names = modulesOf(code), list = names.toJs();
    names.destroy();
    return list;
  });
}

// Takes a step of the preparation for the cells; returns whether steps remain that can be taken now.
// The packages of the first step were loaded with Python itself.
/** @param {ToPython} message */
async function prepare({ prepare: cells, mayLoad }) {
  if (!steps) {
    const modules = modulesOfAll(cells);
    steps = PREPARED.filter(([name]) => modules.includes(name)).flatMap(([name, ...imported]) =>
      [{ names: packagesOf([name]) }, ...imported.map((module) => ({ names: [], module }))]);
    return steps.length > 0;
  }
  const [{ names, module }] = steps;
  const missing = names.filter((name) => !(name in pyodide.loadedPackages));
  if (missing.length) {
    if (!areHere(missing)) {
      if (mayLoad && !background) loadInBackground(missing);
      return false;
    }
    await loadPackages(missing, false);
  }
  if (module) pyodide.pyimport(module).destroy();
  steps.shift();
  return steps.length > 0;
}

// Cells can do without the preparation, and say themselves what does not arrive or cannot be imported.
function giveUp() {
  steps = [];
  return false;
}

function wheelsOf(names) {
  return names.map((name) => files.list.packages[name].file_name);
}

const areHere = (names) => wheelsOf(names).every((wheel) => here.has(wheel));

async function loadInBackground(names) {
  background = true;
  try {
    await Promise.all(wheelsOf(names).map((wheel) => files.load(wheel)));
    wheelsOf(names).forEach((wheel) => here.add(wheel));
    postMessage({ remaining: true });
  } catch { /* a cell that needs it says so */ }
  background = false;
}

// The files that the cells of the page will need.
function needs(cells) {
  const modules = modulesOfAll(cells);
  const wheels = packagesOf(modules).map((name) => files.list.packages[name].file_name);
  const data = remoteData.filter((name) => cells.some((code) => mentions(code, name)));
  return [...wheels, ...data].map((name) => files.address(name));
}

function mentions(code, name) {
  return code.includes(name.split(".")[0]);
}

// Checks the data files, too; others are fetched when the cell opens them.
async function loadData(code) {
  for (const name of remoteData.filter((n) => mentions(code, n))) {
    const bytes = await files.load(name);
    pyodide.FS.unlink(`${HOME}/data/${name}`);
    pyodide.FS.writeFile(`${HOME}/data/${name}`, bytes);
    files.release([name]);
    remoteData = remoteData.filter((other) => other !== name);
    postMessage({ progress: "" });
  }
}

async function loadPackages(names, isForCell = true) {
  if (isForCell) postMessage({ progress: say("Loading {names}", { names: names.join(", ") }) });
  const wheels = wheelsOf(names);
  await Promise.all(wheels.map((wheel) => files.load(wheel)));
  /** @type {string[]} */
  const problems = [];
  await pyodide.loadPackage(names, {
    messageCallback: () => {}, errorCallback: (text) => problems.push(text) });
  if (problems.length) throw new Error(problems.join(" "));
  files.release(wheels);
  if (names.includes("matplotlib")) { // which would otherwise spend seconds looking for fonts
    const fonts = await files.load("fontlist.json");
    pyodide.FS.writeFile(`${SITE}/matplotlib/fontlist.json`, fonts);
  }
  if (isForCell) postMessage({ progress: "" });
}
