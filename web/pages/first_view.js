// Stands in every page's head, and runs before anything is shown.
(() => {
  const { classList, dataset } = document.documentElement;
  // The reader's choice, or the system's, as the theme's script sets it when the page has been
  // read: until then, a dark page would be a light one.
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.theme = ["dark", "light"].includes(dataset.mode) ? dataset.mode : system;
  // A page that is read from its top is laid out in parts (static/parts.js).  One that opens at
  // another place is laid out at once: heights that are only estimated would move it.
  const [visit] = /** @type {PerformanceNavigationTiming[]} */ (
    performance.getEntriesByType("navigation"));
  if (visit?.type === "navigate" && !location.hash && !location.search) classList.add("in-parts");
})();
