"""The kernel of live cells shows what a notebook would show."""

import base64
import hashlib
import importlib
import struct
import sys
import time
import zipfile

import pytest


def stream(text, name="stdout"):
    return {"kind": "stream", "name": name, "text": text}


def value(text):
    return {"kind": "display", "data": {"text/plain": text}}


@pytest.mark.parametrize(
    ("code", "sent"),
    [
        ("2 + 2", [value("4")]),
        ("x = 2", []),
        ("None", []),
        ("print('a')\n3", [stream("a\n"), value("3")]),
        ("display(1, 'b')", [value("1"), value("'b'")]),
        ("1\n2", [value("2")]),
        ("", []),
        ("# nothing", []),
        ("import asyncio\nawait asyncio.sleep(0)\n5", [value("5")]),
    ],
)
def test_what_a_cell_shows(cells, code, sent):
    assert cells.run(code) == (True, sent)


@pytest.mark.parametrize(
    ("code", "hides"),
    [
        ("1;", True),
        ("1 ;  ", True),
        ("1;  # a comment", True),
        ("1;\n# a comment; and another\n", True),
        ("x = 3; x;", True),
        ("';'", False),
        ("'a;'  # ;", False),
        ("f'{1};'", False),
        ("(1,\n 2)", False),
        ('"""a\n;"""', False),
    ],
)
def test_a_semicolon_hides_a_value_as_in_ipython(cells, code, hides):
    from IPython.core.displayhook import DisplayHook

    assert DisplayHook.semicolon_at_end_of_expression(code) == hides
    cells.run("'before'")
    good, sent = cells.run(code)
    assert good
    assert [m["kind"] for m in sent] == ([] if hides else ["display"])
    assert (cells.kernel.main._ == "before") == hides


def test_what_is_printed_before_a_semicolon_is_shown(cells):
    assert cells.run("print(1);") == (True, [stream("1\n")])


@pytest.mark.parametrize("question", ["f?", "?f", "f ?", "f?;", "?? f", "f??"])
def test_a_question_is_answered(cells, question):
    cells.run('def f(a, b=2):\n    """Return nothing."""')
    good, sent = cells.run(f"x = 1\n{question}\nx")
    assert good
    text = "".join(m.get("text", "") for m in sent)
    assert "Signature: f(a, b=2)" in text
    assert "Return nothing." in text
    assert ("def f(a, b=2):" in text) == ("??" in question)
    assert sent[-1] == value("1")


def test_a_question_about_a_network_its_method_and_a_builtin(cells):
    cells.run("from backprop import FFNN, RELU, softmax, CostCrossEntropy")
    cells.run("net = FFNN((2, 3, 2), RELU, softmax, CostCrossEntropy, seed=1)")
    assert "Type: FFNN" in cells.run("net?")[1][0]["text"]
    assert "Signature: fit(" in cells.run("net.fit?")[1][0]["text"]
    assert "Signature: len(" in cells.run("len?")[1][0]["text"]
    assert cells.run("nothing.at.all?")[1] == [stream("Object `nothing.at.all` not found.\n")]


def test_a_question_mark_in_python_stays_what_it_is(cells):
    assert cells.run('x = """\nnet?\n"""\nx') == (True, [value(repr("\nnet?\n"))])
    good, (error,) = cells.run("print(len?)")
    assert not good
    assert "line of its own" in error["text"]


def test_a_wrong_line_beside_a_question_is_shown_as_it_was_typed(cells):
    good, (error,) = cells.run("len?\ny = (")
    assert not good
    assert error["line"] == 2


def test_names_live_on_and_the_last_value_is_kept(cells):
    cells.run("x = 20\nx + 1")
    assert cells.run("x + _") == (True, [value("41")])


def test_the_two_streams_are_told_apart_and_in_order(cells):
    code = "import sys\nprint('a', file=sys.stderr)\n1"
    assert cells.run(code) == (True, [stream("a\n", "stderr"), value("1")])


def test_what_is_printed_before_an_error_is_shown(cells):
    good, sent = cells.run("print('a', end='')\n1 / 0")
    assert not good
    assert sent[0] == stream("a")
    assert sent[1]["kind"] == "error"


def test_a_traceback_begins_in_the_cell_and_points_to_lines(cells):
    cells.run("def f():\n    return 1 / 0", 4)
    good, (error,) = cells.run("\nf()", 5)
    assert not good
    lines = error["text"].splitlines()
    assert lines[1:3] == ['  File "cell 5", line 2, in <module>', "    f()"]
    assert '  File "cell 4", line 2, in f' in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "kernel.py" not in error["text"]
    assert (error["cell"], error["line"]) == (4, 2)


def test_a_function_of_a_cell_since_edited_shows_its_own_lines(cells):
    cells.run("def f():\n    raise ValueError('old')")
    cells.run("y = 1\n# another\n# text")
    _, (error,) = cells.run("f()", 2)
    assert "raise ValueError('old')" in error["text"]


def test_a_chain_of_exceptions_is_shown_without_the_kernel(cells):
    _, (error,) = cells.run(
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError(1) from e"
    )
    assert "direct cause" in error["text"]
    assert "kernel.py" not in error["text"]
    assert error["line"] == 4


def test_a_syntax_error_points_to_its_line(cells):
    _, (error,) = cells.run("x = 1\ny = (", 3)
    assert (error["cell"], error["line"]) == (3, 2)
    assert error["text"].startswith('  File "cell 3", line 2')


@pytest.mark.parametrize("exception", ["SystemExit", "KeyboardInterrupt"])
def test_nothing_that_a_cell_raises_ends_the_kernel(cells, exception):
    assert not cells.run(f"raise {exception}")[0]
    assert cells.run("1") == (True, [value("1")])


def test_source_code_and_pickles_of_cells_work(cells):
    cells.run("def f(x):\n    return x\nclass A:\n    pass")
    assert cells.run("import inspect\nprint(inspect.getsource(f), end='')")[1] == [
        stream("def f(x):\n    return x\n")
    ]
    assert cells.run("import pickle\ntype(pickle.loads(pickle.dumps(A()))) is A")[1] == [
        value("True")
    ]


def test_the_main_module_of_the_surroundings_comes_back(cells):
    before = sys.modules["__main__"]
    cells.run("1 / 0")
    assert sys.modules["__main__"] is before


def test_rich_values_are_sent_in_all_their_forms(cells):
    code = (
        "class A:\n    def _repr_html_(self): return '<b>'\n    def __repr__(self): return 'A'\nA()"
    )
    assert cells.run(code)[1][0]["data"] == {"text/plain": "A", "text/html": "<b>"}
    assert set(cells.run("A")[1][0]["data"]) == {"text/plain"}
    (shown,) = cells.run("import sympy\nsympy.sqrt(sympy.Symbol('x'))")[1]
    assert shown["data"]["text/latex"] == r"$\displaystyle \sqrt{x}$"


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("HTML('<b>a</b>')", {"text/html": "<b>a</b>"}),
        ("Latex('$x$')", {"text/latex": "$x$"}),
        ("Math('x')", {"text/latex": r"$\displaystyle x$"}),
        ("SVG('<svg/>')", {"image/svg+xml": "<svg/>"}),
        ("Image(b'png')", {"image/png": "cG5n"}),
        ("Markdown('*a*')", {"text/plain": "*a*"}),
        ("display(1)", {"text/plain": "1"}),
    ],
)
def test_what_notebooks_use_of_ipython_is_shown(cells, code, data):
    good, (sent,) = cells.run(f"from web.live.display import *\n{code}")
    assert good
    assert sent["data"] | data == sent["data"]


def test_output_can_be_cleared(cells):
    sent = cells.run("from web.live.display import clear_output\nprint(1)\nclear_output()\n2")[1]
    assert sent == [stream("1\n"), {"kind": "clear"}, value("2")]


def test_a_long_list_takes_several_lines(cells):
    (shown,) = cells.run("list(range(100, 160))")[1]
    assert shown["data"]["text/plain"].startswith("[100,\n 101,")


@pytest.mark.parametrize("end", ["plt.show()", ""])
def test_figures_are_shown_once_and_closed(cells, end):
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    before = mpl.get_backend()
    try:
        plt.switch_backend("module://web.live.figures")
        code = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(4, 3), dpi=100)\n"
        good, sent = cells.run(f"{code}_ = ax.plot([1, 2])\n{end}")
        assert good
        (shown,) = sent
        assert shown["data"]["text/plain"] == "<Figure size 400x300 with 1 Axes>"
        width, height = struct.unpack(">II", base64.b64decode(shown["data"]["image/png"])[16:24])
        assert 300 < width < 420
        assert 200 < height < 320
        assert not plt.get_fignums()
    finally:
        plt.switch_backend(before)


def test_a_cell_that_asks_for_input_is_told_what_to_do(cells):
    good, (error,) = cells.run("x = 1\ny = input('?')", 2)
    assert not good
    assert "write the value into the cell" in error["text"]
    assert (error["cell"], error["line"]) == (2, 2)
    assert "kernel.py" not in error["text"]


def test_output_without_end_is_cut_and_it_is_said_once(cells):
    from web.live import kernel

    for code in ("for _ in range(10**6):\n    print(1)", "print('x' * 10**7)", "'x' * 10**7"):
        good, sent = cells.run(code)
        assert good
        assert sum(len(m.get("text", "")) for m in sent) < 1.1 * kernel.MOST_TEXT
        assert [m["kind"] for m in sent].count("notice") == 1
    good, sent = cells.run(f"for k in range({kernel.MOST_VALUES} + 9):\n    display(k)")
    assert [m["kind"] for m in sent].count("display") == kernel.MOST_VALUES
    assert [m["kind"] for m in sent].count("notice") == 1
    assert cells.run("print(1)") == (True, [stream("1\n")])


def test_a_value_too_large_to_show_is_shown_as_text(cells):
    code = "class A:\n    def _repr_html_(self): return 'x' * 10**8\n"
    code += "    def __repr__(self): return 'A'\nA()"
    shown, notice = cells.run(code)[1]
    assert shown == value("A")
    assert notice["kind"] == "notice"


def test_a_message_of_an_error_is_shortened(cells):
    good, (error,) = cells.run("raise ValueError('x' * 10**6)")
    assert not good
    assert len(error["text"]) < 30_000


def test_what_is_printed_first_comes_first(cells):
    code = "import sys\nfor k in range(30):\n    print(k)\n    print(k, file=sys.stderr)"
    sent = cells.run(code)[1]
    assert "".join(m["text"] for m in sent).split() == [str(k // 2) for k in range(60)]


def test_lines_are_sent_when_they_are_printed_and_parts_of_lines_soon(cells):
    def stamped(code):
        times = []
        cells.kernel.send.send = lambda message: times.append(time.monotonic())
        start = time.monotonic()
        cells.run(code)
        return [moment - start for moment in times]

    code = "import time\nprint(1)\nprint(2)\ntime.sleep(0.5)\n"
    assert max(stamped(code)) < 0.4
    code = "import time\nfor k in range(6):\n    print('.', end='')\n    time.sleep(0.1)"
    assert len(stamped(code)) > 1


def test_an_old_version_of_a_cell_marks_no_line_in_the_new_one(cells):
    cells.run("def f():\n    1 / 0", 1)
    cells.run("x = 2", 1)
    (error,) = cells.run("f()", 2)[1]
    assert "line" not in error
    assert '"cell 1", line 2' in error["text"]


def test_commands_of_ipython_are_named(cells):
    (error,) = cells.run("%timeit 1")[1]
    assert "command of IPython" in error["text"]


def test_a_package_that_is_not_there_is_explained_in_a_browser(cells, monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    (error,) = cells.run("import surely_absent")[1]
    assert "packages that the book uses" in error["text"]


@pytest.mark.parametrize(("platform", "count"), [("emscripten", 1), ("linux", 0)])
def test_what_a_browser_does_otherwise_is_remarked(cells, monkeypatch, platform, count):
    monkeypatch.setattr(sys, "platform", platform)
    good, sent = cells.run('import numpy as np\nwith np.errstate(over="raise"):\n    pass')
    assert good
    assert [message["kind"] for message in sent] == ["notice"] * count


def test_an_absent_package_can_be_imported_and_says_why_it_cannot_be_used(cells, monkeypatch):
    from web.live import kernel

    monkeypatch.setitem(kernel.ABSENT, "absentpackage", "not here")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, kernel.AbsentFinder()])
    assert cells.run("from absentpackage.deep import Client") == (True, [])
    assert cells.run("Client(2)") == (True, [{"kind": "notice", "text": "not here"}])


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import numpy as np, scipy.stats", {"numpy", "scipy"}),
        ("def f():\n    import sympy", {"sympy"}),
        ("from backprop import FFNN", {"backprop", "numpy"}),
        ("from backprop.plotting import use_style", {"backprop", "numpy", "matplotlib"}),
        ("from backprop.estimators import FFNNClassifier", {"backprop", "numpy", "sklearn"}),
        ("import sympy\nsympy?", {"sympy"}),
        ("x = (", set()),
    ],
)
def test_what_a_cell_needs(code, modules):
    from web.live.kernel import dependencies

    libraries = {"numpy", "scipy", "sympy", "matplotlib", "sklearn", "autograd", "backprop"}
    assert set(dependencies(code)) & libraries == modules


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """Return a finder that has one wheel, and the wheel."""
    from web.live.kernel import WheelFinder

    wheel = tmp_path / "madeup-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as members:
        members.writestr("madeup/__init__.py", "x = 7\n")
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    packages = {
        "madeup": {
            "file_name": wheel.name,
            "imports": ["madeup"],
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        }
    }
    finder = WheelFinder(packages, lambda name: (tmp_path / name).read_bytes(), str(site))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    yield wheel
    sys.modules.pop("madeup", None)


def test_a_wheel_is_unpacked_when_its_module_is_imported(wheels):
    assert importlib.import_module("madeup").x == 7


def test_a_damaged_wheel_is_refused(wheels):
    wheels.write_bytes(wheels.read_bytes() + b"?")
    with pytest.raises(ImportError, match="damaged"):
        importlib.import_module("madeup")


@pytest.mark.parametrize(
    ("code", "number", "offered"),
    [
        ("undefined + 1", 2, True),
        ("def f():\n    return undefined\nf()", 3, True),
        ("undefined + 1", 1, False),  # nothing is above
        ("def f():\n    x += 1\nf()", 2, False),
        ("{}['undefined']", 2, False),
    ],
)
def test_where_a_name_is_missing_the_cells_above_are_offered(cells, code, number, offered):
    good, sent = cells.run(code, number)
    assert not good
    assert ("Run all above" in sent[-1]["text"]) == offered


def test_a_module_is_prepared_once_when_it_has_been_imported(tmp_path, monkeypatch):
    from web.live.kernel import ImportWatch

    (tmp_path / "imported_later.py").write_text("value = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = []
    watch = ImportWatch("imported_later", lambda module: seen.append(module.value))
    monkeypatch.setattr(sys, "meta_path", [watch, *sys.meta_path])
    assert watch.find_spec("another") is None
    module = importlib.import_module("imported_later")
    assert importlib.import_module("imported_later") is module
    assert seen == [1]
    assert watch not in sys.meta_path
    del sys.modules["imported_later"]
    absent = ImportWatch("absent_module", seen.append)
    sys.meta_path.insert(0, absent)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("absent_module")
    assert seen == [1]


def test_a_module_of_a_wheel_is_prepared_too(wheels, monkeypatch):
    from web.live.kernel import ImportWatch

    seen = []
    monkeypatch.setattr(
        sys, "meta_path", [ImportWatch("madeup", lambda m: seen.append(m.x)), *sys.meta_path]
    )
    importlib.import_module("madeup")
    assert seen == [7]


def test_numpy_and_tqdm_are_prepared_wherever_they_come_from(tmp_path, monkeypatch):
    from web.live import kernel, loops

    prepared = []
    importlib.import_module("backprop")
    monkeypatch.setattr(loops, "install", prepared.append)
    monkeypatch.setattr(loops, "install_product", prepared.append)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    kernel.find_packages(None, {}, str(tmp_path))
    assert prepared == [sys.modules["numpy"], sys.modules["backprop._products"]]
    tqdm = importlib.import_module("tqdm")
    assert tqdm.tqdm.monitor_interval == 0
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 10)
    kernel.find_packages(None, {}, str(tmp_path))
    assert tqdm.tqdm.monitor_interval == 0


AWAITING = """\
import asyncio, functools
from web.live import kernel
asyncio.get_running_loop().call_later(0.01, {})
await asyncio.sleep(60)
"""


@pytest.mark.parametrize(
    "stop", ["kernel.current.cancel", "functools.partial(kernel.current.interrupt, 2, None)"]
)
def test_a_cell_that_awaits_is_stopped(cells, stop):
    good, sent = cells.run(AWAITING.format(stop))
    assert not good
    assert sent[-1]["kind"] == "error"
    assert sent[-1]["text"].endswith("KeyboardInterrupt")
    assert sent[-1]["line"] == 4
    assert cells.run("asyncio.__name__") == (True, [value("'asyncio'")])


def test_an_interruption_in_a_cell_s_own_code_is_raised_there(cells):
    code = "import sys\nfrom web.live import kernel\nkernel.current.interrupt(2, sys._getframe())"
    good, sent = cells.run(code)
    assert not good
    assert sent[-1]["text"].endswith("KeyboardInterrupt")
    assert sent[-1]["line"] == 3


def test_what_a_cell_itself_cancels_is_not_taken_for_a_stop(cells):
    good, sent = cells.run("import asyncio\nraise asyncio.CancelledError")
    assert not good
    assert "CancelledError" in sent[-1]["text"]
    assert "KeyboardInterrupt" not in sent[-1]["text"]


def test_to_stop_when_nothing_runs_does_nothing(cells):
    cells.run("1")
    cells.kernel.cancel()
    cells.kernel.interrupt(2, None)
    assert cells.run("2") == (True, [value("2")])


def test_sleeping_in_steps_takes_as_long(monkeypatch):
    from web.live import kernel

    now, steps = [5.0], []

    def sleep(seconds):
        steps.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(kernel.time, "monotonic", lambda: now[0])
    kernel.interruptible(sleep)(0.35)
    assert now[0] == pytest.approx(5.35)
    assert max(steps) == 0.1
    with pytest.raises(ValueError, match="negative"):
        kernel.interruptible(time.sleep)(-1)
