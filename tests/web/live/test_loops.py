"""The loops that a browser's NumPy is given; tests/site/test_live.py runs them there."""

import re
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from wasmtime import (
    Engine,
    Func,
    FuncType,
    Global,
    GlobalType,
    Limits,
    Linker,
    Memory,
    MemoryType,
    Module,
    Store,
    Table,
    TableType,
    Val,
    ValType,
)

from web.live import assembler, loops


def header(name):
    """Return one of NumPy's header files."""
    return (Path(np.get_include()) / "numpy" / name).read_text(encoding="utf-8")


def test_the_library_has_the_loops_and_little_else():
    source = assembler.expanded(assembler.SOURCE.read_text(encoding="utf-8"))
    assert not re.search(r"<[A-Z\d]+>", source)
    exports = set(re.findall(r'\(export "(\w+)"\)', source))
    needed = {loop for _, loop, _ in loops.LOOPS}
    needed |= {"dot_i32", "scalar_power", "overflows", "product"}
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


OPERANDS = 2**20  # where they stand in the memory, behind what the library needs for itself


@pytest.fixture(scope="module")
def instance():
    """Return the library with a memory, and what it has called: NumPy's own loop, or Python."""
    engine = Engine()
    store, linker, pointer = Store(engine), Linker(engine), ValType.i32()
    memory = Memory(store, MemoryType(Limits(64, None)))
    table = Table(store, TableType(ValType.funcref(), Limits(4, None)), None)
    own = Func(store, FuncType([pointer] * 4, []), lambda *arguments: missed.append(arguments))
    table.set(store, 1, own)  # NumPy's own loop
    missed = []
    base = Global(store, GlobalType(pointer, mutable=False), Val.i32(1024))

    def vectorcall(*arguments):
        missed.append(arguments)
        return 77

    python = Func(store, FuncType([pointer] * 4, [pointer]), vectorcall)
    for name, item in (
        ("memory", memory), ("__indirect_function_table", table), ("__memory_base", base),
        ("PyObject_Vectorcall", python),
    ):  # fmt: skip
        linker.define(store, "env", name, item)
    library = linker.instantiate(store, Module(engine, assembler.library())).exports(store)
    return store, memory, library, missed


@pytest.fixture(scope="module")
def call(instance):
    """Return a function that runs a loop of the library on arrays, as NumPy would in a browser."""
    store, memory, library, missed = instance

    def run(loop, dims, steps, *arrays):
        """Put the arrays' bytes into the memory, run the loop, take the bytes back."""
        missed.clear()
        if f"set_{loop}" in library:
            library[f"set_{loop}"](store, 1)
        place, places = OPERANDS, []
        for array in arrays:
            places.append(place)
            memory.write(store, array.tobytes(), place)
            place += array.nbytes + 64
        for start, numbers in ((0, places), (64, dims), (128, steps)):
            memory.write(store, np.array(numbers, np.int32).tobytes(), start)
        library[loop](store, 0, 64, 128, 0)
        last = bytes(memory.read(store, places[-1], places[-1] + arrays[-1].nbytes))
        result = np.frombuffer(last, arrays[-1].dtype).reshape(arrays[-1].shape)
        return result, bool(library["overflows"](store)), bool(missed)

    return run


def in_order(A, B):
    """Return a product of matrices whose terms are added one after the other."""
    total = A[:, :1] * B[:1]
    for k in range(1, A.shape[1]):
        total = total + A[:, k : k + 1] * B[k : k + 1]
    return total


@pytest.mark.parametrize("kind", ["f32", "f64"])
@pytest.mark.parametrize("turned", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize(
    "shape", [(4, 2, 2), (5, 3, 7), (8, 256, 8), (9, 257, 5), (300, 20, 33), (1, 9, 9), (9, 1, 9)]
)
def test_products_of_matrices_have_every_bit_of_the_sum_in_order(call, kind, turned, shape):
    n, k, m = shape
    rng, dtype = np.random.default_rng(sum(shape)), np.dtype(kind.replace("f", "float"))
    A, B = (rng.normal(size=size).astype(dtype) for size in ((n, k), (k, m)))
    size, stored, steps = dtype.itemsize, [], [0, 0, 0]
    for X, is_turned in ((A, turned[0]), (B, turned[1])):
        stored.append(np.ascontiguousarray(X.T if is_turned else X))
        rows, columns = X.shape
        steps += [size, size * rows] if is_turned else [size * columns, size]
    out = np.full((n, m), np.nan, dtype)
    dims, steps = [1, n, k, m], [*steps, size * m, size]
    result, _, left_to_numpy = call(f"matmul_{kind}", dims, steps, *stored, out)
    assert left_to_numpy == (n < 4 or k < 2 or m < 2)
    if not left_to_numpy:
        np.testing.assert_array_equal(result, in_order(A, B))


@pytest.mark.parametrize(
    ("loop", "operation"),
    [("add_i32", "add"), ("sub_i32", "subtract"), ("mul_i32", "multiply"), ("add_u32", "add"),
     ("mul_u32", "multiply")],
)  # fmt: skip
def test_integers_have_the_lower_32_bits_and_an_overflow_is_noted(call, loop, operation):
    dtype = np.dtype(loop[-3:].replace("i", "int").replace("u", "uint"))
    limits = np.iinfo(dtype)
    numbers = [limits.min, limits.min + 1, 0, 1, 2, 46340, 46341, 65536, limits.max - 1, limits.max]
    for x in numbers:
        for y in numbers:
            exact = int(getattr(np, operation)(*np.array([x, y], object)))
            operands = (np.array([v], dtype) for v in (x, y, 0))
            result, noted, _ = call(loop, [1], [4, 4, 4], *operands)
            assert int(result[0]) % 2**32 == exact % 2**32
            assert noted == (not limits.min <= exact <= limits.max), (x, y)


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


ARRAY, DOT, MATMUL, LEAST = 11, 22, 33, 1000  # the first three are addresses of objects


@pytest.mark.parametrize(
    ("left", "right", "function"),
    [
        ((10, 2), (2, 10), MATMUL),
        ((9, 2), (2, 10), DOT),
        ((4, 92), (92, 3), MATMUL),
        ((4, 92), (92, 2), DOT),
        ((4, 92), (75, 3), MATMUL),  # such matrices have no product, and matmul says so
        ((3, 1000), (1000, 1000), DOT),
        ((100, 0), (0, 1000), MATMUL),
        ((2**20, 2**20), (2**20, 2**20), MATMUL),  # their product has 60 bits
        ((1000,), (1000, 9), DOT),
        ((9, 1000), (1000,), DOT),
        ((2, 30, 30), (30, 30), DOT),
        ((30, 30), None, DOT),
        (None, (30, 30), DOT),
    ],
)
def test_the_work_decides_between_dot_and_matmul(instance, left, right, function):
    """None stands for an object that is no array, whatever lies where an array has its lengths."""
    store, memory, library, called = instance
    library["set_product"](store, ARRAY, DOT, MATMUL, LEAST)
    places = OPERANDS, OPERANDS + 64
    for place, lengths in zip(places, (left, right), strict=True):
        kind, known = (ARRAY, lengths) if lengths else (ARRAY + 1, (30, 30))
        head = [1, kind, 0, len(known), place + 32]
        memory.write(store, np.array(head, np.int32).tobytes(), place)
        memory.write(store, np.array(known, np.int32).tobytes(), place + 32)
    memory.write(store, np.array(places, np.int32).tobytes(), 64)
    called.clear()
    assert library["product"](store, 0, 64, 2, 99) == 77
    assert called == [(function, 64, 2, 99)]


def test_a_product_of_too_few_arguments_is_left_to_dot(instance):
    """It knows what to say."""
    store, _, library, called = instance
    library["set_product"](store, ARRAY, DOT, MATMUL, LEAST)
    for count in (0, 1):
        called.clear()
        library["product"](store, 0, 2**30, count, 0)  # where there is no memory to read
        assert called == [(DOT, 2**30, count, 0)]


PRODUCT = """
import ctypes, sys, types
import numpy as np
from backprop import _products
from web.live import loops

calls, pointer = [], ctypes.c_void_p
objects = ctypes.POINTER(ctypes.py_object)
kind = ctypes.PYFUNCTYPE(ctypes.py_object, pointer, objects, ctypes.c_ssize_t, pointer)

def product(own, args, count, names):
    calls.append(count)
    out = args[count] if names else None
    return np.dot(args[0], args[1], out=out)

def set_product(*given):
    calls.append([getattr(item, "value", item) for item in given])

before = _products.product
loops.install_product(_products)
assert _products.product is before
loops.library = types.SimpleNamespace(product=kind(product), set_product=set_product)
loops.install_product(_products)
assert _products.product is before
sys.platform = "emscripten"
loops.install_product(_products)
assert calls == [[*map(id, (np.ndarray, np.dot, np.matmul)), loops.LEAST_FOR_MATMUL]], calls
A, out = np.arange(4.0).reshape(2, 2), np.empty((2, 2))
assert (_products.product(A, A) == A @ A).all()
assert _products.product(A, A, out=out) is out and (out == A @ A).all()
assert calls[1:] == [2, 2]
assert _products.product.__doc__ == _products.product_in_browser.__doc__
print("chosen")
"""


def test_pythons_way_of_calling_reaches_the_function():
    """Here a function of Python in its place, given to the package by the same means."""
    done = subprocess.run([sys.executable, "-c", PRODUCT], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("chosen\n", 0), done.stderr
