"""The loops that a browser's NumPy is given; tests/site/test_live.py runs them there."""

import re
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from web.live import assembler, loops


def header(name):
    """Return one of NumPy's header files."""
    return (Path(np.get_include()) / "numpy" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "unsigned", "signed"),
    [
        (0, "00", "00"),
        (63, "3f", "3f"),
        (64, "40", "c000"),
        (127, "7f", "ff00"),
        (624485, "e58e26", "e58e26"),  # the examples of the standard DWARF
        (-1, None, "7f"),
        (-123456, None, "c0bb78"),
    ],
)
def test_numbers_are_in_leb128(value, unsigned, signed):
    assert assembler.signed(value).hex() == signed
    if unsigned:
        assert assembler.unsigned(value).hex() == unsigned


def test_a_small_module_is_what_the_specification_says():
    source = '(module (func $f (export "f") (param $x i32) (result i32) '
    source += "(i32.add (local.get $x) (i32.const 1))))  ;; adds one"
    content = assembler.Module(source, memory=0).content()
    sections = [
        "00 0f 08 64796c696e6b2e30 01 04 00 04 00 00",  # dylink.0: no memory, aligned to 16
        "01 06 01 60 01 7f 01 7f",  # the type i32 → i32
        "02 01 00",
        "03 02 01 00",
        "06 01 00",
        "07 05 01 01 66 00 00",  # "f" is function 0
        "0a 09 01 07 00 20 00 41 01 6a 0b",  # local.get 0, i32.const 1, i32.add, end
    ]
    assert content == b"\0asm" + bytes.fromhex("01000000" + "".join(sections).replace(" ", ""))


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        ("(i32.subtract (i32.const 1))", KeyError, "i32.subtract"),
        ("(local.get $y)", ValueError, "y"),
        ("(br $nowhere)", ValueError, "nowhere"),
        ('"', ValueError, "cannot read"),
    ],
)
def test_the_assembler_refuses_what_it_does_not_know(body, error, message):
    with pytest.raises(error, match=message):
        assembler.Module(f"(module (func $f (param $x i32) {body}))", 0)


def test_the_library_has_the_loops_and_little_else():
    source = assembler.expanded(assembler.SOURCE.read_text(encoding="utf-8"))
    assert not re.search(r"<[A-Z\d]+>", source)
    exports = set(re.findall(r'\(export "(\w+)"\)', source))
    needed = {loop for _, loop, _ in loops.LOOPS} | {"dot_i32", "scalar_power", "overflows"}
    assert needed < exports
    assert {name.removeprefix("set_") for name in exports - needed} < needed
    assert len(assembler.library()) < 10_000
    assert assembler.library() == assembler.library()


def test_numpy_has_each_of_the_loops_for_these_types():
    for name, loop, characters in loops.LOOPS:
        assert f"{characters[:-1]}->{characters[-1]}" in getattr(np, name).types
        sizes = {"f64": 8, "f32": 4}
        if loop[-3:] in sizes:
            assert np.dtype(characters[0]).itemsize == sizes[loop[-3:]]


def test_the_places_are_those_of_numpys_headers():
    table = header("__ufunc_api.h")
    found = re.search(r"#define PyUFunc_ReplaceLoopBySignature\b.*?API\[(\d+)\]", table, re.S)
    assert int(found[1]) == loops.REPLACE_LOOP
    table = header("__multiarray_api.h")
    for name, place in (
        ("PyArray_DescrFromType", loops.DESCRIPTION),
        ("_PyDataType_GetArrFuncs", loops.ARRAY_FUNCTIONS),
    ):
        assert int(re.search(rf"#define {name}\b.*?API\[(\d+)\]", table, re.S)[1]) == place
    members = header("ndarraytypes.h").split("PyArray_VectorUnaryFunc *cast[", 1)[1]
    names = re.findall(r"\*(\w+);", members.split("PyArray_ArrFuncs;")[0])
    casts = int(re.search(r"NPY_NTYPES_ABI_COMPATIBLE\s*=\s*(\d+)", header("ndarraytypes.h"))[1])
    assert casts + names.index("dotfunc") == loops.DOT


NATIVE = """
import ctypes, numpy as np
from web.live import loops

calls = []
loop = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)
dot = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 7)

def library(path):
    def noting(name):
        kind = dot if name == "dot_i32" else loop
        return kind(lambda *args: calls.append(name))
    names = {loop for _, loop, _ in loops.LOOPS} | {"dot_i32"}
    return type("Library", (), {name: noting(name) for name in names})

ctypes.CDLL = library
loops.install(np)
for name, loop_name, characters in loops.LOOPS:
    ones = [np.ones((2, 2), c) for c in characters[:-1]]
    calls.clear()
    getattr(np, name)(*ones)
    assert set(calls) == {loop_name}, (name, characters, calls)
calls.clear()
np.dot(*np.ones((2, 3), "i"))
assert calls == ["dot_i32"], calls
np.ones(3, "d") + 1
assert calls == ["dot_i32"], calls
print("replaced", flush=True)
import os
os._exit(0)  # the loops are still in use
"""


def test_numpy_calls_the_loops_that_it_is_given():
    """Here with functions of Python in the place of the library, by the same means."""
    done = subprocess.run([sys.executable, "-c", NATIVE], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("replaced\n", 0), done.stderr


@pytest.fixture
def overflow(monkeypatch):
    """Return a function that notes an overflow, as a loop would."""
    noted = []
    read = types.SimpleNamespace(overflows=lambda: (noted and noted.pop()) or 0)
    monkeypatch.setattr(loops, "library", read)
    return lambda: noted.append(1)


def test_a_cell_whose_integers_overflow_says_so_and_no_other(cells, overflow):
    notice = {"kind": "notice", "text": loops.OVERFLOW}
    overflow()
    assert cells.run("1 + 1") == (True, [{"kind": "display", "data": {"text/plain": "2"}}])
    cells.kernel.main.overflow = overflow
    assert cells.run("print(overflow())") == (
        True,
        [{"kind": "stream", "name": "stdout", "text": "None\n"}, notice],
    )
    good, sent = cells.run("overflow()\n1 / 0")
    assert not good
    assert [message["kind"] for message in sent] == ["error", "notice"]
    assert cells.run("2;") == (True, [])


def test_outside_a_browser_nothing_is_replaced():
    assert loops.library is None
    assert not loops.overflows()
