// Lets Pyodide compile the modules in some archives; Deno runs this when the site is built
// (bytecode.py).  Its folder has Pyodide, compiler.py, and for each archive a file *.sources and a
// file *.place; it gets a file *.bytecode for each.

// Imported so, Node's types do not become those of the pages' scripts.
const node = (/** @type {string} */ name) => import(`node:${name}`);
const { readdirSync, readFileSync, writeFileSync } = await node("fs");
const { createRequire } = await node("module");
const { fileURLToPath } = await node("url");

const SUFFIX = ".sources";
const folder = fileURLToPath(new URL(".", import.meta.url)).slice(0, -1);
const beside = (/** @type {string} */ name) => `${folder}/${name}`;

// Pyodide takes Deno for Node and asks for what there is in scripts of Node.
Object.assign(globalThis, { require: createRequire(import.meta.url), __dirname: folder });
const { loadPyodide } = await import(beside("pyodide.mjs"));
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
pyodide.FS.writeFile("compiler.py", readFileSync(beside("compiler.py")));
const { compile_archive } = pyodide.pyimport("compiler");
for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(SUFFIX)) continue;
  const name = file.slice(0, -SUFFIX.length);
  pyodide.FS.writeFile("sources.zip", readFileSync(beside(file)));
  compile_archive("sources.zip", "bytecode.zip", readFileSync(beside(`${name}.place`), "utf8"));
  writeFileSync(beside(`${name}.bytecode`), pyodide.FS.readFile("bytecode.zip"));
}
