// The output of a cell, in the style of the book.

const { say } = globalThis.words;

export class Output {
  // cell: its element; before: the element before its output; number: its position on the page.
  constructor(cell, before, number) {
    this.number = number;
    this.original = cell.querySelector(".cell_output");
    this.figures = [...(this.original?.querySelectorAll("figure, img") ?? [])]
      .filter((e) => e.tagName === "FIGURE" || !e.closest("figure"));
    this.current = this.original;
    this.before = before;
  }

  // The old output stays, dimmed, until there is new output.
  begin(changed) {
    this.changed = changed;
    /** @type {CellOutput[]} */
    this.shown = []; // what end() leaves on the page
    this.element = document.createElement("div");
    this.element.className = "cell_output docutils container live-output";
    this.count = 0;
    /** @type {Extract<CellOutput, { kind: "stream" }>} */
    this.stream = null;
    this.clearing = false;
    this.current?.classList.add("live-old");
  }

  // Replaces the current output by an element.
  put(element) {
    if (this.current === element) return;
    this.current?.classList.remove("live-old");
    this.current?.remove();
    if (element) this.before.after(element);
    this.current = element;
  }

  clear() {
    if (!this.clearing) return;
    this.clearing = false;
    this.element.replaceChildren();
    this.shown = [];
    this.stream = null;
    this.count = 0;
  }

  end() {
    if (!this.element) return;
    this.clear();
    this.put(this.element);
    this.element.querySelectorAll("pre").forEach((pre) => {
      if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0; // keyboards can scroll it
    });
    this.element = null;
  }

  reset() {
    this.element = null;
    this.put(this.original);
    this.original?.classList.remove("live-old");
  }

  // Shows what was kept of an output; throws an error if that is damaged.
  restore(/** @type {KeptOutput} */ { changed, shown }) {
    this.begin(changed);
    shown.forEach((message) => this.add(message));
    this.end();
  }

  add(/** @type {CellOutput} */ message) {
    if (!this.element) return;
    const { kind, text } = message;
    if (kind === "clear") { // with the next output, so that nothing flickers
      this.clearing = true;
      return;
    }
    this.clear();
    if (kind === "stream") this.print(message.name, text);
    else {
      this.stream = null;
      this.shown.push(message);
      if (kind === "display") this.display(message.data);
      else if (kind === "error") this.block("traceback", text);
      else this.element.append(Object.assign(document.createElement("p"), {
        className: "live-notice", textContent: text }));
    }
    this.put(this.element);
  }

  block(kind, text) {
    const block = document.createElement("div");
    block.className = `output ${kind} highlight-myst-ansi notranslate`;
    const inner = block.appendChild(document.createElement("div"));
    inner.className = "highlight";
    const pre = inner.appendChild(document.createElement("pre"));
    pre.textContent = text;
    this.element.append(block);
    return pre;
  }

  print(name, text) {
    if (this.stream?.name !== name) {
      this.stream = { kind: "stream", name, text: "" };
      this.shown.push(this.stream);
      this.printed = this.block(`stream ${name}`, "");
    }
    this.stream.text = overwrite(this.stream.text + text);
    this.printed.textContent = this.stream.text;
  }

  display(/** @type {Record<string, string>} */ data) {
    if (data["text/html"]) this.box("text_html").innerHTML = data["text/html"];
    else if (data["image/svg+xml"]) this.image(`data:image/svg+xml;base64,${base64(data["image/svg+xml"])}`);
    else if (data["image/png"]) this.image(`data:image/png;base64,${data["image/png"]}`);
    else if (data["image/jpeg"]) this.image(`data:image/jpeg;base64,${data["image/jpeg"]}`);
    else if (data["text/latex"]) this.formula(data["text/latex"]);
    else this.block("text_plain", data["text/plain"]);
  }

  box(kind) {
    const box = document.createElement("div");
    box.className = `output ${kind}`;
    this.element.append(box);
    return box;
  }

  // A figure of the original output keeps its caption, and its description as long as the code
  // is unchanged.
  image(source) {
    const model = this.figures[this.count++]?.cloneNode(true) ?? document.createElement("img");
    const image = model.tagName === "IMG" ? model : model.querySelector("img");
    for (const name of ["style", "width", "height", "loading"]) image.removeAttribute(name);
    image.src = source;
    if (this.changed || !image.alt) {
      image.alt = say("Figure {figure} that cell {cell} drew", { figure: this.count, cell: this.number });
    }
    this.element.append(model);
  }

  formula(text) {
    const box = this.box("text_latex math");
    const [, dollars, tex] = text.trim().match(/^(\$*)([^]*?)\$*$/);
    box.textContent = dollars === "$" ? `\\(${tex}\\)` : `\\[${tex}\\]`;
    window.MathJax?.typesetPromise?.([box]);
  }
}

// The text as a terminal shows it: a carriage return starts the line again.
function overwrite(text) {
  return text.includes("\r") ? text.replace(/[^\n]*\r(?=[^\n])/g, "") : text;
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
