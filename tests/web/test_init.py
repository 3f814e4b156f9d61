"""The site's one Sphinx extension sets up every part of the site, once."""

import ast
from importlib import import_module
from unittest.mock import Mock

import pytest

import web


def test_every_module_with_a_setup_is_listed_once():
    modules = []
    for path in (web.ROOT / "web").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "setup" for node in tree.body):
            modules.append(".".join(path.relative_to(web.ROOT / "web").with_suffix("").parts))
    modules.remove("__init__")
    assert sorted(web.EXTENSIONS) == sorted(modules)


def test_setup_calls_every_part_in_order(monkeypatch):
    calls = []
    for name in web.EXTENSIONS:
        module = import_module(f"web.{name}")
        monkeypatch.setattr(module, "setup", lambda app, name=name: calls.append((name, app)))
    app = Mock()
    metadata = web.setup(app)
    assert calls == [(name, app) for name in web.EXTENSIONS]
    assert metadata["parallel_read_safe"]
    assert metadata["parallel_write_safe"]


@pytest.mark.parametrize("number", [1, 2])
def test_thread_settings(number):
    settings = web.thread_settings(number)
    assert set(settings) == {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert set(settings.values()) == {str(number)}
