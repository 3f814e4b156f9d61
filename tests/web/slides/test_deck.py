"""What of a page stands on a slide, and what is said beside it."""

import pytest
from bs4 import BeautifulSoup

from web import build, words
from web.slides import __main__ as slides
from web.slides import deck

say = words.book().say
PAGE = """
<article><section id="a"><h1>3. The title<a class="headerlink" href="#a">#</a></h1>
<p>What is asked?</p>
<div class="tip admonition"><p class="admonition-title">At a glance</p>
<p><strong>You will learn</strong> much.</p></div>
<div class="cell"><div class="cell_input"><pre>import numpy</pre></div></div>
<section id="b"><h2>3.1. One<a class="headerlink" href="#b">#</a></h2>
<p>First this. Then <em>that. Or not.</em> So <span class="math">\\(x. y\\)</span> holds.
<a class="claim-mark" href="claims.html#c">held</a> It is</p>
<div class="math" id="equation-eq-a"><span class="eqno">(3.1)</span>\\[x = y\\]</div>
<p>and also</p>
<div class="math" id="equation-eq-b">\\[y = z\\]</div>
<div class="note dropdown admonition"><p>Folded.</p></div>
<div class="cell"><div class="cell_input"><pre>print(1)</pre></div>
<div class="cell_output"><pre>1</pre></div></div>
<p>It is one. More is said.</p>
<section id="h"><h3>3.1.1. Inner</h3>
<ul><li>a point, <a href="09-other.html#equation-eq-z">(9.1)</a></li></ul></section>
<div class="cell"><details><div class="cell_input"><pre>draw()</pre></div></details>
<div class="cell_output"><figure id="fig-a"><div class="explore" data-key="fig-a"></div>
<img alt="A line." src="../_images/a.webp" width="100" height="50" loading="lazy"/>
<figcaption>A line</figcaption></figure></div></div>
</section>
<section id="c"><h2>3.2. Two</h2><p>Only words. Nothing else.</p></section>
<section id="s"><h2>3.3. Summary</h2><p>One thing. Another one.</p></section>
<section id="e"><h2>3.4. Exercises</h2><p>Try.</p></section></section></article>
"""


@pytest.fixture
def article():
    page = PAGE
    for heading in ("Summary", "Exercises"):  # by which a slide is chosen, in the book's language
        page = page.replace(heading, say(heading))
    return BeautifulSoup(page, "html.parser").article


def texts(slide):
    return [deck.text(element) for element in [*slide.shown, *slide.later]]


def test_a_section_is_a_column(article):
    found = deck.sections(article)
    assert [section.title for section in found] == ["The title", "One", "Two", say("Summary")]
    assert [len(section.slides) for section in found] == [1, 4, 1, 1]
    headings = [slide.heading for slide in found[1].slides]
    assert headings == ["3.1. One", "3.1. One", "3.1.1. Inner", "3.1.1. Inner"]


def test_the_opening(article):
    (slide,) = deck.sections(article)[0].slides
    assert slide.heading == "3. The title"
    assert texts(slide) == ["What is asked?", "You will learn much."]


def test_equations_stand_below_each_other_after_what_leads_to_them(article):
    slide = deck.sections(article)[1].slides[0]
    shown = texts(slide)
    assert shown[0].startswith("First this. Then that. Or not.")
    assert shown[0].endswith("held It is")
    assert shown[1:] == ["(3.1)\\[x = y\\]", "and also", "\\[y = z\\]"]
    assert [deck.text(note)[:10] for note in slide.notes] == ["First this", "and also"]


def test_the_output_comes_after_the_code_with_what_was_seen(article):
    slide = deck.sections(article)[1].slides[1]
    assert [deck.text(element) for element in slide.shown] == ["print(1)"]
    assert [deck.text(element) for element in slide.later] == ["1", "It is one."]


def test_what_is_folded_stays_on_the_page(article):
    everything = " ".join(
        text for section in deck.sections(article) for slide in section.slides
        for text in texts(slide)
    )  # fmt: skip
    assert not {"Folded.", "draw()", "import numpy", "Try."} & set(everything.split(" "))


def test_sentences_are_not_cut_within_formulas_or_emphasis(article):
    found = [deck.text(one) for one in deck.sentences(article.select_one("#b > p"))]
    assert found == ["First this.", "Then that. Or not. So \\(x. y\\) holds. held", "It is"]


def test_what_is_said_before_a_subsection_has_a_slide(article):
    section = BeautifulSoup(
        "<section><h2>1</h2><p>One. Two.</p><section><h3>2</h3><ul><li>a</li></ul><p>b</p>"
        "</section></section>",
        "html.parser",
    ).section
    slides = deck.Column(section).slides
    assert [(slide.heading, *texts(slide)) for slide in slides] == [
        ("1", "One.", "Two."), ("2", "a"),
    ]  # fmt: skip
    assert [deck.text(note) for note in slides[1].notes] == ["b"]


def test_sections_are_chosen_by_their_headings(article):
    found = deck.sections(article, ["Two", "Summary"])  # what every chapter has in English
    assert [s.title for s in found] == ["The title", "Two", say("Summary")]
    with pytest.raises(ValueError, match="'The title' has no section 'Three'"):
        deck.sections(article, ["Three"])


def test_the_summary_is_found_in_another_language(article, monkeypatch):
    monkeypatch.setattr(words, "language", lambda: "nb")
    article.select_one("#s h2").string = "3.3. Sammendrag"
    found = deck.sections(article, ["Two", "Summary"])
    assert [s.title for s in found] == ["The title", "Two", "Sammendrag"]


def test_links_lead_to_the_page_and_figures_are_still(article):
    one = deck.sections(article)[1].slides[2]
    text = slides.slide(one, "03-title")
    assert 'href="../chapters/09-other.html#equation-eq-z"' in text
    assert 'target="_blank"' in text
    figure = slides.slide(deck.sections(article)[1].slides[3], "03-title")
    assert 'alt="A line."' in figure
    assert 'class="explore"' not in figure
    assert 'href="../chapters/03-title.html#fig-a"' in figure
    assert "loading=" not in figure


def test_the_lectures_are_the_rows_of_the_plan():
    found = slides.lectures()
    assert [lecture.number for lecture in found] == list(range(1, len(found) + 1))
    assert all(lecture.chapters for lecture in found)
    names = {name for lecture in found for name in lecture.chapters}
    assert all((build.ROOT / "chapters" / f"{name}.ipynb").exists() for name in names)
    assert set(slides.chosen_sections()) <= names


def test_what_slides_say_themselves_is_in_the_language_of_the_book(article, tmp_path, monkeypatch):
    monkeypatch.setattr(words, "language", lambda: "nb")
    monkeypatch.setattr(build, "HTML", tmp_path)
    (tmp_path / "chapters").mkdir()
    heading = '<article><h1>Undervisning<a class="headerlink" href="#u">#</a></h1></article>'
    (tmp_path / "chapters" / "teaching.html").write_text(heading, encoding="utf-8")
    page = BeautifulSoup(slides.index_page([slides.Lecture(1, "En", ())]), "html.parser")
    assert page.html["lang"] == "nb"
    assert page.html["data-paint"] == "Mørkt eller lyst"
    assert [page.title.get_text(), page.h1.get_text()] == ["Lysbilder", "Lysbilder"]
    assert [key.get_text() for key in page.select("kbd")] == ["S", "O", "D", "?"]
    assert page.select("p")[0].get_text().startswith("Piltaster: høyre går til neste del")
    assert page.select("p")[1].get_text() == "Undervisning"
    figure = slides.cleaned(article.figure, "03-title")
    assert figure.select_one("a.by-hand").get_text() == "Flytt på den for hånd på siden"
