"""The catalogues of fixed words: in step with the code, complete, and with the same values."""

import ast
import functools
import re
import runpy
import shutil
import string
from pathlib import Path

import pytest
import yaml

from tools import words as tool
from web import ROOT, words

CATALOGUES = sorted(path for path in words.LOCALE.glob("*.po") if path.name.count(".") == 1)
SENTENCE = re.compile(r"""(["'`])([A-Z“][a-z]+ [^"'`]*?[a-z][.…?]?)\1""")


@functools.cache
def known() -> set[str]:
    """Return the sentences of the catalogue, with both forms of those for a number."""
    return {part for m in tool.template() for part in (m.id if m.pluralizable else [m.id])}


def forms(message) -> list[tuple[str, str]]:
    """Return the pairs of an English form and its translation."""
    if not message.pluralizable:
        return [(message.id, message.string)]
    return [(message.id[-1], string_) for string_ in message.string]


def places(text: str) -> set[str]:
    """Return the places of values in a sentence."""
    named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return named | set(re.findall(r"%\(\w+\)s|%s|\$\{\w+\}", text))


def entries(path: Path):
    """Return the entries of a catalogue."""
    return [message for message in tool.read(path, path.stem) if message.id]


def test_the_template_has_what_the_code_says():
    stored = tool.TEMPLATE.read_bytes()
    assert stored == tool.text_of(tool.template()), "make words"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_has_every_entry_of_the_template_and_no_other(path):
    wanted = {message.id for message in tool.template() if message.id}
    assert {message.id for message in entries(path)} == wanted, "make words"
    assert path.read_bytes() == tool.text_of(tool.read(path, path.stem)), "make words"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_has_the_values_of_the_original(path):
    for message in entries(path):
        for english, translated in forms(message):
            if translated:
                assert places(translated) == places(english), english
                blanks = [text[: len(text) - len(text.lstrip())] for text in (english, translated)]
                assert blanks[0] == blanks[1], english


def test_norwegian_is_complete():
    lacking = [m.id for m in entries(words.LOCALE / "nb.po") if not all(t for _, t in forms(m))]
    assert not lacking


def test_scripts_have_no_sentence_outside_the_catalogue():
    """What a script shows is an argument of ``say`` or ``count``; slides stay English."""
    scripts = [path for path in tool.files() if path.suffix == ".js" and path.stem != "slides"]
    assert len(scripts) > 10
    for path in scripts:
        code = re.sub(r"(?m)^\s*//.*$|\s// .*$", "", path.read_text("utf-8"))
        code = re.sub(r'" \+\s*"', "", code)
        for match in SENTENCE.finditer(code):
            assert match[2] in known(), f"{path.name}: {match[2]!r} should be in say(…)"


FIGURES = [path for path in tool.files() if path.parent == tool.FIGURE_WORDS.parent]
SCRIPTS = [path for path in FIGURES if path.suffix == ".js"]
TEXTS = re.compile(
    r'"((?:[^"\\\n]|\\.)*)"|(?<=[`}])([^`{}$"\n]*)(?=`|\$\{)'
)  # of strings and templates
PROSE = re.compile("[A-Za-z]{2,},? [a-z]{2,}")


def uncommented(path: Path) -> str:
    """Return a script without its comments."""
    return re.sub(r"(?ms)/\*\*.*?\*/|^\s*//.*?$|\s// .*?$", "", path.read_text("utf-8"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_figures_have_no_words_outside_the_catalogue(path):
    """Two words in a row are a sentence; single ones show in tests/site/test_explore.py."""
    code = uncommented(path)
    for match in TEXTS.finditer(re.sub("console.*", "", code)):
        text = next(filter(None, match.groups()), "")
        if PROSE.search(text) and "explorable-" not in text:
            assert text in known(), f"{path.name}: {text!r} should be in say(…)"
    messages = re.findall(r"new Error\((?!say\(|misplaced\(|unexpected\()(.*)", code)
    assert not messages, "what is wrong with a state is said in words, too"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_figures_say_is_found(path):
    """Babel does not see every call in a template, and none without a constant."""
    code = re.sub(r"export (const|function) (say|count)\b.*", "", uncommented(path))
    written = [[text] for text in re.findall(r'(?<![\w.])say\(\s*"([^"]*)"', code)]
    written += re.findall(r'(?<![\w.])count\([\w.]+,\s*"([^"]*)",\s*"([^"]*)"', code)
    assert len(written) == len(re.findall(r"(?<![\w.])(?:say|count)\(", code))
    found = [(m,) if isinstance(m, str) else m for m in tool.said_by_script(path)]
    assert {tuple(one) for one in written} == set(found)


def test_figures_are_looked_at():
    assert len(SCRIPTS) > 5
    assert sum(len(tool.said_by_script(path)) for path in SCRIPTS) > 100


def test_tests_name_only_sentences_of_the_catalogue():
    known = {m.id for m in tool.template()}
    named = [text for path in sorted((ROOT / "tests" / "site").glob("*.py"))
             for text in tool.said(path)]  # fmt: skip
    assert len(named) > 30
    assert set(named) <= known


def test_what_the_settings_say_is_in_the_catalogue():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    said = [config["html_theme_options"]["search_bar_text"], *config["numfig_format"].values()]
    assert set(said) <= {m.id for m in tool.template()}


def test_the_package_has_the_words_of_the_books_language():
    wanted = tool.package_words(words.language())
    stored = tool.PACKAGE_WORDS.read_text("utf-8") if tool.PACKAGE_WORDS.exists() else ""
    assert stored == wanted, "make words"
    wanted = tool.figure_words(words.language())
    stored = tool.FIGURE_WORDS.read_text("utf-8") if tool.FIGURE_WORDS.exists() else ""
    assert stored == wanted, "make words"


def test_each_language_s_words_go_where_they_are_said():
    ours = words.words("nb")
    figures = ours.for_figures()
    assert figures["language"] == "nb"
    assert figures["texts"]["Link to this state"] == ours.say("Link to this state")
    for said, others in [("Link to this state", "web/*.js"), ("Run this page", "code/*")]:
        assert ours.say(said) != said
        assert said not in ours.of(others)
    assert "Not yet." not in figures["texts"]
    assert "Link to this state" not in tool.package_words("nb")


def test_exercises_speak_norwegian(tmp_path):
    shutil.copyfile(tool.CHECKERS / "words.py", tmp_path / "words.py")
    (tmp_path / "words.json").write_text(tool.package_words("nb"), "utf-8")
    say = runpy.run_path(str(tmp_path / "words.py"))["say"]
    assert say("Not yet.") == "Ikke ennå."
    assert say("For {case}, {difference}", case="x = 1", difference="{}") == "For x = 1: {}"
    assert say("no sentence of ours {x}") == "no sentence of ours {x}"


def test_hints_are_collected_whole():
    path = tool.CHECKERS / "ch06.py"
    found = list(tool.sentences(path))
    assert len(found) > 5
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")), clean=False)
    assert docstring not in found


def test_a_hint_of_a_checker_can_be_translated(tmp_path):
    hint = next(m.id for m in tool.hints() if m.id)
    catalogue = tool.renewed(tool.empty("nb"), tool.hints())
    catalogue.get(hint).string = "Et hint."
    (tmp_path / "nb.hints.po").write_bytes(tool.text_of(catalogue))
    assert f'"{hint}": "Et hint."' in tool.package_words("nb", tmp_path).replace("\\n", "\n")


@pytest.mark.parametrize(
    ("code", "direction", "tag"),
    [("nb", "ltr", "nb"), ("ar", "rtl", "ar"), ("pt_BR", "ltr", "pt-BR")],
)
def test_a_language_has_a_direction_and_a_tag(code, direction, tag):
    ours = words.words(code)
    assert (ours.direction, ours.tag) == (direction, tag)


def test_numbers_choose_the_form_of_a_sentence():
    one = "Your changes to {number} cell have been restored."
    norwegian = words.words("nb")
    singular, plural = norwegian.catalogue.get(one).string
    assert singular != plural
    assert norwegian.of("web/*.js")[one] == {"one": singular, "other": plural}


def test_a_language_that_nobody_speaks_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    (tmp_path / "_config.yml").write_text("sphinx:\n  config:\n    language: en # why\n", "utf-8")
    with pytest.raises(SystemExit, match="LANGUAGE should be a code such as nb"):
        tool.set_language("norsk!")
    tool.set_language("nb")
    assert words.language(tmp_path) == "nb"
    assert "# why" in (tmp_path / "_config.yml").read_text("utf-8")
