// Stands in every page's head, and runs before anything is shown.
(() => {
  const { dataset } = document.documentElement;
  // The reader's choice, or the system's, as the theme's script sets it when the page has been
  // read: until then, a dark page would be a light one.
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.theme = ["dark", "light"].includes(dataset.mode) ? dataset.mode : system;
})();
