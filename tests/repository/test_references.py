"""References lead to what their words say: works, chapters, equations and figures.

Each entry of ``chapters/references.bib`` is compared with its record in ``records.toml``, which was
taken from elsewhere.  In the text, a name or a year beside a citation has to be one of the cited
work, and a link that names a page has to lead there.
"""

import copy
import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
import yaml

from tools import ledger

ROOT = Path(__file__).resolve().parents[2]
BIBLIOGRAPHY = (ROOT / "chapters/references.bib").read_text(encoding="utf-8")
RECORDS = tomllib.loads(Path(__file__).with_name("records.toml").read_text(encoding="utf-8"))
IDENTIFIERS = {
    "doi": r"10\.\d{4,9}/\S+",
    "eprint": r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}",
    "isbn": r"97[89]\d{10}",
    "url": r"https?://[\w.-]+\.[a-z]+(?:[/?#]\S*)?",
}
CITATION = re.compile(r"\{cite:\w+\}`([^`]+)`")

# Sentences that name somebody or a year beside a citation of another work, and why.
OTHER_WORDS: dict[str, str] = {}


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
    text = re.sub(r"\\[cvuHk] (?=\w)|\\[\"'`^~=.]|[{}\\]", "", text).replace("ı", "i")
    letters = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def families(entry: dict[str, str]) -> list[str]:
    """Return the family names of the authors; a group in braces is one name."""
    names = entry["author"].split(" and ")
    return [plain(n) if n.startswith("{") else family(n) for n in names if n != "others"]


def family(name: str) -> str:
    """Return the last word of a name, with the particles before it."""
    return plain(re.search(r"(?:(?<= )[a-z]+ )*\S+$", name)[0])


def well_formed(kind: str, identifier: str) -> bool:
    """Return whether an identifier has the form of its kind; an ISBN has a check digit."""
    if not re.fullmatch(IDENTIFIERS[kind], identifier):
        return False
    digits = [int(digit) for digit in identifier] if kind == "isbn" else []
    return sum(digits[::2]) % 10 == -3 * sum(digits[1::2]) % 10


def disagreements(works: dict[str, dict[str, str]], records: dict[str, dict]) -> list[str]:
    """Return what is not the same in entries and records, as "key: field"."""
    result = [f"{key}: no record" for key in works.keys() - records.keys()]
    result += [f"{key}: no entry" for key in records.keys() - works.keys()]
    for key in works.keys() & records.keys():
        work, record = works[key], records[key]
        same = {
            "identifiers": [work[k] for k in IDENTIFIERS if k in work] == record["identifiers"],
            "author": families(work)[0] == plain(record["author"]),
            "authors": "authors" not in record or len(families(work)) == record["authors"],
            "year": work["year"] == str(record["year"]),
            "title": plain(work["title"]) == plain(record["title"]),
        }
        result += [f"{key}: {field}" for field, value in same.items() if not value]
    return sorted(result)


WORKS = entries(BIBLIOGRAPHY)


def test_entries_agree_with_records_read_elsewhere():
    assert len(WORKS) == BIBLIOGRAPHY.count("\n@") + 1 > 100
    assert disagreements(WORKS, RECORDS) == []


def test_records_say_where_they_were_read():
    for key, record in RECORDS.items():
        own = set(record.get("own", []))
        assert own <= {"author", "year", "title"}, key
        assert (record["read"] == "our own file") == (len(own) == 3), key


def test_identifiers_are_well_formed_and_belong_to_one_entry():
    found = [(kind, work[kind]) for work in WORKS.values() for kind in IDENTIFIERS if kind in work]
    assert [pair for pair in found if not well_formed(*pair)] == []
    assert len(found) == len(set(found)) > 100


@pytest.mark.parametrize(
    "kind, good, bad",
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
    "field, named", [("year", "year"), ("title", "title"), ("doi", "identifiers")]
)
def test_an_exchanged_field_is_noticed_in_both_entries(field, named):
    found = disagreements(swapped(field, "hornik1991", "cybenko1989"), RECORDS)
    assert found == [f"cybenko1989: {named}", f"hornik1991: {named}"]


def test_another_first_author_and_a_lost_author_are_noticed():
    works = copy.deepcopy(WORKS)
    works["kingma2015"]["author"] = "Jimmy Ba and Diederik P. Kingma"
    works["hornik1989"]["author"] = "Kurt Hornik and Halbert White"
    assert disagreements(works, RECORDS) == ["hornik1989: authors", "kingma2015: author"]


def test_an_entry_without_a_record_and_a_record_without_an_entry_are_noticed():
    works = {("kingma2014" if key == "kingma2015" else key): work for key, work in WORKS.items()}
    assert disagreements(works, RECORDS) == ["kingma2014: no record", "kingma2015: no entry"]
