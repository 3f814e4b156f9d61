// What a cell shows, drawn as the book draws it.

export class Output {
  // cell: its element; after: what stands before its output; number: its place on the page.
  constructor(cell, after, number) {
    this.number = number;
    this.authors = cell.querySelector(".cell_output");
    this.figures = [...(this.authors?.querySelectorAll("figure, img") ?? [])]
      .filter((e) => e.tagName === "FIGURE" || !e.closest("figure"));
    this.shown = this.authors;
    this.after = after;
  }

  // The old output stays, pale, until there is something new.
  begin(changed) {
    this.changed = changed;
    this.fresh = document.createElement("div");
    this.fresh.className = "cell_output docutils container live-output";
    this.count = 0;
    this.stream = null;
    this.clearing = false;
    this.shown?.classList.add("live-old");
  }

  // Put an element in the place of what is shown.
  put(element) {
    if (this.shown === element) return;
    this.shown?.classList.remove("live-old");
    this.shown?.remove();
    if (element) this.after.after(element);
    this.shown = element;
  }

  clear() {
    if (!this.clearing) return;
    this.clearing = false;
    this.fresh.replaceChildren();
    this.stream = null;
    this.count = 0;
  }

  end() {
    if (!this.fresh) return;
    this.clear();
    this.put(this.fresh);
    this.fresh.querySelectorAll("pre").forEach((pre) => {
      if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0; // keyboards can scroll it
    });
    this.fresh = null;
  }

  reset() {
    this.fresh = null;
    this.put(this.authors);
    this.authors?.classList.remove("live-old");
  }

  add(message) {
    if (!this.fresh) return;
    const { kind, text } = message;
    if (kind === "clear") { // with the next output, so that nothing flickers
      this.clearing = true;
      return;
    }
    this.clear();
    if (kind === "stream") this.print(message.name, text);
    else {
      this.stream = null;
      if (kind === "display") this.display(message.data);
      else if (kind === "error") this.block("traceback", text);
      else this.fresh.append(Object.assign(document.createElement("p"), {
        className: "live-notice", textContent: text }));
    }
    this.put(this.fresh);
  }

  block(kind, text) {
    const block = document.createElement("div");
    block.className = `output ${kind} highlight-myst-ansi notranslate`;
    const inner = block.appendChild(document.createElement("div"));
    inner.className = "highlight";
    const pre = inner.appendChild(document.createElement("pre"));
    pre.textContent = text;
    this.fresh.append(block);
    return pre;
  }

  print(name, text) {
    if (this.stream?.name !== name) {
      this.stream = { name, text: "", pre: this.block(`stream ${name}`, "") };
    }
    this.stream.text = overwritten(this.stream.text + text);
    this.stream.pre.textContent = this.stream.text;
  }

  display(data) {
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
    this.fresh.append(box);
    return box;
  }

  // A figure that the author's cell draws keeps its caption, and its description while the
  // code is the author's.
  image(source) {
    const model = this.figures[this.count++]?.cloneNode(true) ?? document.createElement("img");
    const image = model.tagName === "IMG" ? model : model.querySelector("img");
    for (const name of ["style", "width", "height", "loading"]) image.removeAttribute(name);
    image.src = source;
    if (this.changed || !image.alt) image.alt = `Figure ${this.count} that cell ${this.number} drew`;
    this.fresh.append(model);
  }

  formula(text) {
    const box = this.box("text_latex math");
    const [, dollars, tex] = text.trim().match(/^(\$*)([^]*?)\$*$/);
    box.textContent = dollars === "$" ? `\\(${tex}\\)` : `\\[${tex}\\]`;
    window.MathJax?.typesetPromise?.([box]);
  }
}

// What a terminal would show: a carriage return starts the line anew.
function overwritten(text) {
  return text.includes("\r") ? text.replace(/[^\n]*\r(?=[^\n])/g, "") : text;
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
