// What JupyterLite's worker loads for Pyodide's script.  It loads that script, and lets it find the
// live cells' files, of which those that it needs first are packed (web/live/pack.py).
{
  const scope = /** @type {any} */ (self);
  const [site] = scope.location.href.split("/lite/extensions/"); // the worker's own address is below
  scope.importScripts(`${site}/lite/kernel/pyodide.js`);
  const { loadPyodide, fetch } = scope;

  const unpacked = async (/** @type {URL} */ url) => {
    const answer = await fetch(`${url}.packed`);
    if (!answer.ok) throw new Error(`${url}.packed is missing on the server (status ${answer.status}).`);
    return answer.body.pipeThrough(new DecompressionStream("gzip"));
  };

  scope.fetch = async (request, options) => {
    const url = new URL(request.url ?? request, scope.location.href);
    if (!/\/(pyodide\.asm\.wasm|python_stdlib\.zip)$/.test(url.pathname)) return fetch(request, options);
    const type = url.pathname.endsWith(".wasm") ? "application/wasm" : "application/zip";
    return new Response(await unpacked(url), { headers: { "Content-Type": type } });
  };

  scope.loadPyodide = async (options) => {
    const url = new URL(`${options.indexURL}/pyodide.asm.js`, scope.location.href);
    // Firefox refuses a script without its type.
    const headers = { "Content-Type": "text/javascript" };
    const script = await new Response(await unpacked(url), { headers }).blob();
    scope.importScripts(URL.createObjectURL(script));
    const python = await loadPyodide(options);
    python.runPython("__import__('book_kernel').prepare()");
    return python;
  };
}
