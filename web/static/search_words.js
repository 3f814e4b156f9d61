// Synonyms for the search page: Greek letters, which formulas write by their names, American and
// joined spellings, and terms with other names elsewhere.  Also a correction for names with dots.
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
  const translate = (query) => query.trim().split(/\s+/)
    .map((word) => WORDS[word] ?? WORDS[word.toLowerCase()] ?? word).join(" ");

  document.addEventListener("DOMContentLoaded", () => {
    if (typeof Search === "undefined") return;
    const query = Search.query;
    Search.query = (words) => query.call(Search, translate(words));

    // Sphinx looks up the anchor as a selector, in which the dots of a name would mean classes.
    const htmlToText = Search.htmlToText;
    Search.htmlToText = (html, anchor) =>
      htmlToText.call(Search, html, anchor && `#${CSS.escape(anchor.slice(1))}`);
  });
})();
