"""The Python side of live cells: runs a cell as a notebook does, and sends what it shows.

``Kernel.run`` compiles a cell, runs it in the page's namespace, and shows the value of a last
expression.  What there is to see goes to ``send`` as dictionaries:

    {"kind": "stream", "name": "stdout" or "stderr", "text": …}
    {"kind": "display", "data": {MIME type: text, images in base64}}
    {"kind": "error", "text": traceback, "cell": number, "line": line in that cell}
    {"kind": "clear"}
    {"kind": "notice", "text": why this cannot be done in a browser}

Nothing here needs Pyodide, so tests run it in any Python.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import builtins
import contextlib
import functools
import hashlib
import importlib.machinery
import importlib.util
import inspect
import io
import json
import linecache
import os
import pprint
import re
import signal
import sys
import time
import tokenize
import traceback
import types
import zipfile
from pathlib import Path

from . import loops
from .words import say

METHODS = {  # richest first, as the book chooses
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "text/latex": "_repr_latex_",
}
FIGURES = f"{__package__}.figures"  # figures.py, as a module
ABSENT = {
    "dask": say(
        "Dask shares work between processes or computers, and a browser has neither. This cell "
        "runs on your own computer or on Binder; the result in the book was made there."
    )
}
REMARKS = {  # what a cell may ask for, and what a browser does instead
    r"(errstate|seterr)\(.*(raise|warn|call)": say(
        "A browser does not tell Python about overflow or division by zero: NumPy cannot raise or "
        "warn here, and goes on. The book's result shows what happens elsewhere."
    ),
}

QUESTION = re.compile(
    r"(?:\?{1,2}[ \t]*([\w.]+)|([\w.]+)[ \t]*\?{1,2})[ \t]*;?[ \t]*"
)  # net?, ?net, net??
NO_CODE = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER)

MOST_TEXT = 200_000  # characters that one cell may print; more would freeze the page
MOST_DATA = 20_000_000  # characters of one value in HTML, or of one image
MOST_VALUES = 500  # that one cell may show
MOST_TRACEBACK = 20_000  # characters

current = None  # the kernel that was started last


class NotInBrowserError(RuntimeError):
    """Something that a browser cannot do; said without a traceback."""


class Placeholder(types.ModuleType):
    """Stands in for a module that cannot work here: it can be imported, and says why not."""

    def __getattr__(self, name):
        """Give a function that says why it cannot be called."""
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*args, **kwargs):
            raise NotInBrowserError(ABSENT[self.__name__.partition(".")[0]])

        return refuse


class AbsentFinder:
    """Finds the modules of ``ABSENT``, so that the cell with all the imports runs."""

    def find_spec(self, name, path=None, target=None):
        """Return a spec for an absent module."""
        if name.partition(".")[0] in ABSENT:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        """Return a placeholder."""
        return Placeholder(spec.name)

    def exec_module(self, module):
        """Do nothing: there is no code."""


class WheelFinder:
    """Unpacks wheels in pure Python when one of their modules is first imported.

    What a cell itself imports is loaded before it runs; this is for imports inside functions
    of a package, which nobody can see coming.

    Parameters
    ----------
    packages : dict
        ``packages`` of Pyodide's lock.
    read : callable
        Returns the bytes of a wheel, given its file name.
    folder : str
        Where to unpack.
    """

    def __init__(self, packages, read, folder):
        self.packages, self.read, self.folder = packages, read, folder
        self.unpacked = set()
        self.owner = {
            module: name
            for name, package in packages.items()
            if package["file_name"].endswith("-none-any.whl")
            for module in package["imports"]
        }

    def find_spec(self, name, path=None, target=None):
        """Unpack the wheel that has the module, if one has, and let Python look again."""
        package = self.owner.get(name)
        if package is None or package in self.unpacked:
            return None
        self.unpack(package)
        importlib.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(name, path, target)

    def unpack(self, name):
        """Unpack a wheel."""
        package = self.packages[name]
        content = self.read(package["file_name"])
        if hashlib.sha256(content).hexdigest() != package["sha256"]:
            name = package["file_name"]
            raise ImportError(
                say("The file {name} on the server is damaged or was changed.", name=name)
            )
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            wheel.extractall(self.folder)
        self.unpacked.add(name)


class ImportWatch:
    """Calls a function when a module has been imported for the first time.

    Parameters
    ----------
    name : str
        The module's name.
    act : callable
        Is given the module.
    """

    def __init__(self, name, act):
        self.name, self.act = name, act

    def find_spec(self, name, path=None, target=None):
        """Return the spec that the finders behind have, with a loader that calls the function."""
        if name != self.name:
            return None
        behind = sys.meta_path[sys.meta_path.index(self) + 1 :]
        specs = (finder.find_spec(name, path, target) for finder in behind)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is not None:
            load = spec.loader.exec_module

            def load_and_act(module):
                load(module)
                sys.meta_path.remove(self)
                self.act(module)

            spec.loader.exec_module = load_and_act
        return spec


def stop_monitor(tqdm):
    """Let progress bars do without the thread that watches them: a browser has none."""
    tqdm.tqdm.monitor_interval = 0


def module_names(tree, everywhere=True):
    """Return the full names of the modules that a syntax tree imports.

    ``everywhere`` includes the insides of functions; without it, only what is imported when
    the code is run from top to bottom.
    """
    names, pending = set(), [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            dots, module = "." * node.level, node.module or ""
            names |= {f"{dots}{module}"} if module else {f"{dots}{a.name}" for a in node.names}
        if everywhere or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)
    return names


def dependencies(code, package="backprop"):
    """Return the top-level modules that a cell imports, itself or through the book's package.

    A cell with a syntax error needs nothing; running it will say what is wrong.
    """
    try:
        pending = module_names(ast.parse(with_answers(code)))
    except (SyntaxError, ValueError):
        return []
    names = set()
    while pending:
        name = pending.pop()
        if name in names:
            continue
        names.add(name)
        if name.partition(".")[0] != package:
            continue
        source = module_source(name)
        if source is not None:
            home = name if source.name == "__init__.py" else name.rpartition(".")[0]
            tree = ast.parse(source.read_text(encoding="utf-8"))
            for other in module_names(tree, everywhere=False):
                if other.startswith("."):
                    other = importlib.util.resolve_name(other, home)
                pending.add(other)
            pending.add(name.rpartition(".")[0] or name)
    return sorted({name.partition(".")[0] for name in names})


def module_source(name):
    """Return the file of a module that lies in a folder of ``sys.path``, or None."""
    parts = name.split(".")
    for folder in map(Path, sys.path):
        stem = folder.joinpath(*parts)
        for path in (stem / "__init__.py", stem.with_suffix(".py")):
            if path.is_file():
                return path
    return None


def with_answers(code):
    """Return a cell's source with a call in the place of every line such as ``net?``.

    Only a cell that is no Python as it stands has such lines; its other lines stay where they are.
    """
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        lines = code.split("\n")
        for k, line in enumerate(lines):
            if question := QUESTION.fullmatch(line):
                level = 2 if "??" in line else 1
                lines[k] = f"__answer__({(question[1] or question[2])!r}, {level})"
        return "\n".join(lines)
    return code


def ends_in_semicolon(code):
    """Tell whether the last token of a cell is a semicolon: IPython then hides the value."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    words = [token for token in tokens if token.type not in NO_CODE]
    return bool(words) and words[-1].string == ";"


def answer(value, source=False):
    """Return what IPython's ``value?`` tells: call, docstring, and the code if it is asked for."""
    parts = []
    if callable(value):
        with contextlib.suppress(TypeError, ValueError):
            name = getattr(value, "__name__", type(value).__name__)
            call = f"{name}{inspect.signature(value)}"
            parts.append(say("Signature: {call}", call=call))
    parts.append(say("Type: {kind}", kind=type(value).__name__))
    if source:
        with contextlib.suppress(TypeError, OSError):
            return "\n".join([*parts, inspect.getsource(value).rstrip()])
    return "\n".join([*parts, inspect.getdoc(value) or say("It has no docstring.")])


class Limited:
    """Sends what a cell shows until it is more than a page can hold; then says so, once.

    Parameters
    ----------
    send : callable
        Is given what is within the limits.
    """

    def __init__(self, send):
        self.send = send
        self.begin()

    def begin(self):
        """Begin a cell."""
        self.text, self.values, self.full = MOST_TEXT, MOST_VALUES, False

    def __call__(self, message):
        """Send a message, or what of it is within the limits."""
        kind = message["kind"]
        if kind == "stream":
            text = message["text"]
            if self.text:
                self.send(message | {"text": text[: self.text]})
            self.overflow(len(text) > self.text)
            self.text = max(0, self.text - len(text))
        elif kind == "display":
            data = {k: v for k, v in message["data"].items() if len(v) <= MOST_DATA}
            plain = message["data"].get("text/plain", "")
            data["text/plain"] = plain[:MOST_TEXT]
            if self.values:
                self.send(message | {"data": data})
            shortened = len(data) < len(message["data"]) or len(plain) > MOST_TEXT
            self.overflow(shortened or not self.values)
            self.values = max(0, self.values - 1)
        else:
            self.send(message)

    def overflow(self, happened):
        """Say, once in a cell, that something was left out."""
        if happened and not self.full:
            self.full = True
            text = say("This is more than a page can hold: the rest of the output is left out.")
            self.send({"kind": "notice", "text": text})


class Stream(io.TextIOBase):
    """Standard output or standard error: sends lines at once, but not too many in a second."""

    RATE = 20  # messages

    def __init__(self, name, send):
        self.name, self.send = name, send
        self.waiting, self.since = [], 0.0
        self.last, self.allowed = 0.0, float(self.RATE)
        self.other = None  # the other stream, which must not be overtaken

    def writable(self):
        """Return True."""
        return True

    def write(self, text):
        """Take a text; send it with what waits, if a line ends or it has waited for a while."""
        if not isinstance(text, str):
            raise TypeError(f"write() should be given a str, not {type(text).__name__}")
        if self.other is not None and self.other.waiting:
            self.other.flush()
        now = time.monotonic()
        if text:
            self.since = self.since if self.waiting else now
            self.waiting.append(text)
        line = "\n" in text or "\r" in text
        allowed = self.allowed + (now - self.last) * self.RATE >= 1
        if allowed and (line or now - self.since > 0.2):
            self.flush()
        return len(text)

    def flush(self):
        """Send what waits."""
        if self.waiting:
            text, self.waiting = "".join(self.waiting), []
            now = time.monotonic()
            self.allowed = min(self.RATE, self.allowed + (now - self.last) * self.RATE) - 1
            self.last = now
            self.send({"kind": "stream", "name": self.name, "text": text})


def representation(value):
    """Return what a value looks like: a dictionary from MIME types to texts."""
    data = {"text/plain": plain(value)}
    if isinstance(value, type):  # its methods are those of its instances
        return data
    module = sys.modules.get("matplotlib.figure")
    if module is not None and isinstance(value, module.Figure):
        data["image/png"] = as_text(png(value))
        return data
    bundle = getattr(value, "_repr_mimebundle_", None)
    if callable(bundle):
        content = bundle(include=None, exclude=None)
        content = content[0] if isinstance(content, tuple) else content
        data |= {mime: as_text(item) for mime, item in (content or {}).items()}
    for mime, name in METHODS.items():
        method = getattr(value, name, None)
        content = method() if callable(method) and mime not in data else None
        if content is not None:
            content = content[0] if isinstance(content, tuple) else content
            data[mime] = as_text(content)
    return data


def plain(value):
    """Return a value as text; a long list or dictionary in more than one line."""
    text = repr(value)
    if type(value) in (dict, list, set, tuple) and len(text) > 79 and "\n" not in text:
        return pprint.pformat(value, width=79, compact=False, sort_dicts=False)
    return text


def as_text(content):
    """Return bytes in base64, and a text as it is."""
    return base64.b64encode(content).decode() if isinstance(content, bytes) else str(content)


def png(figure):
    """Return a figure as PNG, cropped and sized as Jupyter's inline figures are."""
    file = io.BytesIO()
    figure.savefig(
        file,
        format="png",
        dpi=figure.dpi,
        facecolor=figure.get_facecolor(),
        edgecolor=figure.get_edgecolor(),
        bbox_inches="tight",
    )
    return file.getvalue()


class Kernel:
    """Runs cells in one namespace, that of the module ``__main__``.

    Parameters
    ----------
    send : callable
        Is given a dictionary for everything that there is to see.
    """

    def __init__(self, send):
        self.send = send = Limited(send)
        self.main = types.ModuleType("__main__")
        self.main.__dict__.update(__builtins__=builtins, display=self.display, input=no_input)
        self.main.__answer__ = self.answer
        self.count = 0
        self.task, self.cancelled = None, False  # of the cell that runs
        self.sources = {}  # file name of a compiled cell → its source
        self.latest = {}  # number of a cell → its file name
        self.out, self.err = Stream("stdout", send), Stream("stderr", send)
        self.out.other, self.err.other = self.err, self.out

    def display(self, *values):
        """Show values at once, in their richest form."""
        for value in values:
            data = representation(value)
            self.flush()
            self.send({"kind": "display", "data": data})

    def flush(self):
        """Send what was printed and waits."""
        self.out.flush()
        self.err.flush()

    def answer(self, name, level):
        """Print what is known of a name, as IPython does for ``name?`` and ``name??``."""
        first, *rest = name.split(".")
        names = {**vars(builtins), **self.main.__dict__}
        try:
            value = names[first]
            for part in rest:
                value = getattr(value, part)
        except (KeyError, AttributeError):
            print(say("Object `{name}` not found.", name=name))
        else:
            print(answer(value, source=level == 2))

    def file_name(self, number, code):
        """Return the name under which tracebacks find a cell's source.

        An edited cell gets a new one, since functions of the old one may live on.
        """
        version = 1
        name = f"cell {number}"
        while self.sources.setdefault(name, code) != code:
            version += 1
            name = f"cell {number}, version {version}"
        self.latest[number] = name
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        return name

    async def run(self, code, number=1):
        """Run a cell.

        Parameters
        ----------
        code : str
            Its source.
        number : int
            Its place on the page, from 1, for tracebacks.

        Returns
        -------
        bool
            Whether the cells below may run: there was no error.
        """
        self.count += 1
        self.task, self.cancelled = asyncio.current_task(), False
        self.send.begin()
        loops.overflows()  # of what came before
        name = self.file_name(number, code)
        before = sys.modules.get("__main__")
        sys.modules["__main__"] = self.main
        try:
            for pattern, remark in REMARKS.items() if sys.platform == "emscripten" else ():
                if re.search(pattern, code):
                    self.send({"kind": "notice", "text": remark})
            with contextlib.redirect_stdout(self.out), contextlib.redirect_stderr(self.err):
                try:
                    await self.execute(code, name)
                finally:
                    self.task = None
                    self.show_figures()
        except NotInBrowserError as reason:
            self.flush()
            self.send({"kind": "notice", "text": str(reason)})
        except BaseException as error:
            if self.cancelled and isinstance(error, asyncio.CancelledError):
                error = KeyboardInterrupt().with_traceback(error.__traceback__)
            self.flush()
            self.send(self.failure(error, number))
            return False
        finally:
            self.flush()
            if loops.overflows():
                self.send({"kind": "notice", "text": loops.OVERFLOW})
            if before is not None:
                sys.modules["__main__"] = before
        return True

    def cancel(self):
        """Stop the cell that runs, if it awaits something."""
        if self.task is not None:
            self.cancelled = self.task.cancel()

    def interrupt(self, number, frame):
        """Stop the cell that runs, as the handler of a signal.

        Outside its code there is only the loop in which it awaits, and this file: an exception
        there would do damage.
        """
        while frame is not None:
            if frame.f_code.co_filename in self.sources:
                raise KeyboardInterrupt
            frame = frame.f_back
        self.cancel()

    async def execute(self, code, name):
        """Run a cell's statements; show the value of a last expression without a semicolon."""
        code = with_answers(code)
        tree = ast.parse(code, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        await self.evaluate(tree, name, "exec")
        if last is not None:
            value = await self.evaluate(ast.Expression(last.value), name, "eval")
            if value is not None and not ends_in_semicolon(code):
                self.main._ = value
                self.display(value)

    async def evaluate(self, tree, name, mode):
        """Run a syntax tree; cells may await."""
        code = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        value = eval(code, self.main.__dict__)
        return await value if code.co_flags & inspect.CO_COROUTINE else value

    def show_figures(self):
        """Show and close the figures that a cell left open, as Jupyter does."""
        if "matplotlib.pyplot" in sys.modules and FIGURES in sys.modules:
            sys.modules[FIGURES].show()

    def failure(self, error, running):
        """Return what to send of an exception: frames from the cell on, and where it was."""
        exception = traceback.TracebackException.from_exception(error)
        parts = [exception]
        while parts:  # the frames above the cell are this file's
            part = parts.pop()
            inside = [k for k, frame in enumerate(part.stack) if frame.filename in self.sources]
            if inside:
                part.stack[: inside[0]] = []
            part.stack[:] = [f for f in part.stack if f.filename != __file__]
            parts += [p for p in (part.__cause__, part.__context__) if p is not None]
        places = [(f.filename, f.lineno) for f in exception.stack if f.filename in self.sources]
        if isinstance(error, SyntaxError) and error.filename in self.sources:
            exception.stack[:] = []
            places.append((error.filename, error.lineno))
        text = "".join(exception.format()).rstrip()
        if len(text) > MOST_TRACEBACK:
            half = MOST_TRACEBACK // 2
            text = f"{text[:half]}\n…\n{text[-half:]}"
        message = {"kind": "error", "text": text + hint(error, running)}
        if places:
            file, line = places[-1]
            number = int(file.split()[1].rstrip(","))
            if self.latest[number] == file:  # or else the line stands there no more
                message |= {"cell": number, "line": line}
        return message


def hint(error, number):
    """Return what a reader may want to know of an error in a cell; nothing, as a rule."""
    if isinstance(error, ModuleNotFoundError) and sys.platform == "emscripten":
        return "\n" + say(
            "(Live cells have the packages that the book uses, and no others. "
            "In Binder, or on your own computer, you can install what you like.)"
        )
    if isinstance(error, SyntaxError) and (error.text or "").lstrip().startswith(("%", "!")):
        return "\n" + say("(This is a command of IPython. Live cells understand Python only.)")
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and number > 1:
        return "\n" + say('(If a cell above defines this name, press "Run all above" first.)')
    if isinstance(error, SyntaxError) and "?" in (error.text or ""):
        return "\n" + say(
            "(A question such as `net?` stands on a line of its own; `help(net)` is Python.)"
        )
    return ""


def no_input(prompt=""):
    """Say that there is no keyboard input."""
    raise RuntimeError(say("a live cell cannot ask for input: write the value into the cell"))


def start(send):
    """Return a kernel whose figures matplotlib shows; matplotlib itself is not imported."""
    global current
    os.environ["MPLBACKEND"] = f"module://{FIGURES}"
    current = Kernel(send)
    return current


# In a browser


def interruptible(sleep, step=0.1):
    """Return a function that sleeps in steps, between which Python looks for interruptions."""

    @functools.wraps(sleep)
    def sleep_in_steps(seconds):
        end = time.monotonic() + seconds
        while end - time.monotonic() > step:
            sleep(step)
        sleep(min(seconds, max(0, end - time.monotonic())))

    return sleep_in_steps


def find_packages(read, packages, site):
    """Let imports find the packages that are still on the server, and prepare some of them.

    Parameters
    ----------
    read : callable
        Takes the name of a package's file and returns its bytes.
    packages : dict
        The packages, as Pyodide's lock lists them.
    site : str
        The folder into which they are unpacked.
    """
    finders = [WheelFinder(packages, read, site), AbsentFinder()]
    place = [getattr(finder, "__name__", "") for finder in sys.meta_path].index("PathFinder") + 1
    sys.meta_path[place:place] = finders
    prepared = {
        "numpy": loops.install,
        "backprop._products": loops.install_product,
        "tqdm": stop_monitor,
    }
    for name, act in prepared.items():
        if name in sys.modules:
            act(sys.modules[name])
        else:
            sys.meta_path.insert(0, ImportWatch(name, act))


def start_in_page(send, read, packages, home, site):
    """Return a kernel for a page; its worker calls this (web/live/worker.js).

    Parameters
    ----------
    send : callable
        Is given every message as JSON.
    read : callable
        Takes the name of a package's file and returns its bytes, as JavaScript has them.
    packages : dict
        The packages, as Pyodide's lock lists them.
    home : str
        The folder in which cells run.
    site : str
        The folder into which packages are unpacked.
    """
    os.environ["OMP_NUM_THREADS"] = "1"
    os.chdir(home)
    builtins.input = no_input
    time.sleep = interruptible(time.sleep)
    # The interruption of a task that a cell began comes up in the loop, for which it is an error.
    asyncio.get_event_loop()._keyboard_interrupt_handler = lambda: None
    find_packages(lambda name: read(name).to_bytes(), packages, site)
    kernel = start(lambda message: send(json.dumps(message)))
    signal.signal(signal.SIGINT, kernel.interrupt)
    return kernel
