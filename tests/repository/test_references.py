"""References lead to what their words say: works, chapters, equations and figures.

Each entry of ``chapters/references.bib`` is compared with its record in ``records.toml``, which was
taken from elsewhere.  In the text, a name or a year beside a citation has to be one of the cited
work, and a link that names a page has to lead there.
"""

import ast
import collections
import copy
import functools
import json
import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from tools import ledger, sources

ROOT = Path(__file__).resolve().parents[2]
BIBLIOGRAPHY = (ROOT / "chapters/references.bib").read_text(encoding="utf-8")
RECORDS = tomllib.loads(Path(__file__).with_name("records.toml").read_text(encoding="utf-8"))
IDENTIFIERS = {
    "doi": r"10\.\d{4,9}/\S+",
    "eprint": r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}",
    "isbn": r"97[89]\d{10}",
    "url": r"https?://[\w.-]+\.[a-z]+(?:[/?#]\S*)?",
}
# What a work cannot be without, and how it is written there.
IN_ENTRY = {
    "author": "author = {David Rumelhart and Geoffrey Hinton}",
    "title": "title = {Learning Representations}",
    "year": "year = {1986}",
}
IN_RECORD = {
    "identifiers": 'identifiers = ["10.1038/323533a0"], or [] where it has none',
    "author": 'author = "Rumelhart"',
    "year": "year = 1986",
    "title": 'title = "Learning Representations"',
    "read": 'read = "a public reference list, by the identifier"',
}
ALSO_IN_RECORD = {"authors", "where", "own", "general", "about"}
NOT_WHERE = {*IDENTIFIERS, "author", "title", "year", "archiveprefix", "note"}
CITATION = re.compile(r"\{cite:\w+\}`([^`]+)`")
LINK = re.compile(
    r"\{doc\}`([^`<]+?)(?: <([^`>]+)>)?`|\[([^\]]+)\]\((?:\.\./)*(?:chapters/)?([\w-]+)"
)
PART_OF = re.compile(
    r"\{(?:eq|numref)\}`([^`]+)`(?: (?:is|are|given|shown|derived))* (?:of|in|from) "
    r"(?:\{doc\}`([^`]+)`|chapter (\d+))"
)
OF_PART = re.compile(r"\{doc\}`([^`]+)`(?:, | \()\{(?:eq|numref)\}`([^`]+)`")
FIGURE = re.compile(r"\{numref\}`([^`<]+)`")
FIGURES_OF_OTHERS = {  # to which a chapter looks back
    "fig-ad-errors": "06-perceptron",
    "fig-gd-valley": "22-curvature",
    "fig-act-explore": "24-depth-and-memory",
    "fig-bn-graph": "24-depth-and-memory",
}
EQUATION = re.compile(r"\{eq\}`([^`<]+)`")
LATER_EQUATIONS = {"eq-same-factor": "13-building-the-network"}
LABEL = re.compile(r"\$\$ ?\(((?:eq|def)-[a-z0-9-]+)\)")
IN_CODE = re.compile(r"``((?:eq|def)-[a-z0-9-]+)``")
RARE = 20  # in the surroundings of how many equations a stem may occur that tells them apart
OTHER_SURROUNDINGS = {  # of equations that are about an entry, or what a docstring describes
    ("back-propagation", "eq-bp1"): "its section has another word for it",
    ("back-propagation", "eq-bp3"): "its section has another word for it",
    ("back-propagation", "eq-bp4"): "its section has another word for it",
    ("He's initialisation", "def-act-he"): "a name of two letters",
    ("draw_chain", "eq-deep-delta"): "the drawing is not mentioned there",
    ("Affine", "def-layer"): "the class is not mentioned there",
}
SMALL = re.findall(
    r"\w+",
    "a an and are as at be by can do does for from how in is it its more no not of on or than that "
    "the their this to using was were what which with deep learning machine method methods network "
    "networks neural",
)

# Names and years beside a citation on a page that are not those of the cited work, and why.
OTHER_WORDS = {
    ("11-activation-functions", "glorot2010", "2006"): "words of the paper, on the time before",
    ("11-activation-functions", "goodfellow2016", "1980"): "the book looks back",
    ("11-activation-functions", "goodfellow2016", "2000"): "the book looks back",
    ("19-keras-tensorflow", "hjorthjensen2024", "2019"): "the lecture on TensorFlow as it was",
    ("19-keras-tensorflow", "glorot2010", "He"): "his rule is the other one, which it contrasts",
}


def entries(text: str) -> dict[str, dict[str, str]]:
    """Return the fields of every entry; each stands on a line of its own."""
    result = {}
    for entry in re.split(r"(?m)^@", text)[1:]:
        fields = dict(re.findall(r"(?m)^  (\w+)\s*=\s*\{(.*)\},?$", entry))
        assert len(fields) == entry.count("\n") - 2 + (not entry.endswith("\n")), entry
        result[re.match(r"\w+\{([^,]+),", entry)[1]] = fields
    return result


def plain(text: str) -> str:
    """Return a text in lower case, without accents, braces, commands and punctuation."""
    text = re.sub(r"\\[cvuHk] ?(?=\w)|\\[\"'`^~=.]|[{}\\]", "", text).replace("ı", "i")
    letters = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def families(entry: dict[str, str]) -> list[str]:
    """Return the family names of the authors; a group in braces is one name."""
    names = entry.get("author", "").split(" and ")
    return [plain(n) if n.startswith("{") else family(n) for n in names if n != "others"]


def family(name: str) -> str:
    """Return the last word of a name, with the particles before it."""
    name = re.sub(r"(\\[cvuHk]) ", r"\1", name)  # a cedilla is no end of a word
    return plain(re.search(r"(?:(?<= )[a-z]+ )*\S*$", name)[0])


def well_formed(kind: str, identifier: str) -> bool:
    """Return whether an identifier has the form of its kind; an ISBN has a check digit."""
    if not re.fullmatch(IDENTIFIERS[kind], identifier):
        return False
    digits = [int(digit) for digit in identifier] if kind == "isbn" else []
    return sum(digits[::2]) % 10 == -3 * sum(digits[1::2]) % 10


def where(work: dict[str, str]) -> str:
    """Return where a work appeared: journal or book, volume, number, pages, publisher."""
    told = [f"{field} {work[field]}" for field in sorted(work.keys() - NOT_WHERE)]
    return ", ".join(told).replace("--", "–")


def incomplete(works: dict[str, dict[str, str]], records: dict[str, dict]) -> list[str]:
    """Return what entries and records lack, with an example, and keys that nobody reads."""
    result = []
    for place, table, needed in (
        ("references.bib", works, IN_ENTRY),
        ("records.toml", records, IN_RECORD),
    ):
        for key, given in table.items():
            lacking = [example for field, example in needed.items() if field not in given]
            result += [f"{key} in {place} lacks a line such as {example}" for example in lacking]
    known = IN_RECORD.keys() | ALSO_IN_RECORD
    for key, record in records.items():
        odd = sorted(record.keys() - known)
        result += [
            f"{key} in records.toml has {field}, which is none of {sorted(known)}" for field in odd
        ]
    return result


def disagreements(works: dict[str, dict[str, str]], records: dict[str, dict]) -> list[str]:
    """Return what is not the same in entries and records, as "key: field"."""
    result = [f"{key}: no record" for key in works.keys() - records.keys()]
    result += [f"{key}: no entry" for key in records.keys() - works.keys()]
    for key in works.keys() & records.keys():
        work, record = works[key], records[key]
        same = {
            "identifiers": [work[k] for k in IDENTIFIERS if k in work] == record.get("identifiers"),
            "author": families(work)[0] == plain(record.get("author", "")),
            "authors": "authors" not in record or len(families(work)) == record["authors"],
            "year": work.get("year", "") == str(record.get("year", "")),
            "title": plain(work.get("title", "")) == plain(record.get("title", "")),
            "where": plain(where(work)) == plain(record.get("where", "")),
        }
        result += [f"{key}: {field}" for field, value in same.items() if not value]
    return sorted(result)


WORKS = entries(BIBLIOGRAPHY)


def test_entries_and_records_have_what_a_work_needs():
    assert incomplete(WORKS, RECORDS) == []
    cited_keys = {key for text in TEXTS.values() for key in cited(text)}
    assert cited_keys - WORKS.keys() == set(), "cited, and not in chapters/references.bib"


@pytest.mark.parametrize("field", [*IN_ENTRY, *sorted(IN_RECORD.keys() - IN_ENTRY.keys())])
def test_a_field_that_is_missing_is_named(field):
    works, records = copy.deepcopy(WORKS), copy.deepcopy(RECORDS)
    one, other = list(WORKS)[:2]
    expected = []
    for key, table, needed in ((one, works, IN_ENTRY), (other, records, IN_RECORD)):
        if field in needed:
            del table[key][field]
            place = "references.bib" if table is works else "records.toml"
            expected.append(f"{key} in {place} lacks a line such as {needed[field]}")
    assert incomplete(works, records) == expected
    named = {f"{one}: {field}"} if field in IN_ENTRY else set()
    named |= {f"{other}: {field}"} if field in IN_RECORD and field != "read" else set()
    assert set(disagreements(works, records)) == named


def test_a_field_that_nobody_reads_is_named():
    key, *_ = RECORDS
    assert incomplete({}, {key: {**RECORDS[key], "identifier": "x"}})[0].startswith(
        f"{key} in records.toml has identifier, which is none of ['about', 'author', "
    )


def test_entries_agree_with_records_read_elsewhere():
    assert len(WORKS) == BIBLIOGRAPHY.count("\n@") + 1 > 100
    assert disagreements(WORKS, RECORDS) == []


def test_records_say_where_they_were_read():
    for key, record in RECORDS.items():
        own = set(record.get("own", []))
        assert own <= {"author", "year", "title", "where"}, key
        assert (record.get("read") == "our own file") == (len(own - {"where"}) == 3), key


def test_the_volume_is_the_one_in_the_address():
    """Journals and proceedings that put it there are a second witness."""
    addresses = [(key, re.search(r"/v(\d+)/", work.get("url", ""))) for key, work in WORKS.items()]
    found = {key: match[1] for key, match in addresses if match}
    assert len(found) > 8
    assert {key: WORKS[key].get("volume") for key in found} == found


def test_identifiers_are_well_formed_and_belong_to_one_entry():
    found = [(kind, work[kind]) for work in WORKS.values() for kind in IDENTIFIERS if kind in work]
    assert [pair for pair in found if not well_formed(*pair)] == []
    assert len(found) == len(set(found)) > 100


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("doi", "10.1038/323533a0", "1O.1038/323533a0"),
        ("eprint", "1412.6980", "1413.6980"),
        ("isbn", "9781801819312", "9781801819321"),
        ("url", "https://keras.io", "keras.io"),
    ],
)
def test_a_malformed_identifier_is_noticed(kind, good, bad):
    assert well_formed(kind, good)
    assert not well_formed(kind, bad)


def swapped(field: str, one: str, other: str) -> dict:
    """Return the entries after two of them have exchanged a field."""
    works = copy.deepcopy(WORKS)
    works[one][field], works[other][field] = works[other][field], works[one][field]
    return works


@pytest.mark.parametrize(
    ("field", "named"), [("year", "year"), ("title", "title"), ("doi", "identifiers")]
)
def test_an_exchanged_field_is_noticed_in_both_entries(field, named):
    one = next(key for key, work in WORKS.items() if "doi" in work)
    other = next(
        key for key, work in WORKS.items() if "doi" in work and work["year"] != WORKS[one]["year"]
    )
    found = disagreements(swapped(field, one, other), RECORDS)
    assert found == sorted([f"{one}: {named}", f"{other}: {named}"])


def test_another_first_author_and_a_lost_author_are_noticed():
    works = copy.deepcopy(WORKS)
    pair, group = (
        next(key for key, record in RECORDS.items() if record.get("authors") == number)
        for number in (2, 3)
    )
    for key, order in ((pair, (1, 0)), (group, (0, 2))):
        authors = works[key]["author"].split(" and ")
        works[key]["author"] = " and ".join(authors[place] for place in order)
    assert disagreements(works, RECORDS) == sorted([f"{group}: authors", f"{pair}: author"])


def test_an_entry_without_a_record_and_a_record_without_an_entry_are_noticed():
    key, *_ = WORKS
    works = {(f"{k}-new" if k == key else k): work for k, work in WORKS.items()}
    assert disagreements(works, RECORDS) == [f"{key}-new: no record", f"{key}: no entry"]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a page, each on one line; items and rows count as paragraphs."""
    parts = re.split(r"\n\s*\n|\n(?=[-*|#:`])", text)
    return [re.sub(r"\s+", " ", part).strip() for part in parts]


def cited(text: str) -> list[str]:
    """Return the keys of the works that a text cites."""
    return [key.strip() for keys in CITATION.findall(text) for key in keys.split(",")]


def bare(text: str) -> str:
    """Return a text without roles, formulas and addresses."""
    return re.sub(r"\{[\w:]+\}`[^`]*`|\$[^$]*\$|\]\([^)]*\)", " ", text)


def strangers(text: str) -> set[tuple[str, str]]:
    """Return (key, word) for names and years beside a citation that are not the work's own."""
    known = {name for work in WORKS.values() for name in families(work)}
    result = set()
    for paragraph in paragraphs(text):
        for sentence in re.split(r"(?<=[.!?;:])[*_)]* (?=[A-Z*{\[(`$“\"])", paragraph):
            works = {key: WORKS[key] for key in cited(sentence) if key in WORKS}
            own = {name for work in works.values() for name in families(work)}
            words = re.findall(r"\b[A-Z][\w-]+", bare(sentence))
            odd = {word for word in words if plain(word) in known - own}
            for year in re.findall(r"(?<![\d,.])(?:19|20)\d\d(?![,.]?\d)", bare(sentence)):
                if not any(
                    abs(int(year) - int(work.get("year", 0))) <= 1 for work in works.values()
                ):
                    odd.add(year)
            result |= {(key, word) for key in list(works)[:1] for word in odd}
    return result


@functools.cache
def stems(text: str) -> set[str]:
    """Return the beginnings of the words of a text that say something."""
    return {word[:5] for word in plain(text).split() if len(word) > 2 and word not in SMALL}


@functools.cache
def subject(key: str) -> set[str]:
    """Return the stems of which one has to occur where a work is cited; none for general works."""
    work, record = WORKS.get(key, {}), RECORDS.get(key, {})
    if record.get("general"):
        return set()
    words = [work.get("title", ""), *families(work), *record.get("about", [])]
    return stems(" ".join(words))


def out_of_place(key: str, paragraph: str) -> bool:
    """Return whether a paragraph, without its citations, has no word on the subject of a work."""
    words = subject(key)
    return bool(words) and words.isdisjoint(stems(paragraph))


TEXTS = ledger.texts()
# The page of references introduces books and lists works, so its paragraphs are on many subjects.
PAGES = {name: text for name, text in TEXTS.items() if name != "references"}
CITING = [
    (key, CITATION.sub(" ", paragraph))
    for text in PAGES.values()
    for paragraph in re.split(r"\n\s*\n", text)
    for key in cited(paragraph)
]


def test_names_and_years_beside_a_citation_are_those_of_the_work():
    found = {(page, *pair) for page, text in TEXTS.items() for pair in strangers(text)}
    assert found == set(OTHER_WORDS)


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Kingma and Ba {cite:p}`duchi2011` keep a running mean.", "Kingma"),
        ("In 1986, back-propagation became known {cite:p}`rosenblatt1958`.", "1986"),
        ("It is the rule of {cite:t}`duchi2011`, in Polyak's words.", "Polyak"),
    ],
)
def test_a_name_or_a_year_of_another_work_is_noticed(sentence, word):
    assert word in {odd for _, odd in strangers(sentence)}


def test_a_paragraph_that_cites_a_work_is_on_its_subject():
    assert [(key, text) for key, text in CITING if out_of_place(key, text)] == []


def test_most_citations_of_another_work_are_noticed():
    assert out_of_place("kingma2015", "Clipping bounds the gradient.")
    others = [(o, text) for key, text in CITING for o in WORKS if o != key]
    assert sum(out_of_place(*pair) for pair in others) > 2 / 3 * len(others)


def test_what_records_say_of_subjects_is_needed():
    for key, record in RECORDS.items():
        here = [text for cited_key, text in CITING if cited_key == key]
        for word in record.get("about", []):
            assert any(stems(word) & stems(text) for text in here), f"{key}: {word}"


TITLES = {plain(re.search(r"(?m)^# (.+)$", text)[1]): name for name, text in TEXTS.items()}


def misleading(text: str) -> list[str]:
    """Return the links whose words name another chapter, by its number or its title."""
    result = []
    for match in LINK.finditer(re.sub(r"\s+", " ", text)):
        words, target = (match[1], match[2] or match[1]) if match[1] else (match[3], match[4])
        before = match.string[max(0, match.start() - 16) : match.start()]
        number = re.search(r"[Cc]hapter (\d+)", words) or re.search(
            r"[Cc]hapter (\d+)[ ,(]+$", before
        )
        wrong = number and re.match(r"\d\d-", target) and int(number[1]) != int(target[:2])
        if target in TEXTS and (wrong or TITLES.get(plain(words), target) != target):
            result.append(match[0])
    return result


def test_links_lead_to_the_chapter_that_they_name():
    files = [path for path in sources.files() if path.suffix == ".md"]
    texts = [path.read_text(encoding="utf-8") for path in files] + list(TEXTS.values())
    assert sum(len(LINK.findall(text)) for text in texts) > 300
    assert [link for text in texts for link in misleading(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "{doc}`Chapter 9 <08-two-two-one>`",
        "chapter 9 ({doc}`08-two-two-one`)",
        "[chapter 9](../chapters/08-two-two-one.ipynb)",
        "{doc}`The chain rule <04-counting-operations>`",
    ],
)
def test_a_link_to_another_chapter_is_noticed(text):
    assert len(misleading(text)) == 1


def homes() -> dict[str, str]:
    """Return the page of every labelled equation and of every figure that a cell draws."""
    result = {equation.label: equation.document for equation in ledger.equations()}
    for path in (ROOT / "chapters").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            figure = cell["metadata"].get("mystnb", {}).get("figure", {})
            result[figure.get("name")] = path.stem
    return result


HOMES = homes()


def home(label: str) -> str:
    """Return the page of a labelled equation or of a figure.

    Raises
    ------
    LookupError
        If no page has it.
    """
    if label not in HOMES:
        raise LookupError(f"a page refers to {label}, but no equation and no figure has this label")
    return HOMES[label]


def misplaced(text: str) -> list[tuple[str, str]]:
    """Return (label, page) for equations and figures that a text places in another page."""
    text = re.sub(r"\s+", " ", text)
    placed = [(label, page or number) for label, page, number in PART_OF.findall(text)]
    placed += [(label, page) for page, label in OF_PART.findall(text)]
    return [
        (label, page)
        for label, page in placed
        if page not in {home(label), home(label)[:2].lstrip("0")}
    ]


def test_equations_and_figures_are_in_the_chapter_that_is_named_with_them():
    found = [len(PART_OF.findall(text)) + len(OF_PART.findall(text)) for text in TEXTS.values()]
    assert sum(found) > 10
    assert [pair for text in TEXTS.values() for pair in misplaced(text)] == []


def test_figures_are_of_the_same_chapter_and_equations_of_it_or_an_earlier_one():
    chapters = {name: text for name, text in TEXTS.items() if re.match(r"\d\d-", name)}
    figures = {(label, n) for n, text in chapters.items() for label in FIGURE.findall(text)}
    assert {(label, n) for label, n in figures if home(label) != n} <= FIGURES_OF_OTHERS.items()
    equations = {(label, n) for n, text in chapters.items() for label in EQUATION.findall(text)}
    assert {(label, n) for label, n in equations if home(label) > n} <= LATER_EQUATIONS.items()


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("{eq}`eq-bp2` of {doc}`08-two-two-one`", ("eq-bp2", "08-two-two-one")),
        ("{eq}`eq-bp2` of chapter 8", ("eq-bp2", "8")),
        ("{doc}`06-perceptron`, {numref}`fig-gd-valley`", ("fig-gd-valley", "06-perceptron")),
    ],
)
def test_an_equation_or_a_figure_of_another_chapter_is_noticed(text, pair):
    assert misplaced(text) == [pair]
    assert misplaced("{eq}`eq-bp2` of chapter 9, {eq}`eq-bp2` in {doc}`09-back-propagation`") == []


@functools.cache
def surroundings() -> dict[str, set[str]]:
    """Return the stems of each equation's label, heading, and paragraphs before and after."""
    result = {}
    for text in TEXTS.values():
        parts, heading = re.split(r"\n\s*\n", text), ""
        for i, part in enumerate(parts):
            heading = part if part.startswith("#") else heading
            for label in LABEL.findall(part):
                around = [heading, *parts[max(0, i - 1) : i + 2], label.replace("-", " ")]
                result[label] = stems(" ".join(around))
    return result


def glossary() -> list[tuple[str, str, set[str]]]:
    """Return (term, label, stems of the term and its forms) for equations in the glossary."""
    result = []
    for block in re.search(r"(?s)\{glossary\}(.+)```", TEXTS["glossary"])[1].split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith(":")]
        forms = [line.split(":")[1] for line in lines if line.startswith(".. also:")]
        term, *entry = [line for line in lines if not line.startswith("..")] or [""]
        words = stems(" ".join([term, *forms]))
        result += [(term, label, words) for label in EQUATION.findall("\n".join(entry))]
    return result


def docstrings() -> list[tuple[str, str, set[str]]]:
    """Return (name, label, rare stems of the docstring) for equations in the package."""
    count = collections.Counter(stem for words in surroundings().values() for stem in words)
    result = []
    for path in sorted((ROOT / "code/backprop").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                name, text = getattr(node, "name", path.stem), ast.get_docstring(node) or ""
                words = stems(f"{name.replace('_', ' ')} {IN_CODE.sub(' ', text)}")
                rare = {word for word in words if count[word] <= RARE}
                result += [(name, label, rare) for label in IN_CODE.findall(text)]
    return result


LEADING = {"glossary": functools.cache(glossary), "docstrings": functools.cache(docstrings)}


@pytest.mark.parametrize("kind", LEADING)
def test_an_entry_and_a_docstring_lead_to_an_equation_about_them(kind):
    package = (ROOT / "code/backprop").rglob("*.py")
    printed, text = {
        "glossary": (EQUATION, TEXTS["glossary"]),
        "docstrings": (IN_CODE, "\n".join(path.read_text(encoding="utf-8") for path in package)),
    }[kind]
    leading, around = LEADING[kind](), surroundings()
    odd = {(n, label) for n, label, words in leading if not words & around.get(label, set())}
    known = {pair for pair in OTHER_SURROUNDINGS if pair in [row[:2] for row in leading]}
    assert odd == known, "no word of it is near the equation; if it is right, list it"
    assert len(leading) == len(printed.findall(text)) > 0


@pytest.mark.parametrize(("kind", "share"), [("glossary", 0.7), ("docstrings", 0.55)])
def test_most_other_equations_of_the_chapter_would_be_noticed(kind, share):
    around = surroundings()
    missed = [
        not words.isdisjoint(around[other])
        for _, label, words in LEADING[kind]()
        for other in around
        if HOMES[other] == home(label) and other != label
    ]
    assert sum(missed) < (1 - share) * len(missed)
