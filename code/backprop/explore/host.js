// Puts explorables into the pages that have some: each loads when the reader comes near, and only then
// takes the place of its still.  Print, and browsers without scripts, keep the still; so do pages that
// are opened from a folder, where browsers load no modules.

(() => {
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;

  // What anywidget would give: a model that keeps values.
  const modelOf = (values) => ({
    get: (name) => values[name],
    set: (name, value) => { values[name] = value; },
    save_changes() {},
    on() {},
    off() {},
  });

  async function begin(host) {
    try {
      const { module, key, state, small } = /** @type {ExplorableData} */ (host.dataset);
      const { default: widget } = await import(new URL(module, here).href);
      host.model = modelOf({ state: JSON.parse(state), key, small: small !== undefined });
      await widget.render({ model: host.model, el: host });
      host.dataset.ready = "yes"; // explore.css hides the still
    } catch (error) {
      host.replaceChildren(); // the still stays
      console.warn(`The figure cannot be moved: ${error.message}`);
    }
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      begin(target);
    }
  }, { rootMargin: "400px" });

  // The figure to which a link leads loads at once, and is where the reader looks, also after a reload.
  async function follow(host) {
    await begin(host);
    if (location.hash === `#${host.dataset.key}`) host.scrollIntoView({ block: "nearest" });
  }

  if (location.protocol !== "file:") {
    const linked = new URLSearchParams(location.search);
    document.querySelectorAll(".explore").forEach((host) => {
      if (linked.has(host.dataset.key)) follow(host);
      else near.observe(host);
    });
  }
})();
