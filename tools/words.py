"""Keep the catalogues of fixed words in step with the code, and begin one for another language.

    python -m tools.words         after a change of the code, of a catalogue or of `language`
    python -m tools.words nb      the same, with `nb` as the language of the book

What is in ``say(…)`` and ``count(…)`` is collected into ``web/locale/words.pot``; every catalogue
beside it gets what is new and loses what the code has no longer.  The hints of the exercises'
checkers are collected too, into ``_build/gettext/hints.pot``: they belong to the chapters, so
their catalogues (``web/locale/LANGUAGE.hints.po``) may be incomplete or missing.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog, extract, pofile

from web import ROOT, words

FOLDERS = (
    "web",
    "tools/editions",
    *(f"code/backprop/{part}" for part in ("checks.py", "exercises", "explore")),
)
KEYWORDS = {"say": None, "words.say": None, "count": (2, 3), "words.count": (2, 3)}
KINDS = {".py", ".js"}
CHECKERS = ROOT / "code" / "backprop" / "exercises"
TEMPLATE = words.LOCALE / "words.pot"
HINTS = ROOT / "_build" / "gettext" / "hints.pot"
PACKAGE_WORDS = CHECKERS / "words.json"
FIGURE_WORDS = ROOT / "code" / "backprop" / "explore" / "words.json"
HEADER = """\
# The fixed words of the book{name}.
# make words keeps this file in step with the code.
#"""


def files(root: Path = ROOT) -> list[Path]:
    """Return the files that have fixed words in them."""
    paths = [root / name for name in FOLDERS]
    inside = [[path] if path.is_file() else path.rglob("*") for path in paths]
    return sorted(file for part in inside for file in part if file.suffix in KINDS)


def empty(code: str | None = None) -> Catalog:
    """Return a catalogue without entries."""
    name = f" in {Locale.parse(code.replace('-', '_')).english_name}" if code else ""
    header = HEADER.format(name=name)
    locale = code and code.replace("-", "_")
    return Catalog(locale=locale, header_comment=header, fuzzy=False)


def template() -> Catalog:
    """Return all fixed words of the code, as a catalogue without translations."""
    found = empty()
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        for message in said(path) if path.suffix == ".py" else said_by_script(path):
            found.add(message, locations=[(name, 0)])
    return found


def said(path: Path) -> list[str]:
    """Return the sentences in the calls of ``say`` in a file of Python, f-strings included."""
    calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call))
    named = (n for n in calls if getattr(n.func, "id", getattr(n.func, "attr", "")) == "say")
    return [n.args[0].value for n in named if isinstance(n.args[0], ast.Constant)]


def said_by_script(path: Path) -> list[str | tuple[str, str]]:
    """Return the sentences in the calls of ``say`` and ``count`` in a script."""
    options = {"parse_template_string": True}
    with open(path, "rb") as file:
        found = extract.extract("javascript", file, KEYWORDS, options=options)
        return [message for _, message, _, _ in found]


def sentences(path: Path) -> Iterator[str]:
    """Yield what a checker says: its strings that are sentences or names of results."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {node.body[0].value for node in ast.walk(tree)
                  if isinstance(node, documented) and ast.get_docstring(node)}  # fmt: skip
    parts = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for part in ast.walk(node)}  # fmt: skip
    for node in ast.walk(tree):
        free = isinstance(node, ast.Constant) and node not in docstrings and node not in parts
        if free and isinstance(node.value, str) and " " in node.value.strip():
            yield node.value


def hints() -> Catalog:
    """Return the sentences of the checkers, as a catalogue without translations."""
    found = empty()
    for path in sorted(CHECKERS.glob("ch[0-9][0-9].py")):
        for text in sentences(path):
            found.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return found


def read(path: Path, code: str | None) -> Catalog:
    """Return the catalogue in a file, or an empty one; the template has no language."""
    if not path.exists():
        return empty(code)
    with open(path, "rb") as file:
        return pofile.read_po(file, locale=code and code.replace("-", "_"))


def text_of(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text of a file, the same for the same entries."""
    file = io.BytesIO()
    pofile.write_po(file, catalogue, width=100, sort_output=True, include_lineno=False,
                    omit_header=False, ignore_obsolete=True)  # fmt: skip
    dated = rb'(?m)^"(POT?-(Creation|Revision)-Date|Project-Id-Version|Report-Msgid|Last-Trans|'
    dated += rb"Language-Team|Generated-By).*\n"
    return re.sub(dated, b"", file.getvalue())


def renewed(catalogue: Catalog, source: Catalog) -> Catalog:
    """Return a catalogue with exactly the entries of the source, without guesses."""
    catalogue.fuzzy = False
    catalogue.update(source, no_fuzzy_matching=True, update_header_comment=False)
    return catalogue


def package_words(code: str, folder: Path = words.LOCALE) -> str:
    """Return what the package says in a language, as the text of a file; "" for English."""
    if words.is_english(code):
        return ""
    texts = words.words(code, folder).of("code/backprop/*.py")
    for message in read(folder / f"{code}.hints.po", code):
        if message.id and message.string:
            texts[message.id] = message.string
    return json.dumps(texts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def figure_words(code: str, folder: Path = words.LOCALE) -> str:
    """Return what figures with handles say in a language, as the text of a file; "" for English."""
    if words.is_english(code):
        return ""
    ours = words.words(code, folder).for_figures()
    return json.dumps(ours, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def prune(root: Path) -> None:
    """Take what was said only by files that are gone out of the catalogues in a folder."""
    for path in sorted((root / "web" / "locale").glob("*.po*")):
        catalogue = read(path, path.name.split(".")[0] if path.suffix == ".po" else None)
        for message in [message for message in catalogue if message.id]:
            message.locations = [one for one in message.locations if (root / one[0]).exists()]
            if not message.locations:
                catalogue.delete(message.id)
        path.write_bytes(text_of(catalogue))


def set_language(code: str) -> None:
    """Write the language of the book into _config.yml.

    Parameters
    ----------
    code : str
        Such as ``nb`` or ``pt_BR``.

    Raises
    ------
    SystemExit
        If there is no such language.
    """
    try:
        Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise SystemExit(f"LANGUAGE should be a code such as nb, ar or pt_BR, not {code}") from None
    path = ROOT / "_config.yml"
    text, count = re.subn(
        r"(?m)^( *language:) \S+", rf"\1 {code}", path.read_text(encoding="utf-8")
    )
    if count != 1:
        raise SystemExit("_config.yml should have one line `language: …`")
    path.write_text(text, encoding="utf-8")


def write(code: str) -> int:
    """Write all catalogues, and the words of the package; return how many words are missing.

    Parameters
    ----------
    code : str
        The language of the book.
    """
    words.LOCALE.mkdir(exist_ok=True)
    HINTS.parent.mkdir(parents=True, exist_ok=True)
    sources = {"": (template(), TEMPLATE), ".hints": (hints(), HINTS)}
    for kind, (source, target) in sources.items():
        target.write_bytes(text_of(source))
        languages = {p.name.split(".")[0] for p in words.LOCALE.glob(f"*{kind}.po")}
        wanted = languages if kind or words.is_english(code) else {*languages, code}
        for other in sorted(wanted):
            path = words.LOCALE / f"{other}{kind}.po"
            path.write_bytes(text_of(renewed(read(path, other), source)))
    words.words.cache_clear()
    for path, text in ((PACKAGE_WORDS, package_words(code)), (FIGURE_WORDS, figure_words(code))):
        if text:
            path.write_text(text, encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
    if words.is_english(code):
        return 0
    return sum(not message.string or message.string == ("", "") for message in
               read(words.LOCALE / f"{code}.po", code) if message.id)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Set the language, if one is given; write the catalogues."""
    if arguments and arguments[0]:
        set_language(arguments[0])
    code = words.language()
    missing = write(code)
    print(f"The book's language is {code}; web/locale/ has the catalogues.")
    if missing:
        print(f"web/locale/{code}.po lacks {missing} translations: these words stay English.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
