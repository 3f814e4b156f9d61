"""Give NumPy other inner loops in a browser: fast products, and integers whose overflow is noted.

Pyodide's NumPy has no BLAS, and its default integers have 32 bits.  ``loops.wat`` has loops for
products of matrices with vector instructions, the same bit for bit, and loops for integers of 32
bits that note an overflow.  They take the place of NumPy's by its C interface,
``PyUFunc_ReplaceLoopBySignature``, as soon as NumPy has been imported.  So ``A @ B`` is fast in
every cell, and neither cells nor packages need to know.

A network's small products are faster by ``np.dot``, and to choose in Python costs a network of a
few units more than it gains.  So ``loops.wat`` has a function that chooses, too.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .words import say

LIBRARY = Path(__file__).with_name("loops.wasm")  # assembler.py writes it
LOOPS = (  # a function of NumPy, its loop in the library, types of its operands
    ("matmul", "matmul_f64", "ddd"),
    ("matmul", "matmul_f32", "fff"),
    *(("matmul", "matmul_i32", 3 * c) for c in "il"),
    *(("add", "add_i32", 3 * c) for c in "il"),
    *(("subtract", "sub_i32", 3 * c) for c in "il"),
    *(("multiply", "mul_i32", 3 * c) for c in "il"),
    *(("square", "square_i32", 2 * c) for c in "il"),
    *(("power", "power_i32", 3 * c) for c in "il"),
    *(("left_shift", "shift_i32", 3 * c) for c in "il"),
    *(("add", "add_u32", 3 * c) for c in "IL"),
    *(("multiply", "mul_u32", 3 * c) for c in "IL"),
)
# Places in NumPy's tables of functions, the same in every version 2 (numpy/__ufunc_api.h and
# __multiarray_api.h), and of `dotfunc` in PyArray_ArrFuncs.
REPLACE_LOOP, DESCRIPTION, ARRAY_FUNCTIONS, DOT = 30, 45, 365, 27
# Offsets of `tp_as_number` in CPython's PyTypeObject and of `nb_power` in PyNumberMethods; members
# that are no pointers are as long as pointers on wasm32.
NUMBER_METHODS, POWER = 12 * 4, 5 * 4
FASTCALL, KEYWORDS = 0x80, 0x02  # how Python calls a C function (methodobject.h)
LEAST_FOR_MATMUL = 1200  # multiplications, and eight for each sum: np.dot is faster with fewer
OVERFLOW = say(
    "A whole number in this cell became too large: in a browser NumPy's have 32 bits and end at "
    "2,147,483,647. What was computed from it is wrong. With integers of 64 bits, as from "
    "np.arange(n, dtype=np.int64) or x.astype(np.int64), the result is that of your own computer."
)

library = None  # once it is in use
alive = []  # what the library has the addresses of


def overflows():
    """Tell whether an integer has overflowed since the last call."""
    return library is not None and bool(library.overflows())


def install(np):
    """Replace the loops of NumPy, given as a module."""
    global library
    import ctypes

    # Where more than 2 GB are in use, Pyodide's calls of C functions fail: numbers of 32 bits with
    # a sign hold no address there.  NumPy then keeps its own loops.
    places = id(ctypes._SimpleCData), ctypes.addressof(ctypes.create_string_buffer(2**22))
    if sys.platform == "emscripten" and max(places) >= 2**31:
        return

    opened = ctypes.CDLL(str(LIBRARY))
    functions = {name: getattr(opened, name) for _, name, _ in LOOPS}
    replace = loop_replacement()
    for name, loop, types in LOOPS:
        signature = (ctypes.c_int * len(types))(*(np.dtype(c).num for c in types))
        new, old = ctypes.cast(functions[loop], ctypes.c_void_p), ctypes.c_void_p()
        if replace(getattr(np, name), new, signature, ctypes.byref(old)):
            raise RuntimeError(f"NumPy has no loop of {name} for {types}")
        fallback = getattr(opened, f"set_{loop}", None)  # some call NumPy's own loop
        if fallback is not None:
            fallback(old)
    for character in "il":
        type_functions(np.dtype(character).num)[DOT] = ctypes.cast(opened.dot_i32, ctypes.c_void_p)
    if sys.platform == "emscripten":  # the offsets are those of wasm32
        replace_scalar_power(np, opened)
    library = opened


def table(name):
    """Return one of NumPy's tables of C functions."""
    import ctypes

    from numpy._core import _multiarray_umath

    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    address = pointer(getattr(_multiarray_umath, name), None)
    return ctypes.cast(address, ctypes.POINTER(ctypes.c_void_p))


def loop_replacement():
    """Return PyUFunc_ReplaceLoopBySignature."""
    import ctypes

    pointers = ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_void_p)
    kind = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_void_p, *pointers)
    return kind(table("_UFUNC_API")[REPLACE_LOOP])


def type_functions(number):
    """Return the functions of a type of numbers, PyArray_ArrFuncs, as a table."""
    import ctypes

    functions = table("_ARRAY_API")
    description = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_int)(functions[DESCRIPTION])
    of_type = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(functions[ARRAY_FUNCTIONS])
    return ctypes.cast(of_type(description(number)), ctypes.POINTER(ctypes.c_void_p))


def replace_scalar_power(np, opened):
    """Let the power of two numbers np.int32 note an overflow; NumPy warns of it elsewhere only."""
    import ctypes

    methods = ctypes.c_void_p.from_address(id(np.int32) + NUMBER_METHODS).value
    slot = ctypes.c_void_p.from_address(methods + POWER)
    opened.set_scalar_power(*map(ctypes.c_void_p, (id(np.int32), id(int), slot.value)))
    slot.value = ctypes.cast(opened.scalar_power, ctypes.c_void_p).value


def install_product(products):
    """Give ``backprop._products``, as a module, a function that chooses between dot and matmul."""
    if library is None or sys.platform != "emscripten":  # in it stand the places of wasm32
        return
    import ctypes

    import numpy as np

    class Definition(ctypes.Structure):  # PyMethodDef
        _fields_ = (
            ("name", ctypes.c_char_p),
            ("function", ctypes.c_void_p),
            ("flags", ctypes.c_int),
            ("doc", ctypes.c_char_p),
        )

    function = ctypes.cast(library.product, ctypes.c_void_p)
    doc = products.product_in_browser.__doc__
    definition = Definition(b"product", function, FASTCALL | KEYWORDS, (doc or "").encode())
    known = np.ndarray, np.dot, np.matmul
    alive[:] = definition, *known
    library.set_product(*(ctypes.c_void_p(id(item)) for item in known), LEAST_FOR_MATMUL)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p] * 3
    products.product = make(ctypes.addressof(definition), None, None)
