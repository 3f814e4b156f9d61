"""The slides of every lecture: complete, nothing raw, everything fits, in both colour modes."""

import re

import pytest
from bs4 import BeautifulSoup

from web import build, words
from web.slides import __main__ as slides
from web.slides import deck

say = words.book().say
LECTURES = slides.lectures()
RAW = re.compile(
    r"\{(?:claim|eq|ref|numref|doc|cite(?::\w)?|prf:ref|term)\}|^:::|```|\]\(|\*\*", re.M
)
LOOK = """() => {
  const slide = Reveal.getCurrentSlide(), shown = slide.querySelector('.shown');
  if (!shown) return null;
  const frame = slide.getBoundingClientRect(), ends = [...shown.querySelectorAll('*')]
    .filter(e => !e.closest('mjx-assistive-mml') && getComputedStyle(e).position !== 'fixed')
    .map(e => e.getBoundingClientRect()).filter(r => r.width);
  return {
    title: slide.querySelector('h1, h2').textContent,
    size: parseFloat(shown.style.fontSize),
    high: shown.classList.contains('high'),
    wide: Math.max(...ends.map(r => r.right)) - frame.right,
    low: Math.max(...ends.map(r => r.bottom)) - innerHeight,
    errors: shown.querySelectorAll('mjx-merror, [data-mjx-error]').length,
    formulas: [...shown.querySelectorAll('.math')].filter(
      e => !e.querySelector('mjx-container')).length,
    images: [...shown.querySelectorAll('img')].filter(i => !i.naturalWidth || !i.alt).length,
  };
}"""
# Goes to a slide, waits until its formulas are typeset, for half a minute at most, and looks at it.
GO = f"""async ([h, v]) => {{
  Reveal.slide(h, v, 99);
  const slide = Reveal.getCurrentSlide(), end = performance.now() + 30_000;
  while (slide.dataset.typeset !== 'done') {{
    if (performance.now() > end) throw Error(`slide ${{h}}, ${{v}} is not typeset`);
    await new Promise((resume) => setTimeout(resume, 5));
  }}
  return ({LOOK})();
}}"""


@pytest.fixture(scope="module")
def made(site):
    """Return the folder of the slides, made from the present site."""
    slides.make()
    return slides.PLACE


def page(made, lecture):
    text = (made / f"lecture-{lecture.number}.html").read_text("utf-8")
    return BeautifulSoup(text, "html.parser")


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda lecture: str(lecture.number))
class TestLecture:
    def test_every_chapter_of_the_plan_has_its_slides(self, made, lecture):
        columns = page(made, lecture).select("section[data-chapter]")
        assert list(dict.fromkeys(c["data-chapter"] for c in columns)) == list(lecture.chapters)
        for chapter in lecture.chapters:
            source = BeautifulSoup(
                (build.HTML / "chapters" / f"{chapter}.html").read_text("utf-8"), "html.parser"
            ).article
            top = source.find("h1").parent
            own = [column for column in columns if column["data-chapter"] == chapter]
            chosen = [say(title) for title in slides.chosen_sections().get(chapter, [])]
            for section in top.find_all("section", recursive=False):
                title = deck.plain(section.find("h2"))
                if title in map(say, deck.LEFT_OUT) or (chosen and title not in chosen):
                    continue
                (column,) = [
                    column
                    for column in own
                    if (first := column.find("h2")) and deck.plain(first) == title
                ]
                numbers = [deck.text(e) for e in section.select(".math > .eqno")]
                there = deck.text(column)
                if title != say("Summary"):
                    assert all(n.rstrip("#") in there for n in numbers), (chapter, title)
                    assert len(column.select(".shown figure img")) == len(
                        section.select(".cell_output figure img")
                    ), (chapter, title)

    def test_nothing_raw_is_left_and_nothing_comes_from_elsewhere(self, made, lecture):
        soup = page(made, lecture)
        for element in soup.select("[src], link[href]"):
            assert "//" not in element.get("src", element.get("href"))
        for link in soup.select("a[href]"):
            target = link["href"].partition("#")[0]
            assert "://" in target or (made / target).exists(), link["href"]
        for image in soup.select("img"):
            assert len(image["alt"]) >= 40
            assert (made / image["src"]).exists()
        for element in soup.select("pre, code, .math, script"):
            element.decompose()
        found = RAW.search(soup.get_text())
        assert found is None, found

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_every_slide_fits_and_its_formulas_are_typeset(self, made, lecture, theme, tab):
        tab.page.emulate_media(color_scheme=theme)
        tab.page.set_viewport_size({"width": 1280, "height": 720})
        tab.open(f"slides/lecture-{lecture.number}.html")
        count = tab.page.evaluate("Reveal.getTotalSlides()")
        places = tab.page.evaluate(
            "Reveal.getSlides().map(s => [Reveal.getIndices(s).h, Reveal.getIndices(s).v || 0])"
        )
        assert len(places) == count > 20
        tab.page.evaluate("document.body.style.opacity = 0")  # painting takes a part of the time
        # In the dark the same slides have the same sizes, so a few of them are enough.
        for h, v in places if theme == "light" else places[:: max(1, count // 12)]:
            seen = tab.page.evaluate(GO, [h, v])
            if seen is None:
                continue
            assert not seen["high"], seen
            assert seen["size"] >= 0.6, seen
            assert seen["wide"] <= 1, seen
            assert seen["low"] <= 1, seen
            assert seen["errors"] == seen["images"] == seen["formulas"] == 0, seen
        assert not tab.foreign_requests
        assert not tab.missing
        assert not tab.errors


def luminance(colour):
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_keys(made, tab):
    """Space goes on, an output appears at a press of its own, D turns the slides dark."""
    lecture = LECTURES[0].number
    tab.page.emulate_media(color_scheme="light")
    tab.open(f"slides/lecture-{lecture}.html")
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.evaluate("Reveal.getIndices().h") == 1
    first = tab.page.evaluate(
        "Reveal.getSlides().map(s => [s, Reveal.getIndices(s)])"
        ".find(([s]) => s.querySelector('.fragment .cell_output'))[1]"
    )
    tab.page.evaluate("i => Reveal.slide(i.h, i.v)", first)
    output = tab.page.locator(".present > .present .fragment, section.present > .shown .fragment")
    assert output.count()
    output.first.wait_for(state="hidden")
    tab.page.keyboard.press("Space")
    output.first.wait_for(state="visible")
    shades = []
    for _ in range(2):
        style = tab.page.evaluate(
            "(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"
        )
        shades.append([luminance(colour) for colour in style])
        tab.page.keyboard.press("d")
    assert shades[0][0] > 0.9 > 0.3 > shades[0][1]
    assert shades[1][0] < 0.2 < 0.7 < shades[1][1]


def test_the_page_for_teachers_leads_to_the_list_of_lectures(made, site):
    teaching = (site / "chapters" / "teaching.html").read_text("utf-8")
    assert 'href="../slides/index.html"' in teaching
    listed = BeautifulSoup((made / "index.html").read_text("utf-8"), "html.parser")
    hrefs = [a["href"] for a in listed.select("ol a")]
    assert hrefs == [f"lecture-{lecture.number}.html" for lecture in LECTURES]
    assert [a.get_text() for a in listed.select("ol a")] == [one.title for one in LECTURES]


def test_reveal_speaks_the_language_of_the_book(made, tab):
    """Its controls, its list of keys, and the speaker's view, which is a window of its own."""
    tab.open(f"slides/lecture-{LECTURES[0].number}.html")
    for direction in ("right", "down"):
        name = {"right": "next slide", "down": "below slide"}[direction]
        button = tab.page.locator(f".controls .navigate-{direction}")
        assert button.get_attribute("aria-label") == say(name)
    tab.page.keyboard.press("Shift+?")
    keys = tab.page.locator(".r-overlay-help")
    keys.get_by_text(say("Keyboard Shortcuts"), exact=True).wait_for()
    shown = keys.locator("td:nth-child(2)").all_inner_texts()
    own = [say("Dark or light"), say("Speaker notes view"), say("Jump to slide")]
    assert set(own) < set(shown)
    tab.page.keyboard.press("Escape")
    with tab.page.expect_popup() as opened:
        tab.page.keyboard.press("s")
    view = opened.value
    view.get_by_text(say("Upcoming"), exact=True).wait_for()
    assert view.locator("html").get_attribute("lang") == words.book().tag
    label = view.locator(".speaker-layout-label")
    assert label.inner_text().startswith(say("Layout"))
