// Start reveal.js; typeset the formulas of a slide, and make it fit, when it is shown.

const root = document.documentElement;
const SMALLEST = 0.6; // of the usual size of the text

function paint(theme) {
  root.dataset.theme = theme;
}

// The book's own choice (the theme stores it), or else the system's.
const stored = (() => {
  try { return localStorage.getItem("theme"); } catch { return null; }
})();
const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
paint(stored === "dark" || stored === "light" ? stored : system);

/** Make the text of a slide smaller until it fits; below SMALLEST it can be scrolled. */
function fit(slide) {
  const shown = slide.querySelector(":scope > .shown");
  if (!shown) return;
  const room = Reveal.getConfig().height - shown.offsetTop;
  shown.classList.remove("high");
  shown.style.height = "";
  for (let size = 1; size >= SMALLEST - 0.001; size -= 0.05) {
    shown.style.fontSize = `${size}em`;
    for (const image of shown.querySelectorAll("figure img")) image.style.maxHeight = `${480 * size}px`;
    const wide = [...shown.querySelectorAll("mjx-container[display=true], pre, table")]
      .some((one) => one.scrollWidth > one.clientWidth + 1 || one.offsetWidth > shown.clientWidth + 1);
    if (shown.scrollHeight <= room && shown.scrollWidth <= shown.clientWidth + 1 && !wide) return;
  }
  shown.classList.toggle("high", shown.scrollHeight > room);
  shown.style.height = `${room}px`;
}

async function show(slide) {
  if (!slide.dataset.typeset) {
    slide.dataset.typeset = "begun";
    await MathJax.startup.promise;
    await MathJax.typesetPromise([slide]);
    await Promise.all([...slide.querySelectorAll(".shown img")].map((image) => image.decode().catch(() => {})));
    slide.dataset.typeset = "done";
  }
  fit(slide);
}

Reveal.on("ready", (event) => show(event.currentSlide));
Reveal.on("slidechanged", (event) => show(event.currentSlide));
Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0.04,
  center: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  navigationMode: "default",
  plugins: [RevealNotes],
  keyboard: { 68: () => paint(root.dataset.theme === "dark" ? "light" : "dark") },
});
Reveal.registerKeyboardShortcut("D", root.dataset.paint);
