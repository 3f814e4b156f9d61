// Other words for the same thing, so that the search finds what readers type: Greek letters,
// which stand in formulas by their names, American and joined spellings, and what is called
// otherwise elsewhere; and names with dots.  It concerns the page of the search only.
(() => {
  const WORDS = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", Δ: "Delta", ε: "varepsilon", η: "eta",
    θ: "theta", Θ: "Theta", λ: "lambda", μ: "mu", ρ: "rho", σ: "sigma", φ: "varphi", "∂": "partial",
    "∇": "nabla", "∘": "Hadamard",
    backprop: "back-propagation", backpropagation: "back-propagation",
    minibatch: "mini-batch", minibatches: "mini-batch", preactivation: "pre-activation",
    normalization: "normalisation", regularization: "regularisation",
    initialization: "initialisation", standardization: "standardise",
    "vector-jacobian": "vector–Jacobian", "jacobian-vector": "Jacobian–vector",
    vjp: "vector–Jacobian", jvp: "Jacobian–vector", autodiff: "automatic differentiation",
    loss: "cost", sgd: "stochastic gradient", crossentropy: "cross-entropy",
  };
  const translated = (query) => query.trim().split(/\s+/)
    .map((word) => WORDS[word] ?? WORDS[word.toLowerCase()] ?? word).join(" ");

  document.addEventListener("DOMContentLoaded", () => {
    if (typeof Search === "undefined") return;
    const ask = Search.query;
    Search.query = (query) => ask.call(Search, translated(query));

    // What Sphinx hands on is looked up as a selector, in which the dots of a name would stand
    // for classes.
    const show = Search.htmlToText;
    Search.htmlToText = (html, anchor) =>
      show.call(Search, html, anchor && `#${CSS.escape(anchor.slice(1))}`);
  });
})();
