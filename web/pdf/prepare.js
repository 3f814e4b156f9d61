// Runs on every page before it is printed; returns the elements wider than the paper.
//
// When the formulas are typeset, those wider than the page are shrunk.  Their TeX becomes the
// description of a white dot, so that screen readers have something to read.  Chromium records the
// places only of elements that are linked from their own page, so a link to each is added.  A
// section may begin at the foot of a sheet and its heading on the next, so headings get the names.
async () => {
  await window.MathJax?.startup.promise;
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode()));
  document.querySelectorAll(".headerlink, button, script, article nav").forEach((e) => e.remove());
  document.querySelectorAll("details").forEach((e) => { e.open = true; });
  document.querySelectorAll("mjx-container").forEach((formula) => {
    const box = formula.parentElement.closest("div, p, li, td, dd");
    const number = box.querySelector(":scope > .eqno");
    const room = box.clientWidth - (number ? number.offsetWidth + 12 : 0);
    const width = formula.querySelector("mjx-math").getBoundingClientRect().width;
    if (width > room) formula.style.fontSize = `${Math.floor(100 * room / width)}%`;
  });
  for (const { math, typesetRoot } of window.MathJax?.startup.document.math ?? []) {
    typesetRoot.querySelector("mjx-math").setAttribute("aria-hidden", "true");
    const dot = document.createElement("img");
    dot.className = "dot";
    dot.src = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=";
    dot.alt = math.trim();
    typesetRoot.prepend(dot);
  }
  document.querySelectorAll("pre :is(.n, .p, .w)").forEach((e) => e.replaceWith(...e.childNodes));
  document.querySelectorAll("pre").forEach((code) => {
    code.normalize();
    const lines = code.innerHTML.trimEnd().split("\n");
    if (lines.length > 12) {
      code.classList.add("long");
      code.innerHTML = lines.map((line) => `<div>${line || " "}</div>`).join("");
    }
  });
  document.querySelectorAll("article section[id] > :is(h1, h2, h3, h4, h5, h6)").forEach((heading) => {
    const section = heading.parentElement;
    heading.prepend(...section.querySelectorAll(":scope > span[id]:empty"));
    if (!heading.id) {
      heading.id = section.id;
      section.removeAttribute("id");
    }
  });
  const nav = document.createElement("nav");
  document.querySelectorAll("[id]").forEach((e) => {
    const link = document.createElement("a");
    link.href = "#" + encodeURIComponent(e.id);
    nav.append(link);
  });
  document.body.append(nav);
  const edge = document.body.getBoundingClientRect().right + 1;
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > edge && !e.closest("mjx-container *"))
    .map((e) => e.outerHTML.slice(0, 200));
}
