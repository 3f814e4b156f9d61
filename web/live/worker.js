// The web worker in which Python runs.  The page sends {start}, then {run, code, number}; it
// gets {progress}, {ready}, {output} and {finished}, or {failed} with words for the reader.

import { Files, asModule, inTime } from "./files.js";

const HOME = "/home/reader/chapters"; // where cells run: the data are in data/, as in the book
const SITE = "/lib/python3.12/site-packages";

let files, pyodide, kernel, needed;
let remote; // names of data files that are still on the server

self.onmessage = async ({ data }) => {
  try {
    if (data.start) await start(data.start);
    else if (data.run) await run(data);
  } catch (error) {
    if (data.run) broken(error);
    else postMessage({ failed: lastLine(error) });
  }
};

// A fatal error of Python ends up here, since nothing waits for it any more.
for (const kind of ["unhandledrejection", "error"]) {
  self.addEventListener(kind, (event) => {
    try {
      pyodide?.runPython("0");
    } catch {
      event.preventDefault();
      broken(event.reason ?? event.error);
    }
  });
}

function broken(error) {
  postMessage({ failed: `Python broke down in this cell: ${lastLine(error)}` });
}

function lastLine(error) {
  return String(error?.message ?? error).trim().split("\n").pop();
}

async function start({ soon, interrupt }) {
  files = await new Files(import.meta.url, (done, asked) => {
    const what = pyodide ? "A file is being loaded" : "Python is being loaded";
    postMessage({ progress: what, done, asked });
  }).open();
  // Everything at once, and what the page will import first of all with it.
  const wanted = ["pyodide.mjs", "pyodide.asm.js", "python_stdlib.zip", "pyodide.asm.wasm"];
  const own = files.list.own;
  const more = packagesOf(soon).map((name) => files.list.packages[name].file_name);
  const all = Promise.all([...wanted, ...own, "lock.json", ...more].map((n) => files.load(n)));
  all.catch(() => {}); // it is awaited below
  serve();
  const { loadPyodide } = await import(asModule(await files.load("pyodide.mjs")));
  await import(asModule(await files.load("pyodide.asm.js")));
  await all;
  postMessage({ progress: "Python is starting" });
  const index = new URL("runtime/", import.meta.url).href;
  pyodide = await loadPyodide({ indexURL: index, lockFileURL: `${index}lock.json` });
  if (interrupt) pyodide.setInterruptBuffer(interrupt);
  await furnish();
  files.release(wanted);
  postMessage({ ready: true });
}

// Pyodide fetches its files itself: it gets those that were checked.
function serve() {
  const fromNetwork = self.fetch;
  const folder = new URL("runtime/", import.meta.url).href;
  self.fetch = async (request, options) => {
    const url = typeof request === "string" ? request : request.url ?? request.href;
    const name = url.startsWith(folder) ? url.slice(folder.length) : "";
    if (!files.list.files[name]) return fromNetwork(request, options);
    const bytes = await files.load(name);
    if (!name.endsWith(".wasm")) return new Response(bytes);
    // Again, from the browser's cache: with what comes from there it keeps the compiled program.
    const again = { integrity: files.integrity(name), cache: "force-cache" };
    const answer = await inTime(fromNetwork(files.address(name), again)).catch(() => null);
    if (answer?.ok && answer.headers.get("Content-Type") === "application/wasm") return answer;
    return new Response(bytes, { headers: { "Content-Type": "application/wasm" } });
  };
}

// The package backprop, the kernel, and the data, which are read when they are opened.
async function furnish() {
  const { FS } = pyodide;
  pyodide.unpackArchive((await files.load("backprop.zip")).buffer, "zip", { extractDir: SITE });
  FS.mkdirTree(`${SITE}/live`);
  for (const name of ["kernel.py", "figures.py", "display.py"]) {
    FS.writeFile(`${SITE}/live/${name}`, await files.load(name));
  }
  FS.mkdirTree(`${HOME}/data`);
  remote = Object.keys(files.list.files).filter((n) => files.list.files[n].path.startsWith("data/"));
  remote.forEach((n) => FS.createLazyFile(`${HOME}/data`, n, files.address(n), true, false));
  const python = pyodide.pyimport("live.kernel");
  const send = (message) => postMessage({ output: JSON.parse(message) });
  kernel = python.start_in_page(send, readNow, pyodide.toPy(files.list.packages), HOME, SITE);
  needed = python.needed;
}

// A file at once, for an import inside a function, which cannot wait.
function readNow(name) {
  const request = new XMLHttpRequest();
  request.open("GET", files.address(name), false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`The file ${name} is missing on the server.`);
  return new Uint8Array(request.response);
}

// The packages, with what they depend on, that have the given modules.
function packagesOf(modules) {
  const { packages } = files.list, found = new Set();
  const add = (name) => {
    if (found.has(name)) return;
    found.add(name);
    packages[name].depends.forEach(add);
  };
  for (const [name, { imports }] of Object.entries(packages)) {
    if (imports.some((module) => modules.includes(module))) add(name);
  }
  return [...found];
}

async function run({ run: id, code, number }) {
  const modules = needed(code);
  const names = packagesOf(modules.toJs()).filter((name) => !(name in pyodide.loadedPackages));
  modules.destroy();
  try {
    if (names.length) await bring(names);
    await bringData(code);
  } catch (error) { // the cell cannot run; Python, and what the cells defined, lives on
    postMessage({ progress: "" });
    postMessage({ output: { kind: "notice", text: error.message } });
    postMessage({ finished: id, good: false });
    return;
  }
  const good = await kernel.run(code, number);
  postMessage({ finished: id, good });
}

// Data that a cell mentions, checked; what it opens without a mention, the browser fetches then.
async function bringData(code) {
  for (const name of remote.filter((n) => code.includes(n.split(".")[0]))) {
    const bytes = await files.load(name);
    pyodide.FS.unlink(`${HOME}/data/${name}`);
    pyodide.FS.writeFile(`${HOME}/data/${name}`, bytes);
    files.release([name]);
    remote = remote.filter((other) => other !== name);
    postMessage({ progress: "" });
  }
}

async function bring(names) {
  postMessage({ progress: `Loading ${names.join(", ")}` });
  const wheels = names.map((name) => files.list.packages[name].file_name);
  await Promise.all(wheels.map((wheel) => files.load(wheel)));
  const problems = [];
  await pyodide.loadPackage(names, {
    messageCallback: () => {}, errorCallback: (text) => problems.push(text) });
  if (problems.length) throw new Error(problems.join(" "));
  files.release(wheels);
  if (names.includes("matplotlib")) { // which else would look for fonts for seconds
    const fonts = await files.load("fontlist.json");
    pyodide.FS.writeFile(`${SITE}/matplotlib/fontlist.json`, fonts);
  }
  postMessage({ progress: "" });
}
