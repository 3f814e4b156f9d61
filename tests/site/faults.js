// What axe finds on a page (test_browser.py).  Two of its rules, on the contrast of texts and on links
// that are seen only by their colour, take milliseconds for each element, and a page has thousands of
// texts and hundreds of links, but only a hundred looks.  So axe is asked for two of those that look the
// same, on grounds that look the same; and for all others of a look where it cannot tell for these
// two, because something hides or overlaps them, or because they are not what the rule is about.

const GROUND = ["background-color", "background-image", "opacity", "position", "z-index", "float",
  "display", "overflow", "clip", "clip-path", "filter", "mix-blend-mode", "visibility"];
const TEXT = ["color", "font-size", "font-weight", "text-shadow"];
const LINE = ["width", "style", "color"];
// What can tell a link from the text around it.
const LINK = [...TEXT, "font-family", "font-style", "text-decoration",
  ...["border-bottom", "border-top", "outline"].flatMap((name) => LINE.map((part) => `${name}-${part}`))];

/** @typedef {Record<string, Element[]>} Asked the elements for which axe is asked, by rules */

/** Return the values of some properties of an element. */
function valuesOf(/** @type {Element} */ e, /** @type {string[]} */ names) {
  const style = getComputedStyle(e);
  return names.map((name) => style.getPropertyValue(name));
}

/** Return the style that an element has of its own, without the height that parts.js notes there. */
function styleOf(/** @type {Element} */ e) {
  return (e.getAttribute("style") ?? "").replace(/contain-intrinsic-height:[^;]*;/, "").trim();
}

/** Return a function that gives equal numbers for elements whose grounds look the same. */
function grounds() {
  const numbers = new Map(), known = new Map();
  return function groundOf(/** @type {Element | null} */ e) {
    if (!e) return 0;
    if (!known.has(e)) {
      const key = JSON.stringify([groundOf(e.parentElement), e.localName, e.getAttribute("class"),
        styleOf(e), e.matches(":disabled, [aria-disabled=true]"),
        ...valuesOf(e, GROUND)]);
      if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
      known.set(e, numbers.get(key));
    }
    return known.get(e);
  };
}

/** Return the elements that can be seen, those together that have the same key. */
function together(/** @type {Iterable<Element>} */ elements, /** @type {(e: Element) => any[]} */ keyOf) {
  const groups = new Map();
  for (const e of elements) {
    if (!e.checkVisibility({visibilityProperty: true})) continue;  // of which axe says nothing
    const key = JSON.stringify(keyOf(e));
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(e);
  }
  return [...groups.values()];
}

/** Return the elements with texts of their own, those together that look the same, long ones first. */
function texts() {
  const groundOf = grounds(), lengths = new Map();
  for (const e of [document.body, ...document.body.querySelectorAll("*")]) {
    const nodes = [...e.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const length = nodes.reduce((sum, node) => sum + node.textContent.trim().length, 0);
    if (length || e.matches("input, select, textarea")) lengths.set(e, length);
  }
  const groups = together(lengths.keys(), (e) => [groundOf(e), ...valuesOf(e, TEXT)]);
  return groups.map((group) => group.sort((a, b) => lengths.get(b) - lengths.get(a)));
}

/** Return the links, those together that look the same in texts that look the same. */
function links() {
  const groundOf = grounds();
  const isBlock = (/** @type {string} */ display) => /^(block|list-item|table|flex|grid)/.test(display);
  const looksOf = (/** @type {Element | null} */ e) => {  // up to the block in which it stands
    if (!e) return [];
    const look = valuesOf(e, ["display", ...LINK]);
    return isBlock(look[0]) ? look : [...look, ...looksOf(e.parentElement)];
  };
  const all = document.querySelectorAll("a[href], [role=link]");
  return together(all, (e) => [groundOf(e), valuesOf(e, LINK), ...looksOf(e.parentElement)]);
}

const SAMPLED = {"color-contrast": texts, "link-in-text-block": links};

/** Let axe look at the page, but by these rules only at the elements that are given. */
async function look(/** @type {Asked} */ asked, /** @type {object} */ options) {
  const marks = Object.keys(SAMPLED).map((id) => ({id, selector: `[data-${id}]`}));
  const each = (/** @type {(e: Element, mark: string) => void} */ change) =>
    Object.entries(asked).forEach(([id, all]) => all.forEach((e) => change(e, `data-${id}`)));
  each((e, mark) => e.setAttribute(mark, ""));
  axe.configure({rules: marks});
  const found = await axe.run(document,
    {...options, preload: false, selectors: false, elementRef: true});
  each((e, mark) => e.removeAttribute(mark));
  return found;
}

/** Return those of elements that look the same for which a rule is asked first. */
function first(/** @type {Element[]} */ group) {
  return group.slice(0, 2);
}

/** Return the elements for which a rule has to be asked, since it told nothing of those like them. */
function untold(/** @type {any} */ found, /** @type {string} */ rule, /** @type {Element[][]} */ groups) {
  const nodesOf = (/** @type {any[]} */ rules) => rules.filter(({id}) => id === rule)
    .flatMap(({nodes}) => nodes.map(({element}) => element));
  const told = new Set(nodesOf([...found.passes, ...found.violations]));
  return groups.filter((group) => !first(group).some((e) => told.has(e)))
    .flatMap((group) => group.slice(first(group).length))
    // Of the contrast of one letter axe never says that it fails.
    .filter((e) => rule !== "color-contrast" || e.textContent.trim().length !== 1);
}

/** Return for each rule that is broken its impact, its name, and the first three places. */
async function faults(/** @type {any} */ options) {
  const asks = (/** @type {string} */ rule) => options.runOnly?.includes(rule)
    ?? options.rules?.[rule]?.enabled ?? true;
  const rules = Object.entries(SAMPLED).filter(([rule]) => asks(rule));
  const groups = rules.map(([rule, elements]) => ({rule, all: elements()}));
  const some = groups.map(({rule, all}) => [rule, all.flatMap(first)]);
  const found = await look(Object.fromEntries(some), options);
  const others = Object.fromEntries(groups.map(({rule, all}) => [rule, untold(found, rule, all)]));
  const again = Object.keys(others).filter((rule) => others[rule].length);
  const second = again.length ? (await look(others, {runOnly: again})).violations : [];
  return [...found.violations, ...second].flatMap(({id, impact, nodes}) =>
    nodes.slice(0, 3).map(({element}) => [impact, id, element.outerHTML.slice(0, 160)]));
}
