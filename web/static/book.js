// Small corrections for readers who use a keyboard, a screen reader or a narrow screen.

window.addEventListener("load", () => {
  document.querySelectorAll(".copybtn").forEach((button) => { // sphinx-copybutton knows few languages
    button.dataset.tooltip = words.say("Copy");
    button.setAttribute("aria-label", words.say("Copy"));
    button.querySelector("title")?.remove(); // another name, and in English only
  });
});

document.addEventListener("DOMContentLoaded", () => {
  // The accessible name should contain the visible text, for speech control.
  document.querySelectorAll(".search-button-field").forEach((element) => {
    element.removeAttribute("aria-label");
  });
  document.querySelectorAll(".theme-switch-button").forEach((element) => {
    element.setAttribute("aria-label", words.say("Colour mode: Light, Dark or System Settings"));
  });
  // The theme has these names in English only.
  for (const [selector, name] of [
    [".primary-toggle", words.say("Toggle primary sidebar")],
    [".secondary-toggle", words.say("Toggle secondary sidebar")],
  ]) document.querySelectorAll(selector).forEach((element) => { element.title = name; });
  document.querySelector("nav.bd-docs-nav")?.setAttribute("aria-label", words.say("Main"));
  document.querySelector("nav[aria-label=Page]")?.setAttribute("aria-label", words.say("Page"));
  // The bibliography is a list; the role that docutils gives its entries is obsolete.
  document.querySelectorAll("[role=doc-biblioentry]").forEach((entry) => {
    entry.setAttribute("role", "listitem");
  });
  // The theme leaves the logo outside all landmarks.
  const sidebar = document.getElementById("pst-primary-sidebar");
  sidebar?.setAttribute("role", "region");
  sidebar?.setAttribute("aria-label", words.say("This book"));
  // On a narrow screen the errata are no table: each cell says what its column is.
  document.querySelectorAll("table.errata").forEach((table) => {
    const names = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    table.querySelectorAll("tbody tr").forEach((row) => {
      [...row.cells].forEach((cell, k) => { cell.dataset.column = names[k]; });
    });
  });
});

// Chapters print unfolded, black on white; sphinx-togglebutton unfolds the solutions.
window.addEventListener("beforeprint", () => {
  const { dataset } = document.documentElement;
  const closed = [...document.querySelectorAll("article details:not([open])")];
  const { theme } = dataset;
  closed.forEach((details) => { details.open = true; });
  dataset.theme = "light";
  window.addEventListener("afterprint", () => {
    closed.forEach((details) => { details.open = false; });
    dataset.theme = theme;
  }, { once: true });
});
