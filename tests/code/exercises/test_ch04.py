"""The checkers of chapter 4: placeholder, typical wrong answers, solutions."""

import math

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0, 0, 0), "placeholder"),
        (3, "Three whole numbers"),
        (("a", 1, 2), "Three whole numbers"),
        ((3.7, 5, 5), "Three whole numbers"),
        ((4, 5, 5), "sign in front of z is free"),
        ((6, 5, 5), "does not take 6"),
        ((3, 4, 5), "written twice"),
        ((3, 6, 5), "a square is one"),
        ((3, 9, 5), "does not take 9"),
        ((3, 5, 2), "together"),
        ((3, 5, 8), "computed once"),
        ((3, 5, 6), "do not take 6"),
    ],
)
def test_count_by_hand_refuses(answer, hint):
    said = check("count-by-hand", answer)
    assert not said
    assert hint in said


def test_count_by_hand_accepts():
    assert check("count-by-hand", (3, 5, 5))


def halved(x):
    a = x**2
    b = np.exp(a)
    d = np.sqrt(a + b)
    return d, x * (1 + b) / d


def with_two_roots(x):
    a = x**2
    b = np.exp(a)
    return np.sqrt(a + b), x * (1 + b) / np.sqrt(a + b)


def written_out(x):
    value = np.sqrt(x**2 + np.exp(x**2))
    return value, x * (1 + np.exp(x**2)) / value


def with_twos(x):
    a = x**2
    b = np.exp(a)
    d = np.sqrt(a + b)
    return d, 2 * x * (1 + b) / (2 * d)


def converted(x):
    return halved(x.value) if hasattr(x, "value") else halved(x)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x: halved(x)[0], "should return two things"),
        (lambda x: halved(x)[::-1], "wrong order"),
        (lambda x: (halved(x)[0] + 1, halved(x)[1]), "For x = 0.6, f(x) should be"),
        (lambda x: (halved(x)[0], halved(x)[1] / 2), "half"),
        (lambda x: (halved(x)[0], halved(x)[1] + 1), "f(x) is right. For x = 0.6, f'(x) should be"),
        (written_out, "The exponential is computed twice"),
        (with_two_roots, "The root is computed twice"),
        (with_twos, "Seven are enough"),
        (converted, "do not convert"),
    ],
)
def test_halve_refuses(answer, hint):
    said = check("count-halve", answer)
    assert not said
    assert hint in said


def test_halve_accepts():
    assert check("count-halve", halved)


def product_and_gradient(x):
    n = len(x)
    before, after = [x[0]], [x[n - 1]]
    for i in range(1, n):
        before.append(before[-1] * x[i])
    for i in range(n - 2, 0, -1):
        after.insert(0, x[i] * after[0])
    inner = [before[i - 1] * after[i] for i in range(1, n - 1)]
    return before[-1], np.array([after[0], *inner, before[n - 2]])


def by_division(x):
    product = np.prod(x)
    return product, np.array([product / factor for factor in x])


def by_division_of_floats(x):
    product = math.prod(float(factor) for factor in x)
    return product, np.array([product / float(factor) for factor in x])


def one_by_one(x):
    return np.prod(x), np.array([np.prod(np.delete(x, i)) for i in range(len(x))])


def with_needless_products(x):
    value, slopes = product_and_gradient(x)
    for _ in range(3):
        value = value * x[0] / x[0] if x[0] != 0 else value
    return value, slopes


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x: product_and_gradient(x)[1], "should return two things"),
        (lambda x: (product_and_gradient(x)[0] + 1, None), "did you forget to compute it?"),
        (lambda x: (np.prod(x), np.ones(2)), "should have shape (3,)"),
        (lambda x: (np.prod(x), product_and_gradient(x)[1][::-1]), "reverse order"),
        (lambda x: (np.prod(x), 2 * product_and_gradient(x)[1]), "The product is right. For x ="),
        (by_division, "divide by none of them"),
        (by_division_of_floats, "ZeroDivisionError"),
        (one_by_one, "grow with the square"),
        (with_needless_products, "are enough"),
        (lambda x: product_and_gradient(np.array([getattr(z, "value", z) for z in x])), "convert"),
    ],
)
def test_product_refuses(answer, hint):
    said = check("count-product", answer)
    assert not said
    assert hint in said


def test_product_accepts():
    assert check("count-product", product_and_gradient)


def layers(
    there=lambda m, k: k * (2 * m + 1), back=lambda m, k: k * (3 + m), collect=None, first=2
):
    """Return an answer that counts by these, where hidden layers (m, k) collect adjoints."""
    collect = collect or (lambda m, k: m * (2 * k - 1))

    def answer(widths):
        pairs = list(zip(widths, widths[1:], strict=False))
        adjoints = sum(collect(*pair) for pair in pairs[first - 1 :])
        return sum(there(*p) for p in pairs), sum(back(*p) for p in pairs) + adjoints

    return answer


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (layers(there=lambda m, k: k * (2 * m - 1)), "bias's sum and the tanh are missing"),
        (layers(there=lambda m, k: k * (2 * m)), "it adds its bias, and calls"),
        (layers(there=lambda m, k: k * (m + 1)), "In the outputs the sums are missing"),
        (layers(there=lambda m, k: k * (m + 2)), "only one sum for each neuron"),
        (layers(first=1), "no adjoints of the inputs"),
        (layers(collect=lambda m, k: m * k), "k - 1 sums are missing"),
        (layers(collect=lambda m, k: 2 * m * k), "k - 1 sums, not k"),
        (layers(back=lambda m, k: 3 * k), "take a product each"),
        (layers(collect=lambda m, k: 0), "adjoints of hidden neurons are missing"),
        (layers(back=lambda m, k: k * (2 + m)), "product with what comes back is a third"),
        (layers(back=lambda m, k: k * m), "are missing"),
        (layers(back=lambda m, k: k * (4 + m)), "for no operation"),
        (lambda w: (layers()(w)[0], sum(layers()(w))), "both ways; the way back alone"),
        (lambda w: layers()(w)[::-1], "in the wrong order"),
        (lambda w: layers()(w)[0], "two things"),
        (lambda w: (layers()(w)[0], 7), "number for the outputs is right"),
    ],
)
def test_layers_hints(answer, hint):
    said = check("count-layers", answer)
    assert not said
    assert hint in said


def test_layers_accepts():
    assert check("count-layers", layers())
