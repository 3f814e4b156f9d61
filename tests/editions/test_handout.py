"""The handout has no line of a solution, and everything else."""

import ast
import builtins
import json
import re
from collections import Counter

import nbformat
import pytest

from tools.editions import handout
from tools.editions.chapters import notebooks
from web import notebooks as running
from web import words

TRIVIAL = 12  # characters
SOLUTION = r"`{3,}\{solution-start\}.*?`{3,}\{solution-end\}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editions") / "handout"
    handout.write(folder)
    return folder


def text_of(path):
    """Return all sources and outputs of a notebook as text, without any code of the book's."""
    parts = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        parts.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            data = [output.get("text", ""), *output.get("data", {}).values()]
            parts += ["".join(d) if isinstance(d, list) else str(d) for d in data]
        parts.append("")
    return "\n".join(parts)


def solutions_of(text):
    """Return what stands between the marks of solutions."""
    return re.findall(SOLUTION, text, re.S)


def lines(text):
    return Counter(line.strip() for line in text.split("\n") if len(line.strip()) > TRIVIAL)


def test_there_is_much_to_leave_out():
    parts = [part for path in notebooks() for part in solutions_of(text_of(path))]
    assert len(parts) > 70
    assert len(lines("\n".join(parts))) > 700


@pytest.mark.parametrize("chapter", notebooks(), ids=lambda path: path.stem)
def test_no_line_of_a_solution_is_handed_out(chapter, folder):
    whole, handed = text_of(chapter), text_of(folder / chapter.name)
    parts = solutions_of(whole)
    assert parts
    assert len(parts) == len(re.findall(r"\{solution-start\} ex-", whole))
    inner = lines("\n".join(parts))
    outer = lines(re.sub(SOLUTION, "\n", whole, flags=re.S))
    found = lines(handed)
    # What stands in the chapter as well, a line of a placeholder say, comes as often as there.
    assert {line: found[line] for line in inner if found[line] > outer[line]} == {}
    only_inside = [line for line in inner if not outer[line]]
    assert only_inside
    assert not [line for line in only_inside if line in handed]
    assert {line for line in outer if not found[line]} == set()
    assert "solution-" not in handed


@pytest.mark.parametrize("chapter", notebooks(), ids=lambda path: path.stem)
def test_no_sentence_of_a_solution_is_handed_out(chapter, folder):
    def flat(text):
        return " ".join(text.split())

    whole, handed = text_of(chapter), flat(text_of(folder / chapter.name))
    sentences = {
        sentence
        for part in solutions_of(whole)
        for sentence in re.split(r"(?<=[.:?])\s", flat(part))
        if len(sentence.split()) >= 5
    }
    outer = flat(re.sub(SOLUTION, "\n", whole, flags=re.S))
    sentences = {sentence for sentence in sentences if sentence not in outer}  # no signatures
    assert sentences
    assert not [sentence for sentence in sentences if sentence in handed]


@pytest.mark.parametrize("chapter", notebooks(), ids=lambda path: path.stem)
def test_exercises_placeholders_and_calls_are_kept(chapter, folder):
    whole, handed = text_of(chapter), text_of(folder / chapter.name)
    exercises = re.findall(r"^:label: (ex-.*)$", whole, re.M)
    assert re.findall(r"^:label: (ex-.*)$", handed, re.M) == exercises
    calls = Counter(re.findall(r'^check\("([\w-]+)"', whole, re.M))
    assert Counter(re.findall(r'^check\("([\w-]+)"', handed, re.M)) == dict.fromkeys(calls, 1)
    assert set(calls.values()) == {2}


@pytest.mark.parametrize("chapter", notebooks(), ids=lambda path: path.stem)
def test_no_cell_needs_a_name_that_a_solution_binds(chapter, folder):
    nb = nbformat.read(folder / chapter.name, as_version=4)
    code = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")
    bound, read = {*dir(builtins), "get_ipython"}, set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
            bound.add(node.name)
    assert len(read) > 10
    assert read <= bound


def test_references_to_a_solution_are_noticed():
    nb = nbformat.v4.new_notebook()
    nb.cells = [
        nbformat.v4.new_markdown_cell("By {eq}`eq-lost` it is so."),
        nbformat.v4.new_markdown_cell(
            "````{solution-start} ex-a\n:class: dropdown\n````\n$$\nx\n$$ (eq-lost)\n"
            "````{solution-end}\n````"
        ),
    ]
    with pytest.raises(ValueError, match="eq-lost"):
        handout.without_solutions(nb)


def test_a_handed_out_notebook_runs(folder, tmp_path):
    """Chapter 3 is the smallest; every cell runs, the placeholders included."""
    path = folder / "03-chain-rule.ipynb"
    nb = running.execute(path)
    placeholder = words.book().say("This is still the placeholder: replace its body by your own.")
    said = [o for c in nb.cells for o in c.get("outputs", []) if placeholder in str(o)]
    assert len(said) == len(re.findall(r'(?m)^check\("', "\n".join(c.source for c in nb.cells)))
