"""Turn ``loops.wat`` into a library that Pyodide can load.

The text stands for several types of numbers at once: its parts ``;; begin …`` to ``;; end`` are
repeated with other words in the places ``<T>``.  Wasmtime's ``wat2wasm`` does the rest; its
annotation ``(@dylink.0 …)`` makes the program a shared library:
https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md
"""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).with_name("loops.wat")
FORMS = {  # of a part of the source that is repeated, by its name
    "reals": [
        {
            "T": "f64",
            "V": "f64x2",
            "SIZE": "8",
            "SPLAT": "64",
            "WIDTH": "4",
            "SIZE2": "16",
            "SIZE3": "24",
            "FOUR": "32",
        },
        {
            "T": "f32",
            "V": "f32x4",
            "SIZE": "4",
            "SPLAT": "32",
            "WIDTH": "8",
            "SIZE2": "8",
            "SIZE3": "12",
            "FOUR": "16",
        },
    ],
    "sums": [
        {"NAME": f"{operation}_{kind}", "OP": operation, "EXTEND": f"extend_i32_{sign}"}
        for kind, sign in (("i32", "s"), ("u32", "u"))
        for operation in ("add", "mul", "sub")
        if (operation, kind) != ("sub", "u32")
    ],
}


def expanded(source: str) -> str:
    """Return the source with its parts ``;; begin …`` to ``;; end`` repeated in all forms."""

    def repeat(part: re.Match) -> str:
        copies = []
        for form in FORMS[part[1]]:
            copy = part[2]
            for name, value in form.items():
                copy = copy.replace(f"<{name}>", value)
            copies.append(copy)
        return "".join(copies)

    return re.sub(r"(?ms)^ *;; begin (\w+)\n(.*?)^ *;; end\n", repeat, source)


def library() -> bytes:
    """Return the library with the loops of ``loops.wat``."""
    from wasmtime import wat2wasm  # large, and rarely needed

    return bytes(wat2wasm(expanded(SOURCE.read_text(encoding="utf-8"))))
