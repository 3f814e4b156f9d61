"""The outputs stored in the notebooks are those that their cells give.

The build has executed every notebook already.  Here nbval compares those copies with what is
stored, cell by cell and with its own rules: it asks a kernel that repeats the outputs of the
copy.  ``make nbval`` lets it execute the notebooks itself, which takes minutes.
"""

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbclient import NotebookClient
from nbval.plugin import IPyNbFile, NbCellError

from web import notebooks

CHAPTERS = sorted(notebooks.CHAPTERS.glob("*.ipynb"))


class Recorded:
    """A kernel for nbval that answers from the executed copy of a notebook.

    Parameters
    ----------
    executed : nbformat.NotebookNode
        The copy.
    """

    def __init__(self, executed):
        self.cells = iter([cell for cell in executed.cells if cell.cell_type == "code"])
        self.count = 0
        self.messages = iter(())

    def is_alive(self) -> bool:
        """Return True: a record cannot die."""
        return True

    def execute_cell_input(self, source: str, allow_stdin: bool) -> int:
        """Turn to the next cell, which has to be this one; return its number."""
        cell = next(self.cells)
        assert cell.source == source, "the executed copy has other cells"
        self.count += 1
        outputs = [(output.output_type, output) for output in cell.outputs]
        idle = ("status", {"execution_state": "idle"})
        parent = {"msg_id": self.count}
        self.messages = iter(
            {"msg_type": kind, "content": content, "parent_header": parent}
            for kind, content in (*outputs, idle)
        )
        return self.count

    def await_reply(self, number: int, timeout: float) -> None:
        """Return at once."""

    await_idle = await_reply

    def get_message(self, stream: str, timeout: float) -> dict:
        """Return the next message about the cell."""
        return next(self.messages)


def differences(session, path, executed) -> dict[int, str]:
    """Return what nbval says of the code cells that differ, by number from 0.

    Parameters
    ----------
    session : pytest.Session
    path : pathlib.Path
        The notebook with its stored outputs.
    executed : nbformat.NotebookNode
        Its executed copy.
    """
    file = IPyNbFile.from_parent(session, path=path)
    file.kernel = Recorded(executed)
    found = {}
    for cell in file.collect():
        try:
            cell.runtest()
        except NbCellError:
            found[cell.cell_num] = cell.repr_failure(pytest.ExceptionInfo.from_current())
    code = [cell for cell in file.nb.cells if cell.cell_type == "code"]
    assert file.kernel.count == len(code), "not every cell was compared"
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_cells_give_what_is_stored(request, executed, path):
    found = differences(request.session, path, executed(path))
    assert not found, f"{path.name}: make notebooks\n" + "\n".join(found.values())


# Of each cell: its code, what is stored instead of its output, and how.
STREAM = {"output_type": "stream", "name": "stdout", "text": "1.0\n"}
SHOW = "from IPython.display import HTML, SVG, Latex, display\n"
DRAWN = "<svg xmlns='http://www.w3.org/2000/svg'><circle r='{}'/></svg>"


def shown(**kinds) -> dict:
    """Return the output of ``display``; an underscore stands for the stroke in the kind."""
    data = {re.sub("svg", "svg+xml", kind.replace("_", "/")): text for kind, text in kinds.items()}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def value(text: str) -> dict:
    """Return the value of a cell."""
    data = {"text/plain": text}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


CASES = {
    "equal": ("print(1.0)", [STREAM]),
    "a digit": ("print(1.01)", [STREAM]),
    "white space": ("print('1.0 ')", [STREAM]),
    "no output": ("pass", [STREAM]),
    "an output more": ("print(1.0)", []),
    "the stream": ("import sys\nprint(1.0, file=sys.stderr)", [STREAM]),
    "a message on stderr too": ("import sys\nprint(1.0)\nprint(2, file=sys.stderr)", [STREAM]),
    "the value": ("1 + 1", [value("3")]),
    "a value, not printed": ("1.0", [STREAM]),
    "HTML": (
        f"{SHOW}display(HTML('<b>1</b>'))",
        [shown(text_plain="<IPython.core.display.HTML object>", text_html="<b>2</b>")],
    ),
    "LaTeX": (
        f"{SHOW}display(Latex('$1$'))",
        [shown(text_plain="<IPython.core.display.Latex object>", text_latex="$2$")],
    ),
    "SVG": (
        f'{SHOW}display(SVG("{DRAWN.format(1)}"))',
        [shown(text_plain="<IPython.core.display.SVG object>", image_svg=DRAWN.format(2))],
    ),
    "a kind of output more": (
        f"{SHOW}display(HTML('<b>1</b>'))",
        [shown(text_html="<b>1</b>")],
    ),
    "one of two outputs": (f"{SHOW}display(1)\ndisplay(2)", [shown(text_plain="1")]),
    "the order": (
        f"{SHOW}display(1)\ndisplay(2)",
        [shown(text_plain="2"), shown(text_plain="1")],
    ),
    "an ignored output": ("# NBVAL_IGNORE_OUTPUT\nprint(2.0)", [STREAM]),
    "streams in pieces": ("print('1.', end='', flush=True)\nprint(0)", [STREAM]),
}
ALIKE = {"equal", "an ignored output", "streams in pieces"}


def test_what_nbval_notices_is_noticed(request, tmp_path):
    """Of many planted differences, neither it nor the comparison here overlooks one."""
    stored = nbformat.v4.new_notebook(metadata=notebooks.METADATA)
    for number, (code, outputs) in enumerate(CASES.values(), 1):
        cell = nbformat.v4.new_code_cell(code, execution_count=number)
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        stored.cells.append(cell)
    path = tmp_path / "planted.ipynb"
    path.write_text(nbformat.writes(stored), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rf", "--color=no"]
    strict = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", path.name],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    by_nbval = {int(n) for n in re.findall(r"(?m)^FAILED \S+::Cell (\d+)", strict.stdout)}
    executed = nbformat.from_dict(stored)
    with ThreadPoolExecutor(1) as other:  # this thread may run the loop of a browser
        run = NotebookClient(executed, kernel_name="python3").async_execute()
        other.submit(asyncio.run, run).result()
    by_us = differences(request.session, path, executed)
    names = list(CASES)
    assert {names[number] for number in by_us} == set(CASES) - ALIKE
    assert set(by_us) == by_nbval, strict.stdout
    assert "1.01" in by_us[names.index("a digit")]
