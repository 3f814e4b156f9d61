"""The fixed words of the book in its language: buttons, messages, headings.

``language`` in _config.yml says which.  English stands in the code, as the argument of ``say`` (in
scripts also of ``count``); every other language has one catalogue, ``web/locale/LANGUAGE.po``,
which ``make words`` keeps in step with the code.  From it come the words of the pages, of the
scripts (``static/words.js``), of Python in the browser (``live/words.py``), of the package
(``backprop/exercises/words.json``) and of the figures with handles: at the end of their
``parts.js`` on the site, and in ``backprop/explore/words.json`` for notebooks.  What the theme and
Sphinx's extensions say comes from their own catalogues, unless it is in ours (``THEIRS``).  The
headings that every chapter has are translated on the pages, so the chapters may keep them.  Babel,
which reads the catalogues, comes with Sphinx.
"""

from __future__ import annotations

import fnmatch
import functools
import gettext
import importlib.util
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import sphinx.locale
import yaml
from babel import Locale
from babel.messages import Catalog, mofile, pofile
from docutils import nodes
from sphinx.search import languages as search_languages

from web import ROOT, freshness

LOCALE = ROOT / "web" / "locale"
SCRIPT, SEARCH_SCRIPT = "words.js", "translations.js"
OWN_CODES = {"no": "nb", "iw": "he"}  # codes that some packages use for a language, and the usual
OTHERS = {  # catalogues of Sphinx and its extensions, and the packages that have them
    "sphinx": ("sphinx", "pydata_sphinx_theme"),
    "booktheme": ("sphinx_book_theme",),
    "exercise": ("sphinx_exercise",),
    "proof": ("sphinx_proof",),
    "togglebutton": ("sphinx_togglebutton",),
}


def say(text: str) -> str:
    """Mark a sentence for the catalogue; ``Words.say`` translates it later."""
    return text


def headings() -> dict[str, str]:
    """Return the headings that every chapter has, in English, by what they stand above."""
    return {
        "box": say("At a glance"),
        "summary": say("Summary"),
        "exercises": say("Exercises"),
        "reading": say("Further reading"),
    }


THEIRS = (  # words of Sphinx and its extensions: some of their catalogues lack them or say others
    say("Back to top"),
    say("Click to hide"),
    say("Click to show"),
    say("Collapse Sidebar"),
    say("Color mode"),
    say("Contents"),
    say("Copyright"),
    say("Dark"),
    say("Error"),
    say("Exercise"),
    say("Expand Sidebar"),
    say("Figure %s"),
    say("Hide Search Matches"),
    say("Launch interactive content"),
    say("Launch on"),
    say("Light"),
    say("Link to this definition"),
    say("Link to this equation"),
    say("Link to this heading"),
    say("Link to this image"),
    say("Link to this table"),
    say("Link to this term"),
    say("next page"),
    say("On this page"),
    say("Open an issue"),
    say("Open issue"),
    say("Please activate JavaScript to enable the search functionality."),
    say("previous page"),
    say("Repository"),
    say("Show source"),
    say("Skip to main content"),
    say("Solution to"),
    say("Source repositories"),
    say("Source repository"),
    say("Suggest edit"),
    say("System Settings"),
    say("Table %s"),
    say("Toggle hidden content"),
    say("Version warning"),
    say("© Copyright %(copyright)s."),
)
SEARCH = (  # what the search page says
    say(", in "),
    say("Preparing search..."),
    say("Search Results"),
    say("Searching"),
    say(
        "Your search did not match any documents. Please make sure that all words are spelled "
        "correctly and that you've selected enough categories."
    ),
    say("Search this book"),  # in _config.yml
    say("Search finished, found one page matching the search query."),
    say("Search finished, found ${resultCount} pages matching the search query."),
)


def language(root: Path = ROOT) -> str:
    """Return the language of the book in a folder, as _config.yml has it."""
    return _language_in((root / "_config.yml").read_text(encoding="utf-8"))


@functools.cache  # reading YAML takes longer than all else that a sentence needs
def _language_in(config: str) -> str:
    """Return the language of a book whose _config.yml has a text."""
    return yaml.safe_load(config).get("sphinx", {}).get("config", {}).get("language", "en")


def is_english(code: str) -> bool:
    """Tell whether a language, such as ``en`` or ``en_GB``, needs no catalogue."""
    return re.split("[-_]", code)[0] == "en"


@dataclass(frozen=True)
class Words:
    """The words of the book in one language.

    Attributes
    ----------
    language : str
        Such as ``nb`` or ``pt_BR``.
    catalogue : Catalog
        Its entries; empty for English, and for a language without a catalogue.
    """

    language: str
    catalogue: Catalog

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return self.language.replace("_", "-")

    @property
    def direction(self) -> str:
        """Which way the language is written: ``ltr`` or ``rtl``."""
        return Locale.parse(self.language.replace("-", "_")).text_direction

    def say(self, text: str, **values) -> str:
        """Return a sentence in the language, with values in the places of their names."""
        message = self.catalogue.get(text)
        known = message.string if message and isinstance(message.string, str) else ""
        return (known or text).format(**values) if values else known or text

    def of(self, *places: str) -> dict[str, str | dict[str, str]]:
        """Return the entries that files use, as scripts and Python in the browser read them.

        Parameters
        ----------
        *places : str
            Patterns of the files' paths, such as ``web/*.js``; an asterisk stands for folders too.

        Returns
        -------
        dict
            For each sentence its text, or the forms of a number by category (CLDR).
        """
        found = {}
        for message in self.catalogue:
            names = [name for name, _ in message.locations]
            if not any(fnmatch.fnmatchcase(name, p) for name in names for p in places):
                continue
            if message.pluralizable:
                found[message.id[0]] = self._forms(message.string)
            elif message.string:
                found[message.id] = message.string
        return found

    def for_figures(self) -> dict:
        """Return the language and the entries of figures with handles, for their scripts."""
        return {"language": self.tag, "texts": self.of("code/backprop/explore/*.js")}

    def _forms(self, strings) -> dict[str, str]:
        """Return the forms of a sentence for numbers, by the categories that browsers know."""
        place = gettext.c2py(self.catalogue.plural_expr)
        category = Locale.parse(self.language.replace("-", "_")).plural_form
        return {category(n): strings[place(n)] for n in [*range(1000, -1, -1), 10**6]}

    def compiled(self) -> gettext.GNUTranslations:
        """Return the catalogue as Sphinx and its extensions ask for it."""
        file = io.BytesIO()
        mofile.write_mo(file, self.catalogue)
        file.seek(0)
        return gettext.GNUTranslations(file)


@functools.cache
def words(code: str, folder: Path = LOCALE) -> Words:
    """Return the words of a language.

    Parameters
    ----------
    code : str
        The language.
    folder : Path, optional
        Where the catalogues are.  One for ``pt`` serves ``pt_BR`` too.
    """
    for name in dict.fromkeys((code, re.split("[-_]", code)[0])):
        path = folder / f"{name}.po"
        if path.exists():
            with open(path, "rb") as file:
                return Words(code, pofile.read_po(file, locale=name))
    return Words(code, Catalog())


def book() -> Words:
    """Return the words of this book."""
    return words(language())


# ---- Sphinx


def of(app) -> Words:
    """Return the words in the language of what Sphinx builds."""
    return getattr(app.config, "book_words", None) or words(app.config.language)


def base(code: str) -> str:
    """Return a language without its country, by its usual code."""
    short = re.split("[-_@]", code)[0]
    return OWN_CODES.get(short, short)


def complete_their_catalogues(code: str, ours: Words) -> None:
    """Let Sphinx and its extensions find ours first, and their own under other codes too.

    Norwegian Bokmål is ``nb_NO`` to Sphinx, ``no`` to the theme and its search, ``nb`` to
    everybody else.
    """
    for catalogue, packages in OTHERS.items():
        for package in packages:
            spec = importlib.util.find_spec(package)
            folder = Path(spec.origin).parent
            for file in sorted(folder.rglob(f"{catalogue}.mo")):
                name = file.parent.parent.name
                if name != code and base(name) == base(code):
                    sphinx.locale.init([file.parents[2]], name, catalogue)
        first = ours.compiled()
        first.add_fallback(sphinx.locale.init([], code, catalogue)[0])
        sphinx.locale.translators["general", catalogue] = first


def set_language(app, config) -> None:
    """Give Sphinx and its extensions the words of the language."""
    ours = words(config.language, Path(config.words_folder))
    config.book_words = ours
    config.nb_code_prompt_show = ours.say(say("Show code cell source"))
    config.nb_code_prompt_hide = ours.say(say("Hide code cell source"))
    options = config.html_theme_options
    if "search_bar_text" in options:
        options["search_bar_text"] = ours.say(options["search_bar_text"])
    if is_english(config.language):
        return
    home = ours.say(say("{title} - Home"), title=config.html_title)  # of the logo
    options["logo"] = {"alt_text": home, **options.get("logo", {})}
    complete_their_catalogues(config.language, ours)
    config.togglebutton_hint = ours.say("Click to show")
    config.togglebutton_hint_hide = ours.say("Click to hide")
    config.numfig_format = {kind: ours.say(form) for kind, form in config.numfig_format.items()}
    short = base(config.language)
    known = [code for code in search_languages if base(code) == short]
    config.html_search_language = config.html_search_language or (known or ["en"])[0]
    folder = Path(app.doctreedir) / "words"  # from which Sphinx copies them, and hashes them
    app.translator = sphinx.locale.translators["general", "sphinx"]  # of the theme's templates
    write_scripts(folder, ours)
    config.html_static_path = [*config.html_static_path, str(folder)]
    if (folder / SEARCH_SCRIPT).exists():
        app.add_js_file(SEARCH_SCRIPT)


def write_scripts(folder: Path, ours: Words) -> None:
    """Write the scripts that have the catalogue in them; Sphinx copies them to the site."""
    script = (ROOT / "web" / "static" / SCRIPT).read_text(encoding="utf-8")
    texts = json.dumps(ours.of("web/*.js"), ensure_ascii=False, sort_keys=True)
    script += f"words.language = {json.dumps(ours.tag)};\nwords.texts = {texts};\n"
    freshness.write(folder / SCRIPT, script.encode())
    if (Path(sphinx.locale.__file__).parent / ours.language / "LC_MESSAGES" / "sphinx.js").exists():
        return  # Sphinx has its own
    translate = sphinx.locale.get_translation("sphinx")
    messages = {text: str(translate(text)) for text in SEARCH}
    content = {"locale": ours.tag, "messages": messages, "plural_expr": "0"}
    call = f"Documentation.addTranslations({json.dumps(content, ensure_ascii=False)});"
    freshness.write(folder / SEARCH_SCRIPT, call.encode())


def translate_headings(app, doctree) -> None:
    """Translate the headings that every chapter has, and leave their anchors."""
    if app.builder.name == "gettext":
        return  # whose catalogues begin with the English
    ours, known = of(app), set(headings().values())
    for title in doctree.findall(nodes.title):
        if title.astext() in known:
            title[:] = [nodes.Text(ours.say(title.astext()))]


def write_direction(app, exception) -> None:
    """Say on every page of a language that is written from the right that it is."""
    ours = app.config.book_words
    if exception is not None or app.builder.format != "html" or ours.direction == "ltr":
        return
    for page in Path(app.outdir).rglob("*.html"):
        if "lite" not in page.relative_to(app.outdir).parts:
            text = page.read_text(encoding="utf-8")
            new = re.sub(r"<html (?![^>]*\bdir=)", '<html dir="rtl" ', text, count=1)
            page.write_text(new, encoding="utf-8")


def setup(app) -> dict:
    """Connect to Sphinx: before anything is read, and when the pages are written."""
    app.add_config_value("words_folder", str(LOCALE), "env", [str])
    app.add_config_value("book_words", None, "")
    app.connect("config-inited", set_language, priority=50)
    app.connect("doctree-read", translate_headings, priority=100)  # before titles are collected
    app.connect("build-finished", write_direction, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
