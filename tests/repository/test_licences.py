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
