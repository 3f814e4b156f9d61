"""The licences are those that they are said to be, and all files name the same ones."""

import re
import tomllib
from importlib.metadata import files

import yaml

from web import ROOT

GRANT = "Permission is hereby granted"
TEXT = "CC-BY-NC-4.0"  # by its name on https://spdx.org/licenses


def read(name: str) -> str:
    """Return a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    """Return the words of a licence from its grant on, which all works under it share."""
    return text[text.index(GRANT) :].split()


def canonical() -> str:
    """Return a licence of MIT's as another project prints it: pytest's."""
    file = next(file for file in files("pytest") if file.name == "LICENSE")
    return file.locate().read_text(encoding="utf-8")


def test_the_licence_of_the_code_is_that_of_mit():
    assert words(read("LICENSE")) == words(canonical())
    assert read("code/LICENSE") == read("LICENSE")
    assert read("LICENSE").startswith("MIT License\n\nCopyright (c) ")


def test_all_files_name_the_same_authors_and_licences():
    citation = yaml.safe_load(read("CITATION.cff"))
    project = tomllib.loads(read("code/pyproject.toml"))["project"]
    config = yaml.safe_load(read("_config.yml"))
    names = [author["name"] for author in citation["authors"]]
    assert citation["license"] == [project["license"], TEXT] == ["MIT", TEXT]
    assert [author["name"] for author in project["authors"]] == names == [config["author"]]
    year, _, owner = re.search(r"Copyright \(c\) (\d+)( )(.+)", read("LICENSE")).groups()
    assert owner == names[0]
    assert config["copyright"].lower() == f"{year}, {owner}".lower()
    assert f"© {year} {owner}".lower() in " ".join(read("LICENSE-TEXT.md").split()).lower()
    assert str(citation["date-released"]).startswith(year)


def test_every_page_about_the_licence_of_the_text_names_all_its_conditions():
    long = "Attribution-NonCommercial 4.0 International"
    assert f"[Creative Commons {long}]" in read("LICENSE-TEXT.md")
    lecture = yaml.safe_load(read("CITATION.cff"))["references"][0]
    assert lecture["license"] == TEXT
    entry = re.search(r"(?s)@\w+\{hjorthjensen2024,.*?\n\}", read("chapters/references.bib"))[0]
    assert f"{{{lecture['year']}}}" in entry
    assert not re.search("Attribution(?!-NonCommercial)", read("LICENSE-TEXT.md"))
    for name in ("LICENSE-TEXT.md", "README.md", "chapters/index.md", "chapters/references.bib"):
        text = read(name)
        named = set(re.findall(r"CC[ -](BY(?:-[A-Z]{2})*)[ -](\d\.\d)", text))
        assert named == {("BY-NC", "4.0")}, name
        linked = set(re.findall(r"creativecommons\.org/licenses/([\w-]+/[\d.]+)", text))
        assert linked <= {"by-nc/4.0"}, name


def lecture_problems(text: str) -> list[str]:
    """Return what a page about the licence of the text says of the lecture that is not so."""
    text = " ".join(text.split()).lower()
    lecture = yaml.safe_load(read("CITATION.cff"))["references"][0]
    entry = re.search(r"(?s)@\w+\{hjorthjensen2024,.*?\n\}", read("chapters/references.bib"))[0]
    title = re.sub(r"[{}]", "", re.search(r"title\s*= \{(.*)\},", entry)[1])
    (author,) = lecture["authors"]
    facts = {
        "its author": f"{author['given-names']} {author['family-names']}",
        "its title": title.split(":")[0],
        "its week": title.partition("Notes, ")[2],
        "its last year": f"–{lecture['year']},",
        "its licence": "released under CC Attribution-NonCommercial 4.0.",
        "its universities": "University of Oslo and Michigan State University",
    }
    said = [name for name, fact in facts.items() if fact.lower() not in text]
    others = set(re.findall(r"\d\.\d", text)) - {"4.0"}
    return said + [f"version {version}" for version in others]


def test_the_licence_of_the_text_says_of_the_lecture_what_is_cited():
    text = read("LICENSE-TEXT.md")
    assert lecture_problems(text) == []
    for old, new in [("–2024", "–2023"), ("week 3", "week 4"), ("NonCommercial 4.0.", "4.0.")]:
        assert len(lecture_problems(text.replace(old, new))) == 1


def data_problems(text: str) -> list[str]:
    """Return the lines about the data that are not so: their licence, and where it is described."""
    entry = re.search(r"(?s)@\w+\{lecun1998,.*?\n\}", read("chapters/references.bib"))[0]
    fields = dict(re.findall(r"(\w+)\s*= \{(.*)\}", entry))
    place = "{journal} {volume}({number}), {pages}, {year}".format(**fields).replace("--", "–")
    licence = "[Creative Commons Attribution-ShareAlike 3.0](https://creativecommons.org/licenses/by-sa/3.0/)"
    lines = [place, f"**Licence:** {licence}."]
    return [line for line in lines if line not in " ".join(text.split())]


def test_the_page_about_the_data_has_their_licence():
    text = read("chapters/data/README.md")
    assert data_problems(text) == []
    for old, new in [("86(11)", "86(1)"), ("by-sa/3.0", "by-sa/4.0"), ("ShareAlike ", "")]:
        assert len(data_problems(text.replace(old, new))) == 1
