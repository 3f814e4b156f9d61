"""Notebooks are run again with every kernel, every number of threads and every level of NumPy."""

import itertools
import os
import subprocess
import sys

from tools import reproduce


def test_every_kernel_thread_count_and_level_has_its_turn():
    levels = [(), ("X86_V4",), ("X86_V3", "X86_V4")]
    runs = list(itertools.islice(reproduce.settings(["Haswell", "SkylakeX"], levels), 12))
    assert {(s.kernel, s.threads) for s in runs[:4]} == set(
        itertools.product(["Haswell", "SkylakeX"], [1, 2])
    )
    assert len({(s.kernel, s.threads, s.without) for s in runs}) == 12
    for threads in (1, 2):  # a level does not go with a number of threads
        mixed = itertools.islice(reproduce.settings(["Haswell"], levels[:2]), 8)
        assert {s.without for s in mixed if s.threads == threads} == set(levels[:2])


def test_levels_are_those_that_numpy_takes():
    levels = reproduce.numpy_levels()
    assert levels[0] == ()
    code = (
        "import numpy; print(*numpy.show_config(mode='dicts')['SIMD Extensions'].get('found', []))"
    )
    for level in levels:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(level)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert not set(level) & set(done.stdout.split())
    assert done.stdout.split() == []  # the last does without all of them


def test_the_variables_of_a_setting(tmp_path):
    setting = reproduce.Setting("Haswell", 2, ("X86_V3", "X86_V4"))
    environment = setting.environment(tmp_path)
    assert environment["OPENBLAS_CORETYPE"] == "Haswell"
    assert environment["OPENBLAS_NUM_THREADS"] == "2"
    assert environment["NPY_DISABLE_CPU_FEATURES"] == "X86_V3 X86_V4"
    assert str(setting) == "Haswell, 2 threads, NumPy without X86_V3 X86_V4"
