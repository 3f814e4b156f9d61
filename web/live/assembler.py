"""Assemble WebAssembly's text format into a library that Pyodide can load.

Only what ``loops.wat`` uses: functions, globals and imports, and instructions in folded form,
``(local.set $i (i32.add (local.get $i) (i32.const 1)))``.  The formats are those of
https://webassembly.github.io/spec/core/ and, for the section ``dylink.0``, which makes the
program a shared library, of https://github.com/WebAssembly/tool-conventions.
"""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).with_name("loops.wat")
TYPES = {"i32": 0x7F, "i64": 0x7E, "f32": 0x7D, "f64": 0x7C, "v128": 0x7B, "funcref": 0x70}
OPCODES = {
    **{"return": 0x0F, "call": 0x10, "call_indirect": 0x11, "br": 0x0C, "br_if": 0x0D},
    **{"local.get": 0x20, "local.set": 0x21, "global.get": 0x23, "global.set": 0x24},
    **{"i32.load": 0x28, "f32.load": 0x2A, "f64.load": 0x2B},
    **{"i32.store": 0x36, "f32.store": 0x38, "f64.store": 0x39},
    **{"i32.const": 0x41, "i64.const": 0x42, "select": 0x1B},
    **{"i32.eqz": 0x45, "i32.eq": 0x46, "i32.ne": 0x47, "i32.lt_s": 0x48, "i32.gt_s": 0x4A},
    **{"i32.le_s": 0x4C, "i32.ge_s": 0x4E, "i32.ge_u": 0x4F, "i64.ne": 0x52, "i64.lt_s": 0x53},
    **{"i32.add": 0x6A, "i32.sub": 0x6B, "i32.mul": 0x6C, "i32.and": 0x71, "i32.or": 0x72},
    **{"i32.shr_s": 0x75, "i64.add": 0x7C, "i64.sub": 0x7D, "i64.mul": 0x7E, "i64.shl": 0x86},
    **{"i32.wrap_i64": 0xA7, "i64.extend_i32_s": 0xAC, "i64.extend_i32_u": 0xAD},
}
VECTOR_OPCODES = {  # after the prefix 0xFD
    **{"v128.load": 0, "v128.load32_splat": 9, "v128.load64_splat": 10, "v128.store": 11},
    **{"f32x4.add": 0xE4, "f32x4.mul": 0xE6, "f64x2.add": 0xF0, "f64x2.mul": 0xF2},
}
ALIGNMENTS = {"i32": 2, "f32": 2, "f64": 3}
TOKEN = re.compile(r';;[^\n]*|\s+|"([^"]*)"|([()])|([^\s()";]+)')


def unsigned(value: int) -> bytes:
    """Return a number in LEB128."""
    content = bytearray()
    while value >= 0x80:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*content, value])


def signed(value: int) -> bytes:
    """Return a number in signed LEB128."""
    content = bytearray()
    while not -0x40 <= value < 0x40:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*content, value & 0x7F])


def sized(content: bytes) -> bytes:
    """Return bytes after their number."""
    return unsigned(len(content)) + content


def vector(items: list[bytes]) -> bytes:
    """Return items after their number."""
    return unsigned(len(items)) + b"".join(items)


def text(name: str) -> bytes:
    """Return a name."""
    return sized(name.encode())


def parse(source: str) -> list:
    """Return the nested lists that a text in brackets describes."""
    stack, position = [[]], 0
    while position < len(source):
        token = TOKEN.match(source, position)
        if token is None:
            raise ValueError(f"cannot read {source[position : position + 40]!r}")
        position = token.end()
        if token[2] == "(":
            stack.append([])
        elif token[2] == ")":
            done = stack.pop()
            stack[-1].append(done)
        elif token[1] is not None or token[3]:
            stack[-1].append(token[3] or token[1])
    (items,) = stack
    return items


def fields(items: list, name: str) -> list:
    """Return the contents of all lists that begin with a name."""
    return [item[1:] for item in items if isinstance(item, list) and item[0] == name]


class Module:
    """Collects what a module has, and writes it.

    Parameters
    ----------
    source : str
        A module in text format.
    memory : int
        How many bytes of memory it needs for itself, from ``__memory_base`` on.
    """

    def __init__(self, source: str, memory: int):
        (module,) = parse(source)
        self.memory, self.types = memory, []
        imports = fields(module, "import")
        self.imports = [self.imported(*entry) for entry in imports]
        # An imported global counts before those of the module.
        self.globals = [entry[2][1] for entry in imports if entry[2][0] == "global"]
        own = fields(module, "global")
        self.globals += [name for name, *_ in own]
        self.own = [
            bytes([TYPES[kind[1]], 1]) + self.instruction(value, [], []) + b"\x0b"
            for _, kind, value in own
        ]
        functions = fields(module, "func")
        self.functions = [function[0] for function in functions]
        self.exports = [
            text(name) + b"\x00" + unsigned(number)
            for number, function in enumerate(functions)
            for (name,) in fields(function, "export")
        ]
        self.signatures = [unsigned(self.type_of(function)) for function in functions]
        self.bodies = [sized(self.body(function)) for function in functions]

    def imported(self, place: str, name: str, entry: list) -> bytes:
        """Return an import."""
        kind = {"table": b"\x01\x70\x00\x00", "memory": b"\x02\x00\x00"}
        code = kind.get(entry[0]) or b"\x03" + bytes([TYPES[entry[2]], 0])
        return text(place) + text(name) + code

    def type_of(self, items: list) -> int:
        """Return the number of a function's type."""
        inputs = [[p] if p in TYPES else [p[-1]] for (*_, p) in fields(items, "param")]
        outputs = [kind for (kind,) in fields(items, "result")]
        code = b"\x60" + vector([bytes([TYPES[kind]]) for (kind,) in inputs])
        code += vector([bytes([TYPES[kind]]) for kind in outputs])
        if code not in self.types:
            self.types.append(code)
        return self.types.index(code)

    def body(self, function: list) -> bytes:
        """Return a function's local variables and its code."""
        variables = fields(function, "local")
        names = [name for name, _ in fields(function, "param") + variables]
        code = vector([b"\x01" + bytes([TYPES[kind]]) for _, kind in variables])
        for item in function[1:]:
            if item[0] not in ("export", "param", "result", "local"):
                code += self.instruction(item, names, [])
        return code + b"\x0b"

    def instruction(self, item: list, names: list, labels: list) -> bytes:
        """Return an instruction, after those that compute its operands."""
        name, *rest = item
        if name in ("block", "loop"):
            label, *inside = rest
            code = b"".join(self.instruction(i, names, [label, *labels]) for i in inside)
            return (b"\x02\x40" if name == "block" else b"\x03\x40") + code + b"\x0b"
        if name == "if":
            condition, *branches = rest
            parts = [
                b"".join(self.instruction(i, names, [None, *labels]) for i in branch)
                for branch in (branch[1:] for branch in branches)
            ]
            return (
                self.instruction(condition, names, labels)
                + b"\x04\x40"
                + b"\x05".join(parts)
                + b"\x0b"
            )
        plain = [word for word in rest if isinstance(word, str)]
        operands = [i for i in rest if isinstance(i, list) and i[0] not in ("param", "result")]
        code = b"".join(self.instruction(i, names, labels) for i in operands)
        if name in VECTOR_OPCODES:
            code += b"\xfd" + unsigned(VECTOR_OPCODES[name])
        else:
            code += bytes([OPCODES[name]])
        return code + self.immediate(name, plain, rest, names, labels)

    def immediate(self, name: str, plain: list, rest: list, names: list, labels: list) -> bytes:
        """Return what follows an instruction's opcode."""
        kind, _, operation = name.partition(".")
        if kind in ("local", "global"):
            return unsigned((names if kind == "local" else self.globals).index(plain[0]))
        if name in ("br", "br_if"):
            return unsigned(labels.index(plain[0]))
        if name == "call":
            return unsigned(self.functions.index(plain[0]))
        if name == "call_indirect":
            return unsigned(self.type_of(rest)) + b"\x00"
        if operation == "const":
            return signed(int(plain[0], 0))
        if operation.startswith(("load", "store")):
            offset = int(plain[0].partition("=")[2]) if plain else 0
            return unsigned(ALIGNMENTS.get(kind, 2)) + unsigned(offset)
        return b""

    def content(self) -> bytes:
        """Return the module as a file."""
        needs = unsigned(self.memory) + unsigned(4) + unsigned(0) + unsigned(0)
        sections = [
            (0, text("dylink.0") + b"\x01" + sized(needs)),
            (1, vector(self.types)),
            (2, vector(self.imports)),
            (3, vector(self.signatures)),
            (6, vector(self.own)),
            (7, vector(self.exports)),
            (10, vector(self.bodies)),
        ]
        return b"\x00asm\x01\x00\x00\x00" + b"".join(
            bytes([number]) + sized(content) for number, content in sections
        )


MEMORY = 8448 + 256 * 256 * 8  # bytes: a panel, a tile, and packed rows
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
    return Module(expanded(SOURCE.read_text(encoding="utf-8")), MEMORY).content()
