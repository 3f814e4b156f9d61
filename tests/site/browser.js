// What test_browser.py looks for in a page: each function is called there by its name.
({
  // What is in the article: formulas, those not typeset, those with an error, and loose markup.
  formulas: () => {
    const formulas = [...document.querySelectorAll("article .math")];
    const copy = document.querySelector("article").cloneNode(true);
    copy.querySelectorAll("pre, code, mjx-container, script").forEach((e) => e.remove());
    return {
      count: formulas.length,
      plain: formulas.filter((e) => !e.querySelector("mjx-container")).map((e) => e.textContent),
      wrong: [...document.querySelectorAll(
        "mjx-merror, [data-mjx-error], mjx-container [style*='color: red']")].map((e) => e.outerHTML),
      loose: copy.textContent.match(/\\[(\[]|\$\$|\\(frac|delta|sum)/g) || [],
    };
  },

  // What sticks out of the window, if the page scrolls sideways.
  stickingOut: () => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll("main *")]
      .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
      .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5).concat("(the page is too wide)");
  },

  // What scrolls inside itself, and whether a keyboard can get there.
  scrolling: () => [...document.querySelectorAll("article *")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.checkVisibility()
      && ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
    .map((e) => [e.tabIndex >= 0 || e.querySelector("a, [tabindex='0']") !== null,
      e.outerHTML.slice(0, 120)]),

  // Formulas that a screen reader could not read: it reads the MathML beside the drawn one.
  mute: () => [...document.querySelectorAll("mjx-container")].filter((e) => {
    const spoken = e.querySelector("mjx-assistive-mml > math");
    return !spoken || !spoken.textContent.trim() || !spoken.checkVisibility()
      || e.querySelector("mjx-math").ariaHidden !== "true" || e.closest("[aria-hidden=true]");
  }).map((e) => e.textContent),

  // Icons that show nothing: no character, or none that the fonts on the site have.
  blankIcons: async () => {
    await document.fonts.ready;
    return [...document.querySelectorAll("i[class*=fa-]")].filter((e) => e.checkVisibility())
      .filter((e) => {
        const style = getComputedStyle(e, "::before");
        return !/^"[\ue000-\uf8ff]"$/.test(style.content) || !style.fontFamily.includes("Awesome")
          || e.getBoundingClientRect().width < 4;
      }).map((e) => e.outerHTML);
  },

  // Links that the bar at the top would cover when the keyboard goes back to them.
  covered: () => {
    const links = [...document.querySelectorAll("article a[href], article button")]
      .filter((e) => e.checkVisibility({visibilityProperty: true})).slice(-30).reverse();
    return links.filter((e) => {
      e.focus();
      const box = e.getClientRects()[0];
      const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return seen?.closest(".bd-header-article, .bd-header");
    }).map((e) => e.outerHTML.slice(0, 120));
  },

  // How much of a small window the text has, when one is in the middle of it.
  room: () => {
    document.querySelector("article h2")?.scrollIntoView({behavior: "instant"});
    let free = 0;
    for (let y = 2; y < innerHeight; y += 4) {
      if (document.elementFromPoint(innerWidth / 2, y)?.closest("article")) free += 4;
    }
    return free / innerHeight;
  },

  // Empty the formulas, with which the browser is slow at every key; return what could have been
  // reached inside them.
  empty: () => {
    const reach = "a[href], button, input, summary, select, textarea, [tabindex]";
    const formulas = [...document.querySelectorAll("mjx-container")];
    const found = formulas.filter((e) => e.querySelector(reach)).map((e) => e.textContent);
    formulas.forEach((e) => e.replaceChildren("x"));
    return found;
  },

  // While one goes through the page with the tab key: what got the focus, and whether it shows.
  // Meanwhile nothing is painted: it would take a third of the time.
  record: () => {
    document.body.style.opacity = "0";
    document.body.tabIndex = -1;
    document.body.focus();  // from where the tab key goes to the first link
    document.body.removeAttribute("tabindex");
    window.visited = [];
    document.addEventListener("focusin", (event) => {
      const target = /** @type {Element} */ (event.target);
      const style = getComputedStyle(target);
      const shown = style.outlineStyle !== "none" || style.boxShadow !== "none"
        || target.matches(".skip-link *");
      const last = window.visited.at(-1)?.element;
      window.visited.push({element: target, shown, order: !last
        || !!(last.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING)});
    });
  },

  visited: () => {
    document.body.style.opacity = "";
    const reach = "a[href], button, input, summary, select, textarea, [tabindex='0']";
    const all = [...document.querySelectorAll(reach)].filter((e) => e.tabIndex >= 0 && !e.disabled
      && e.checkVisibility({visibilityProperty: true}) && !e.closest("dialog:not([open])")
      && !e.matches("[type=radio]:not(:checked)"));  // the tab key stops once in a group
    const visited = window.visited;
    return {
      count: visited.length,
      unseen: visited.filter((v) => !v.shown).map((v) => v.element.outerHTML.slice(0, 120)),
      backwards: visited.filter((v) => !v.order).map((v) => v.element.outerHTML.slice(0, 120)),
      missed: all.filter((e) => !visited.some((v) => v.element === e))
        .map((e) => e.outerHTML.slice(0, 120)),
    };
  },

  // Everything is on its place, and of its colour, before a picture is taken.
  settle: async () => {
    document.head.insertAdjacentHTML("beforeend",
      "<style>*, ::before, ::after { transition: none !important }</style>");
    const images = [...document.images];
    images.forEach((image) => { image.loading = "eager"; });
    await Promise.all(images.map((image) => image.decode().catch(() => {})));
  },

  // The grounds of the figures.
  grounds: () => [...document.querySelectorAll("article .cell_output img")]
    .map((e) => getComputedStyle(e).backgroundColor),

  // What axe need not see again and again: the insides of formulas, which are MathJax's, and of
  // the tokens of code more than the longest of each kind.  It then takes seconds, not half a minute.
  lighten: () => {
    document.querySelectorAll("mjx-container").forEach((e) => e.replaceWith("x"));
    const seen = new Set();
    const tokens = [...document.querySelectorAll("pre span[class]")];
    tokens.sort((a, b) => b.textContent.length - a.textContent.length).forEach((e) => {
      const kind = e.className + " in " + e.closest("div[class]").className;
      if (seen.has(kind)) e.remove(); else seen.add(kind);
    });
  },

  // Ask another host for something, from the page or from a worker; what comes of it.
  askStranger: (where) => {
    const ask = (address) => fetch(address).then(() => "an answer", (error) => error.name);
    const address = "https://example.org/";
    if (where === "page") return ask(address);
    const code = `(${ask})("${address}").then(postMessage)`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    return new Promise((done) => { worker.onmessage = ({ data }) => done(data); });
  },

  // Add a formula to the page.
  addFormula: (tex) => {
    const span = document.createElement("span");
    span.className = "math notranslate nohighlight";
    span.textContent = "\\(" + tex + "\\)";
    document.querySelector("article").append(span);
    return MathJax.typesetPromise();
  },

  // The errors and warnings of HTML_CodeSniffer, each with the element that it is about.
  sniff: () => new Promise((resolve) => {
    HTMLCS.process("WCAG2AA", document, () => {
      const found = HTMLCS.getMessages().filter(({ type }) => type !== HTMLCS.NOTICE);
      resolve(found.map(({ code, element }) => [code, element.outerHTML?.slice(0, 160) || "the page"]));
    });
  }),

  // Add a picture without a description, text that is hard to see, two elements of one name, a
  // button that is not called what it says, and a link to nowhere.
  addFaults: () => {
    const article = document.querySelector("article");
    article.innerHTML += "<img src='../_static/logo.svg'><p style='color: #ddd'>pale</p>"
      + "<p id='twice'>One.</p><p id='twice'>Two.</p><button aria-label='Go'>Stop</button>"
      + "<a href='#nowhere'>to nowhere</a>";
  },
})
