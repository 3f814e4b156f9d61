"""Entries of the tests that belong to one chapter, and what only they used."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path


def offsets(text: str) -> list[int]:
    """Return where the lines of a text begin, in bytes, as the columns of ``ast`` count."""
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a text without spans of bytes, commas after them, and lines that are then empty."""
    data = text.encode()
    for start, end in sorted(spans, reverse=True):
        end += len(re.match(rb"[ \t]*,?[ \t]*(?:#[^\n]*)?", data[end:])[0])
        line = data.rfind(b"\n", 0, start) + 1
        if not data[line:start].strip() and data[end : end + 1] in (b"\n", b""):
            start, end = line, end + 1
        data = data[:start] + data[end:]
    return data.decode()


def span(starts: list[int], first: ast.AST, last: ast.AST) -> tuple[int, int]:
    """Return the bytes from one node to another."""
    return (
        starts[first.lineno - 1] + first.col_offset,
        starts[last.end_lineno - 1] + last.end_col_offset,
    )


def without_entries(text: str, belongs: Callable[[str], bool]) -> str:
    """Return Python without entries of dictionaries whose key or value belongs to the chapter.

    A key of several parts belongs to it if one of them does.
    """
    starts, spans = offsets(text), []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                parts = [*(key.elts if isinstance(key, ast.Tuple) else [key]), value]
                texts = [n.value for n in parts if isinstance(n, ast.Constant)]
                if any(isinstance(one, str) and belongs(one) for one in texts):
                    spans.append(span(starts, key, value))
    return cut(text, spans)


def without_cases(text: str, names: set[str]) -> str:
    """Return Python without the elements ``Case(name, …)`` of lists that have one of the names."""
    starts = offsets(text)
    gone = [
        span(starts, one, one)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.List)
        for one in node.elts
        if isinstance(one, ast.Call)
        and getattr(one.func, "id", "") == "Case"
        and getattr(one.args[0], "value", "") in names
    ]
    return cut(text, gone)


def without_marks(text: str, labels: set[str]) -> str:
    """Return tests of equations without the marks of labels, and without tests that lose all."""
    starts, spans = offsets(text), []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        marks = [
            d for d in node.decorator_list if ast.unparse(d).startswith("pytest.mark.equation(")
        ]
        gone = [
            d for d in marks if labels & {a.value for a in d.args if isinstance(a, ast.Constant)}
        ]
        if gone and gone == marks:
            first, end = span(starts, min(node.decorator_list, key=lambda d: d.lineno), node)
            spans.append((first - 1, end))
        else:
            spans += [(start - 1, end) for start, end in (span(starts, d, d) for d in gone)]
    return cut(text, spans)


def defined(text: str) -> dict[str, tuple[int, int]]:
    """Return the functions, classes and constants of a module, with their spans."""
    starts, found = offsets(text), {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node, *node.decorator_list], key=lambda n: n.lineno)
            start, end = span(starts, first, node)
            found[node.name] = (start - (first is not node), end)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = span(starts, node, node)
    return found


def names(text: str) -> set[str]:
    """Return all names that a module reads, also as attributes, arguments and words in strings."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(re.findall(r"\w+", node.value))
    return found


def without_unused(before: str, after: str, elsewhere: Callable[[str], bool]) -> str:
    """Return a module without what was used before and is not any more.

    Parameters
    ----------
    before, after : str
        The module before and after entries were taken out.
    elsewhere : function
        Tells whether another module uses a name.
    """
    used_before = names(before)
    while True:
        used = names(after)
        unused = [
            place for name, place in defined(after).items()
            if name in used_before - used and not name.startswith("test_") and not elsewhere(name)
        ]  # fmt: skip
        if not unused:
            return after
        after = cut(after, unused)


def clean(root: Path, words: set[str], labels: set[str]) -> list[Path]:
    """Take a chapter's entries out of the tests in a folder; return the files that changed.

    Parameters
    ----------
    root : Path
        The folder of the book.
    words : set of str
        The names of the chapter's exercises and figures, and its own; an anchor may follow that.
    labels : set of str
        The labels of its equations.
    """
    texts = {path: path.read_text("utf-8") for path in sorted((root / "tests").rglob("*.py"))}
    changed = {}
    for path, text in texts.items():
        new = text
        if any(word in text for word in words):
            new = without_entries(new, lambda value: value.partition("#")[0] in words)
        if path.parent.name == "equations" and any(label in text for label in labels):
            new = without_marks(new, labels)
        if new != text:
            changed[path] = new

    def elsewhere(name, path):
        word = re.compile(rf"\b{name}\b")
        others = (changed.get(one, text) for one, text in texts.items() if one != path)
        return any(name in text and word.search(text) for text in others)

    for path, new in changed.items():
        left = without_unused(texts[path], new, lambda name, path=path: elsewhere(name, path))
        path.write_text(left, "utf-8")
    return list(changed)
