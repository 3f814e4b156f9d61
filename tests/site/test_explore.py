"""Explorables in a browser: hands that work, and what is shown is what the package computes.

Each test runs for every explorable in code/backprop/explore, on a bare page that has the theme's
styles; test_browser.py looks at those on the pages of the site.
"""

import json
import re
import statistics

import numpy as np
import pytest
from backprop import explore
from explorables import SHOWN, compare, numbers_in, settle, state_of, states_of, write_page
from matplotlib import text as matplotlib_text
from test_browser import COLOURS, NAMES, call, violations

from tools import words as tool

every = pytest.mark.parametrize("name", explore.NAMES)
SEEDS = range(12)
FRAME = 1000 / 60  # milliseconds
SLACK = 3  # how much slower than a reader's a machine that tests may be
SIZE, SHARED_SIZE, STORED_SIZE = 15_000, 12_000, 60_000  # bytes, compressed
HANDLES = "[role=spinbutton], [role=slider], input[type=radio], button"


def examples(name):
    """Return states at random."""
    example = explore._module(name).example
    return [explore.state(name, **example(np.random.default_rng(seed))) for seed in SEEDS]


def query(name, state):
    """Return the link to a state."""
    from urllib.parse import quote

    return f"?fig-{name}={quote(json.dumps(state))}"


@pytest.fixture
def open_several(open_one, bench_folder):
    """Return a function that opens a page with an explorable in several states.

    It takes the states and, if there are any, the texts of the links to them.  A figure with a
    link, if only an empty one, loads although it is far below.
    """
    from urllib.parse import quote

    def start(name, states, links=(), width=1280):
        keys = [f"fig-{name}-{k}" for k in range(len(states))]
        write_page(
            bench_folder / f"{name}-several.html", name, dict(zip(keys, states, strict=True))
        )
        links = links or ["{}"] * len(states)
        query = "&".join(f"{key}={quote(link)}" for key, link in zip(keys, links, strict=True))
        page = open_one(f"{name}-several", f"?{query}", width)
        page.wait_for_function(
            "number => document.querySelectorAll('.explore[data-ready]').length === number",
            arg=len(states),
        )
        settle(page)
        return page

    return start


def handles(page):
    """Return the numbers, points and sliders that can be seen, as locators."""
    found = page.locator(".explorable :is([role=spinbutton], [role=slider])")
    seen = found.evaluate_all(
        "all => all.map(e => [e.checkVisibility({visibilityProperty: true}),"
        " e.getBoundingClientRect()]).map(([shown, box]) => shown && box.width * box.height > 0)"
    )
    return [found.nth(k) for k, is_seen in enumerate(seen) if is_seen]


def each_handle(name, open_one):
    """Yield every handle of the first state; one that another has removed, on a fresh page."""
    page = open_one(name)
    labels = [one.get_attribute("aria-label") for one in handles(page)]
    for label in labels:
        found = page.locator(
            f".explorable :is([role=spinbutton], [role=slider])[aria-label='{label}']"
        )
        if not found.count():
            open_one(name)
        yield page, label, found


def shown_numbers(page):
    """Return all numbers on a page, as far as they are text or in fields."""
    return page.evaluate(
        "() => [document.querySelector('.explorable-body').innerText,"
        " ...[...document.querySelectorAll('.explorable-body input')].map((e) => e.value)]"
        ".join(' ')"
    )


# ---- numbers


@every
def test_the_page_shows_what_the_package_computes(name, open_one, open_several):
    """In each element with the attribute data-value, which names a place in `values`."""
    first, others = explore.state(name), examples(name)[:3]
    compare(open_one(name).evaluate(SHOWN), explore.values(name, first))
    page = open_several(name, [first] * len(others), [json.dumps(one) for one in others])
    for figure, state in zip(page.locator(".explorable").all(), others, strict=True):
        compare(figure.evaluate(SHOWN), explore.values(name, state))


@every
def test_the_still_has_the_numbers_of_the_first_state(name, open_one):
    drawing = explore.figure(name).figure
    texts = drawing.findobj(matplotlib_text.Text)
    ticks = {label for axes in drawing.axes for axis in (axes.xaxis, axes.yaxis)
             for label in axis.get_ticklabels(which="both")}  # fmt: skip
    still = {
        float(number)
        for one in texts
        if one not in ticks and one.get_visible()
        for number in numbers_in(re.sub(r"\$[^$=]*\$", "", one.get_text()))
        if "." in number
    }
    page = {float(number) for number in numbers_in(shown_numbers(open_one(name)))}
    missing = {one for one in still if not any(abs(one - other) < 6e-4 for other in page)}
    assert not missing, "in the still, but not on the page"


def test_random_numbers_are_the_same(open_one):
    from backprop.explore import _chance

    page = open_one("network")
    theirs = page.evaluate(
        "() => import('./engine.js').then(({uniform, normal}) => [3, 4294967295].map((seed) => {"
        " const u = uniform(seed), n = normal(seed);"
        " return [Array.from({length: 50}, u), Array.from({length: 50}, n)]; }))"
    )
    for seed, (u, n) in zip((3, 4294967295), theirs, strict=True):
        assert u == _chance.uniform(seed, 50).tolist()
        assert n == pytest.approx(_chance.normal(seed, 50).tolist(), rel=1e-12)


def test_schedulers_are_the_package_s(open_one):
    import backprop

    settings = {"eta": 0.05, "momentum": 0.9, "rho": 0.9, "rho2": 0.99}
    names = {
        "Constant": ["eta"],
        "Momentum": ["eta", "momentum"],
        "Adagrad": ["eta"],
        "AdagradMomentum": ["eta", "momentum"],
        "RMS_prop": ["eta", "rho"],
        "Adam": ["eta", "rho", "rho2"],
    }
    gradients = np.random.default_rng(5).normal(size=(30, 4)).tolist()
    theirs = open_one("network").evaluate(
        "([settings, gradients]) => import('./engine.js').then(({schedulers}) =>"
        " Object.fromEntries(Object.entries(schedulers).map(([name, make]) => {"
        " const one = make(settings);"
        " return [name, gradients.map((g) => [...one.update(g)])]; })))",
        [settings, gradients],
    )
    assert theirs.keys() == names.keys()
    for name, arguments in names.items():
        ours = getattr(backprop, name)(*[settings[argument] for argument in arguments])
        for gradient, change in zip(gradients, theirs[name], strict=True):
            expected = ours.update_change(np.array(gradient))
            assert change == pytest.approx(expected.tolist(), rel=1e-12), name


def test_gradients_of_many_samples(open_one):
    from backprop import FFNN, CostOLS, sigmoid, tanh

    rng = np.random.default_rng(6)
    net = FFNN((3, 4, 2), tanh, sigmoid, CostOLS, seed=1)
    X, T = rng.normal(size=(7, 3)), rng.uniform(size=(7, 2))
    network = {"widths": [3, 4, 2], "functions": ["tanh", "sigmoid"], "cost": "CostOLS"}
    theirs = open_one("network").evaluate(
        "(all) => import('./engine.js').then(({meanGradient}) => {"
        " const {cost, gradient} = meanGradient(...all); return [cost, [...gradient]]; })",
        [network, net.parameters.tolist(), X.tolist(), T.tolist()],
    )
    assert theirs[0] == pytest.approx(net.cost(X, T), rel=1e-12)
    assert theirs[1] == pytest.approx(net.gradient(X, T).tolist(), rel=1e-12)


# ---- words

LATIN = re.compile("[A-Za-z]{3,}")
NAMES_OF_CODE = {  # functions, schedulers and initializers, which have one name in all languages
    *("identity", "sigmoid", "tanh", "RELU", "ReLU", "LRELU", "ELU", "softmax"),
    *("exp", "log", "sqrt", "sin", "cos", "Adagrad", "RMSprop", "Adam", "Glorot"),
    "max",  # an index
}
SHOWN_TEXTS = """() => [
  ...[...document.querySelectorAll(".explorable, .explorable *")].flatMap((e) => [
    e.getAttribute("aria-label"), e.getAttribute("aria-valuetext"), e.getAttribute("title"),
    ...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)]),
  ].filter(Boolean)"""


@pytest.fixture
def in_a_language(bench_tab):
    """Return a function that gives the figures words of another language; brackets mark them."""

    def give(translate, language="nb"):
        texts = {}
        for script in sorted(explore.HERE.glob("*.js")):
            for said in tool.said_by_script(script):
                if isinstance(said, str):
                    texts[said] = translate(said)
                else:
                    texts[said[0]] = {"one": translate(said[0]), "other": translate(said[1])}
        parts = (explore.HERE / "parts.js").read_text("utf-8")
        book = json.dumps({"language": language, "texts": texts})
        bench_tab.page.route(
            "**/parts.js",
            lambda route: route.fulfill(
                body=f"{parts}Object.assign(book, {book});", content_type="text/javascript"
            ),
        )
        return texts

    yield give
    bench_tab.page.unroute("**/parts.js")


def marked(text):
    """Return a sentence in brackets, with the places of values outside."""
    return re.sub(r"(\{\w+\})", r"⟧\1⟦", f"⟦{text}⟧")


def unmarked(text):
    """Return what stands in no brackets."""
    return re.sub(r"⟦[^⟦⟧]*⟧", "", text)


def all_buttons(page):
    """Press and choose whatever a figure has, and yield after each."""
    yield
    for kind in ("button", "input[type=radio]", "select", "input:not([type=radio])"):
        for one in page.locator(f".explorable {kind}").all():
            if not one.is_visible() and kind != "input[type=radio]":
                continue
            if kind == "select":
                for value in one.locator("option").evaluate_all("all => all.map(o => o.value)"):
                    one.select_option(value)
                    settle(page)
                    yield
            elif kind.startswith("input:"):
                one.evaluate("e => { e.value = '?'; e.dispatchEvent(new Event('input')); "
                             "e.dispatchEvent(new Event('change')); }")  # fmt: skip
            else:
                one.dispatch_event("click")
            settle(page)
            yield


@every
def test_every_word_comes_from_the_catalogue(name, open_one, in_a_language):
    """Whatever is pressed: what is shown and has no brackets is a symbol or a name of code."""
    in_a_language(marked)
    page = open_one(name)
    inside = [one for one in explore.state(name).values() if isinstance(one, dict)]
    own = set(LATIN.findall(" ".join(key for one in inside for key in one)))  # names of models
    seen, number = set(), 0
    for _ in all_buttons(page):
        number += 1
        seen |= set(page.evaluate(SHOWN_TEXTS))
    assert number > 5
    assert any("⟦" in text for text in seen)
    page.wait_for_function(
        "() => document.querySelector('.explorable-spoken').textContent.includes('⟦')"
    )
    seen |= set(page.evaluate(SHOWN_TEXTS))
    bare = {text: set(LATIN.findall(unmarked(text))) - NAMES_OF_CODE - own for text in seen}
    assert not {text for text, words_left in bare.items() if words_left}


@every
def test_a_language_from_the_right_leaves_formulas_and_plots_as_they_are(
    name, open_one, in_a_language
):
    in_a_language(lambda text: "\N{ARABIC LETTER ALEF}\N{NO-BREAK SPACE}" + text, "ar")
    page = open_one(name)
    page.evaluate("document.documentElement.dir = 'rtl'")
    settle(page)
    direction = "e => getComputedStyle(e).direction"
    assert page.locator(".explorable").evaluate(direction) == "rtl"
    for kind in ("svg", "table", ".explorable-number", "input[type=range]", "dd"):
        for one in page.locator(f".explorable {kind}").all():
            assert one.evaluate(direction) == "ltr", kind
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        call(page, "settle")
        assert not call(page, "stickingOut"), width


# ---- hands


@every
def test_every_handle_has_a_name_and_is_reached_with_the_tab_key(name, open_one):
    page = open_one(name)
    visible = handles(page)
    assert visible
    names = [one.get_attribute("aria-label") for one in visible]
    assert all(names)
    assert len(set(names)) == len(names)
    call(page, "record")
    for _ in range(len(visible) + 60):
        page.keyboard.press("Tab")
    visited = call(page, "visited")
    assert not visited["missed"]
    assert not visited["unseen"]


@every
def test_arrow_keys_change_every_number_and_shift_does_ten_times_as_much(name, open_one):
    for page, label, handle in each_handle(name, open_one):
        now = lambda handle=handle: float(handle.get_attribute("aria-valuenow"))  # noqa: E731
        handle.focus()
        before = now()
        page.keyboard.press("ArrowRight")
        step = now() - before
        if step == 0:  # at its limit
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("ArrowRight")
            step = before - now()
            page.keyboard.press("ArrowRight")
        assert step != 0, label
        page.keyboard.press("ArrowLeft")
        middle = now()
        way = "ArrowRight"
        page.keyboard.press(f"Shift+{way}")
        far = now() - middle
        highest = float(handle.get_attribute("aria-valuemax") or "inf")
        if now() < highest:
            assert abs(far) == pytest.approx(10 * abs(step), rel=1e-6)
    settle(page)
    assert state_of(page) != explore.state(name)


@every
def test_a_typed_number_is_accepted_and_a_wrong_one_refused_in_words(name, open_one):
    for page, label, box in each_handle(name, open_one):
        if box.get_attribute("role") != "spinbutton":
            continue
        low, high = (float(box.get_attribute(f"aria-value{end}")) for end in ("min", "max"))
        before = box.get_attribute("aria-valuenow")
        for wrong in ("abc", str(high + 1)):
            box.fill(wrong)
            page.keyboard.press("Enter")
            said = page.locator(".explorable-note").inner_text()
            assert re.match(re.escape(label) + " should be a (whole )?number between", said)
            assert wrong in said
            assert box.get_attribute("aria-valuenow") == before
            assert box.get_attribute("aria-invalid") == "true"
        inside = low + 0.37 * (high - low)
        steps = box.get_attribute("data-whole") is not None
        typed = str(round(inside)) if steps else f"{inside:.3g}".replace("-", "−")
        box.fill(typed)
        page.keyboard.press("Enter")
        now = float(box.get_attribute("aria-valuenow"))
        assert now == pytest.approx(float(typed.replace("−", "-")), rel=0.02), label
        assert box.get_attribute("aria-invalid") is None
        assert page.locator(".explorable-note").inner_text() == ""


def place(handle):
    """Return where a handle stands, as number and as text."""
    return handle.evaluate("e => [e.ariaValueNow, e.ariaValueText]")


@every
def test_handles_follow_a_mouse_and_a_finger_alike(name, open_one):
    ends = {}
    for pointer in ("mouse", "touch"):
        for page, label, handle in each_handle(name, open_one):
            before = place(handle)
            handle.scroll_into_view_if_needed()
            drag(page, handle, pointer, 40)
            if before == place(handle):  # at its limit
                drag(page, handle, pointer, -40)
            ends[label, pointer] = place(handle)
            assert before != ends[label, pointer], (pointer, label)
            reset(page)
    for label, _ in list(ends)[: len(ends) // 2]:
        assert ends[label, "mouse"] == ends[label, "touch"], label


@every
def test_a_finger_that_scrolls_the_page_changes_no_number(name, open_one):
    for page, label, handle in each_handle(name, open_one):
        if handle.get_attribute("role") == "spinbutton":
            before = place(handle)
            for way, down in ((0, -60), (8, 60)):
                handle.scroll_into_view_if_needed()  # when the page has come to rest
                drag(page, handle, "touch", way, down)
                assert place(handle) == before, label


@pytest.mark.parametrize("name", ["threshold", "valley"])  # both kinds: equal ways, equal factors
def test_a_slider_goes_back_when_the_finger_scrolls_the_page(name, open_one):
    page = open_one(name)
    first, sliders = state_of(page), page.locator(".explorable-range:visible")
    assert sliders.count() > 1
    for slider in sliders.all():
        was = slider.input_value()
        for way, down in ((0, -60), (8, 60)):
            drag(page, slider, "touch", way, down)
            settle(page)
            assert (slider.input_value(), state_of(page)) == (was, first)
    drag(page, slider, "touch", 20)  # and not, when it is moved
    settle(page)
    assert slider.input_value() != was
    assert state_of(page) != first


def reset(page):
    """Press the button Reset."""
    page.locator(".explorable-foot button:text('Reset')").evaluate("e => e.click()")
    settle(page)


def drag(page, handle, pointer, way, down=0):
    """Drag a handle some pixels to the right, and down."""
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if pointer == "mouse":
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + way / 2, y + down / 2)
        page.mouse.move(x + way, y + down)
        page.mouse.up()
        return
    session = page.context.new_cdp_session(page)
    points = [{"x": x + way * part / 3, "y": y + down * part / 3} for part in range(4)]
    for kind, point in [("touchStart", points[0]), *[("touchMove", p) for p in points[1:]]]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


@every
def test_reset_brings_the_first_state_back(name, open_one):
    page = open_one(name)
    before = shown_numbers(page)
    for handle in handles(page)[:6]:
        handle.focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
    settle(page)
    assert state_of(page) != explore.state(name)
    page.click(".explorable-foot button:text('Reset')")
    settle(page)
    assert state_of(page) == explore.state(name)
    after = shown_numbers(page)
    assert numbers_in(after) == numbers_in(before)


@every
def test_changes_are_announced_once_when_they_have_ended(name, open_one):
    page = open_one(name)
    page.evaluate(
        "() => { window.heard = []; const spoken = document.querySelector('.explorable-spoken');"
        " new MutationObserver(() => heard.push(spoken.textContent))"
        ".observe(spoken, {childList: true, characterData: true, subtree: true}); }"
    )
    handle = handles(page)[0]
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    if state_of(page) == explore.state(name):
        for _ in range(5):
            page.keyboard.press("ArrowDown")
    page.wait_for_function("() => heard.length > 0")
    heard = page.evaluate("() => [...new Set(heard)]")
    assert len(heard) == 1
    assert len(heard[0]) > 10


@every
def test_the_link_holds_the_state(name, open_one):
    page = open_one(name)
    handle = handles(page)[0]
    handle.focus()
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp", "PageUp"):
        page.keyboard.press(key)
    settle(page)
    changed = state_of(page)
    assert changed != explore.state(name)
    target, before = page.locator(".explorable-link").get_attribute("href"), shown_numbers(page)
    page.click(".explorable-link")
    page.wait_for_function("() => document.querySelector('.explorable-note').textContent !== ''")
    assert page.url == target
    open_one(name, target.partition(".html")[2])
    assert state_of(page) == changed
    assert numbers_in(shown_numbers(page)) == numbers_in(before)


@every
def test_a_bad_link_shows_the_first_state_and_says_so(name, open_several):
    bad = ["{", "7", '{"colour":"red"}', "[]", '"x"', "null"]
    page = open_several(name, [explore.state(name)] * len(bad), bad)
    said = page.locator(".explorable-note").all_inner_texts()
    for link, state, note in zip(bad, states_of(page), said, strict=True):
        assert state == explore.state(name), link
        assert note.startswith("The link's state cannot be shown"), link


@every
def test_impossible_values_in_a_link_are_refused(name, open_several):
    first, wrong = explore.state(name), []
    for key, value in first.items():
        wrong.append({key: {"a": []} if not isinstance(value, dict) else 3})
        # What every object has; in a formula it is a variable.
        if isinstance(value, str) and key != "formula":
            wrong.append({key: "toString"})
    page = open_several(name, [first] * len(wrong), [json.dumps(one) for one in wrong])
    said = page.locator(".explorable-note").all_inner_texts()
    for link, state, note in zip(wrong, states_of(page), said, strict=True):
        assert state == first, link
        assert "cannot be shown" in note, link


@every
def test_a_linked_figure_is_in_view_after_a_reload(name, open_one, bench_folder):
    text = (bench_folder / f"{name}.html").read_text("utf-8")
    below = text.replace("<h1>", "<h1 style='padding-top: 3000px'>")
    (bench_folder / f"{name}-below.html").write_text(below, "utf-8")
    page = open_one(f"{name}-below", f"{query(name, {})}#fig-{name}")
    for is_again in (False, True):
        if is_again:
            page.reload()
            page.wait_for_selector(".explore[data-ready]")
            settle(page)
        box = page.locator(".explorable").bounding_box()
        assert box["y"] < 900
        assert box["y"] + box["height"] > 0


# ---- appearance


@every
def test_axe_finds_nothing(name, open_several):
    page = open_several(name, [explore.state(name), *examples(name)[:2]])
    call(page, "settle")
    page.add_style_tag(content="main { background: var(--pst-color-background) }")
    for how, width, theme in (
        ("wide", 1280, "light"),
        ("narrow", 320, "light"),
        ("dark", 1280, "dark"),
    ):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        settle(page)
        options = {"runOnly": COLOURS} if theme == "dark" else {"rules": NAMES}
        assert not violations(page, **options), how


@every
def test_it_fits_into_320_pixels(name, open_several):
    states = [explore.state(name), *examples(name)]
    page = open_several(name, states, width=320)
    assert states_of(page) == states
    assert not call(page, "stickingOut")


@every
def test_nothing_reaches_over_its_border(name, open_one):
    page = open_one(name)
    for width in (340, 430, 590, 690, 1280):  # as wide as a column of the book, among others
        page.set_viewport_size({"width": width, "height": 900})
        call(page, "settle")
        assert not page.evaluate(
            """() => {
              const border = document.querySelector(".explorable").getBoundingClientRect();
              return [...document.querySelectorAll(".explorable *")].filter((e) => {
                const box = e.getBoundingClientRect(); // of the drawings, only the whole
                return !e.ownerSVGElement && e.checkVisibility() && box.width > 1
                  && (box.right > border.right || box.left < border.left);
              }).map((e) => e.outerHTML.slice(0, 120));
            }"""
        ), width


@pytest.fixture(scope="module")
def phone(chrome):
    """Return a page of a browser on a phone."""
    context = chrome.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


@every
def test_touch_targets_are_large(name, phone, bench):
    page = phone
    page.goto(f"{bench}/{name}.html")
    page.wait_for_selector(".explore[data-ready]")
    small = page.evaluate(
        """(handles) => [...document.querySelectorAll(`.explorable :is(${handles})`)]
        .map((e) => e.matches("input[type=radio]") ? e.parentElement : e)
        .filter((e) => e.checkVisibility())
        .map((e) => [e.getBoundingClientRect(), e.getAttribute("aria-label") ?? e.textContent])
        .filter(([box]) => Math.min(box.width, box.height) < 43.5).map(([box, name]) =>
          `${name}: ${box.width} x ${box.height}`)""",
        HANDLES,
    )
    assert not small


@pytest.fixture(scope="module")
def without_scripts(new_tab, bench):
    """Return a tab in which no script arrives."""
    tab = new_tab(bench)
    tab.page.route("**/*.js", lambda route: route.abort())
    yield tab
    tab.context.close()


@every
def test_the_still_is_shown_until_the_handles_are_there_and_in_print(
    name, open_one, without_scripts
):
    page = open_one(name)
    assert not page.locator("figure > img").is_visible()
    assert page.locator(".explorable").is_visible()
    page.emulate_media(media="print")
    assert page.locator("figure > img").is_visible()
    assert not page.locator(".explorable").is_visible()
    page = without_scripts.open(f"{name}.html").page
    assert page.locator("figure > img").is_visible()


@every
def test_closing_leaves_nothing(name, open_one):
    page = open_one(name)
    left = page.evaluate(
        f"""() => import('./{name}.js').then(({{ default: widget }}) => {{
          const el = document.createElement("div");
          document.body.append(el);
          const close = widget.render({{ model: document.querySelector(".explore").model, el }});
          const before = el.children.length;
          close();
          return [before, el.children.length];
        }})"""
    )
    assert left == [1, 0]


@every
def test_a_widget_s_module_renders_without_other_files(name, open_one):
    """As in JupyterLab: from one text, with a model that has no link, and says what was changed."""
    page = open_one(name)
    page.evaluate("() => document.querySelector('.explore').remove()")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    values = page.evaluate(
        """async ([text, state]) => {
          const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
          const { default: widget } = await import(address);
          window.saved = null;
          const kept = { state, key: null, small: false };
          const model = { get: (name) => kept[name], set: (name, value) => { kept[name] = value; },
            save_changes: () => { window.saved = kept.state; }, on() {}, off() {} };
          const el = document.createElement("div");
          document.querySelector("figure").prepend(el);
          await widget.render({ model, el });
          return document.querySelector(".explorable").stage.state;
        }""",
        [explore.module_text(f"{name}.js"), explore.state(name)],
    )
    assert values == explore.state(name)
    assert not page.locator(".explorable-link").count()
    handles(page)[0].focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("() => window.saved !== null")
    assert page.evaluate("() => window.saved") == state_of(page)
    assert all(url.startswith(("blob:", "data:")) for url in asked)


# ---- speed


@every
def test_modules_are_small(name):
    import gzip

    def size(*files):
        return sum(len(gzip.compress((explore.HERE / file).read_bytes(), 6)) for file in files)

    text = (explore.HERE / f"{name}.js").read_text(encoding="utf-8")
    own = set(explore.IMPORT.findall(text)) - {"engine.js", "parts.js"}
    stored = {file for file in own if file.endswith("-weights.js")}
    assert size(f"{name}.js", *(own - stored)) <= SIZE
    assert size(*stored) <= STORED_SIZE
    assert size("engine.js", "parts.js") <= SHARED_SIZE


@every
def test_a_drag_is_answered_within_a_frame(name, open_one):
    """Script, style and layout after one movement of a handle, in the largest state offered.

    Of many times the lower quartile counts: other work on the machine makes the others longer.
    """
    state = max([explore.state(name), *examples(name)], key=lambda one: len(json.dumps(one)))
    page = open_one(name, query(name, state))
    times = page.evaluate(
        """() => {
          const stage = document.querySelector(".explorable").stage;
          const all = [...stage.root.querySelectorAll("[role=spinbutton], [role=slider]")];
          const key = (name) => new KeyboardEvent("keydown", { key: name, bubbles: true });
          const measure = (handle, k) => {
            const start = performance.now();
            handle.dispatchEvent(key(k % 2 ? "ArrowDown" : "ArrowUp"));
            stage.draw();
            stage.root.getBoundingClientRect();
            return performance.now() - start;
          };
          const chosen = all.filter((handle, k) => k % Math.ceil(all.length / 6) === 0);
          return chosen.map((handle) => [handle.getAttribute("aria-label"),
            Array.from({ length: 40 }, (_, k) => measure(handle, k))]);
        }"""
    )
    assert times
    for label, all_times in times:
        assert statistics.quantiles(all_times, n=4)[0] <= SLACK * FRAME, label
