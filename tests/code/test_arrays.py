"""Checks of what users pass in: each message says what was given."""

import re

import numpy as np
import pytest
from backprop import FFNN, Dropout, sigmoid
from backprop._arrays import is_finite
from backprop.datasets import gate, load_mnist
from backprop.estimators import FFNNRegressor

X, T = np.random.default_rng(0).normal(size=(6, 3)), np.random.default_rng(1).normal(size=(6, 2))


LONG = "n" * 58  # 60 characters with the quotation marks


@pytest.mark.parametrize(
    ("call", "given"),
    [
        (lambda: Dropout(0.5).forward(X, training=True, rng=7), "7 (int)"),
        (lambda: gate("nor or so"), "'nor or so' (str)"),
        (lambda: load_mnist(3), "3 (int)"),
        (lambda: FFNNRegressor(hidden=2.5).fit(X, T), "2.5 (float)"),
        (lambda: sigmoid("a"), "'a' (str)"),
        (lambda: FFNN((3, LONG)), f"'{LONG}' (str)"),
        (lambda: FFNN((3, LONG + "n")), f"'{LONG[2:]}... (str)"),
    ],
)
def test_the_message_says_what_was_given(call, given):
    with pytest.raises((TypeError, ValueError), match=f"not {re.escape(given)}$"):
        call()


def test_a_large_array_of_either_sign_is_finite_and_warns_of_nothing():
    assert is_finite(np.array([1e300, -1e300, 1e200]))
    assert not is_finite(np.array([1e300, np.inf, -np.inf, np.nan]))
