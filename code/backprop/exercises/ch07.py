"""Checkers of chapter 7: chains of neurons."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise


@exercise("chain-growth")
def chain_growth(function):
    """Check ``function(w)``: the largest abs(z) for which abs(w) times the slope is >= 1."""
    for weight in (8.0, -6.5, 40.0, 3.0, 4.0, -1.0):
        edge = float(np.squeeze(function(weight)))
        if np.isnan(edge):
            return (
                f"For w = {weight} your function returns NaN: the inverse hyperbolic cosine "
                "has no value below 1."
            )
        if abs(weight) <= 4:
            if abs(edge) > 1e-7:
                return (
                    f"For w = {weight} no z gives growth, since the slope is at most 1/4. "
                    f"The answer should be 0, not {edge:.4g}."
                )
            continue
        factor = abs(weight) / (2 + 2 * np.cosh(edge))
        if edge < 0:
            return "The largest |z| is asked for, so the answer should not be negative."
        if not np.isclose(factor, 1.0, rtol=1e-6):
            if weight < 0:
                return f"For w = {weight} the edge is wrong: it is the size of w that counts."
            side = "still" if factor > 1 else "already"
            return (
                f"For w = {weight} you say |z| = {edge:.4g}. There the factor |w| times the slope "
                f"is {factor:.4g}, {side} {'above' if factor > 1 else 'below'} 1."
            )
    return Answer("It grows like a logarithm of the weight.", right=True)


def _chain_reference(x, t, w, b, step=1e-20):
    """Return the two lists of derivatives, by complex steps."""

    def cost(parameters):
        weights, biases = np.split(parameters, 2)
        a = x
        for l, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
            z = weight * a + bias
            a = np.tanh(z) if l < len(weights) else z
        return (a - t) ** 2 / 2

    theta = np.concatenate([w, b]).astype(complex)
    steps = 1j * step * np.eye(len(theta))
    return np.split(np.array([cost(theta + h).imag for h in steps]) / step, 2)


def _chain_variants(x, t, w, b):
    """Yield typical wrong answers, each with the hint that fits it."""
    layers = len(w)
    a, z = [x], []
    for l in range(layers):
        z.append(w[l] * a[l] + b[l])
        a.append(np.tanh(z[l]) if l < layers - 1 else z[l])

    def backward(delta, factor):
        errors = [delta]
        for l in reversed(range(layers - 1)):
            errors.insert(0, factor(errors[0], l))
        return np.array(errors)

    def slope(l):
        return 1 - a[l + 1] ** 2

    error = a[-1] - t
    inputs = np.array(a[:-1])
    right = backward(error, lambda d, l: d * w[l + 1] * slope(l))
    yield "All signs are turned: the error of the output is a - t.", -right * inputs, -right
    yield (
        "There is a factor of 2 too many: the cost has a factor of 1/2.",
        2 * right * inputs,
        2 * right,
    )
    yield (
        (
            "The biases are right. A weight gets the error of its own neuron times what came in, "
            "a[l - 1], not times what goes out."
        ),
        right * np.array(a[1:]),
        right,
    )
    without = backward(error, lambda d, l: d * slope(l))
    yield (
        ("In the step backwards the weight between the two neurons is missing."),
        without * inputs,
        without,
    )
    own = backward(error, lambda d, l: d * w[l] * slope(l))
    yield (
        (
            "The step backwards to a neuron needs the weight that leads out of it, w_{l+1}, "
            "not the one that leads into it."
        ),
        own * inputs,
        own,
    )
    flat = backward(error, lambda d, l: d * w[l + 1])
    yield "In the step backwards the slope of tanh is missing.", flat * inputs, flat
    logistic = backward(error, lambda d, l: d * w[l + 1] * a[l + 1] * (1 - a[l + 1]))
    yield (
        "a (1 - a) is the slope of the sigmoid; that of tanh is 1 - a**2.",
        logistic * inputs,
        logistic,
    )
    curved = backward(error * (1 - a[-1] ** 2), lambda d, l: d * w[l + 1] * slope(l))
    yield "The output has the identity, whose slope is 1.", curved * inputs, curved
    before = backward(error, lambda d, l: d * w[l + 1] * (1 - a[l] ** 2))
    yield "The slope belongs to the neuron that receives the error.", before * inputs, before
    after = backward(error, lambda d, l: d * w[l + 1] * (1 - a[l + 2] ** 2))
    yield (
        "The slope belongs to the neuron that receives the error, not to the one it comes from.",
        after * inputs,
        after,
    )
    passed = backward(error, lambda d, l: d * a[l + 1] * slope(l))
    yield (
        "In the step backwards stands the weight between the two neurons, not the activation.",
        passed * inputs,
        passed,
    )


@exercise("chain-gradient")
def chain_gradient(function):
    """Check the gradient of a tanh chain: ``function(x, t, w, b)`` gives two lists."""
    rng = np.random.default_rng(45)
    for layers in (1, 2, 5):
        x, t = 0.8, -0.3
        w, b = rng.uniform(0.6, 1.4, (2, layers)) * rng.choice([-1, 1], (2, layers))
        answer = function(x, t, list(w), list(b))
        where = f"For a chain of length {layers}"
        try:
            dw, db = (np.array(part, dtype=float) for part in answer)
        except (TypeError, ValueError):
            return (
                "Your function should return two lists of numbers: by the weights, by the biases."
            )
        if dw.shape != (layers,) or db.shape != (layers,):
            return (
                f"{where} both lists should have {layers} number(s), but yours have the shapes "
                f"{dw.shape} and {db.shape}."
            )
        want_w, want_b = _chain_reference(x, t, w, b)

        def same(one, other, want_w=want_w, want_b=want_b):
            return np.allclose(one, want_w, rtol=1e-8) and np.allclose(other, want_b, rtol=1e-8)

        if same(dw, db):
            continue
        if same(dw[::-1], db[::-1]):
            return "The numbers are right, but in the wrong order: first layer first."
        if same(db, dw):
            return "The two lists are exchanged: first the weights, then the biases."
        for hint, wrong_w, wrong_b in _chain_variants(x, t, w, b):
            if np.allclose(dw, wrong_w) and np.allclose(db, wrong_b):
                return hint
        bad = np.flatnonzero(~(np.isclose(dw, want_w) & np.isclose(db, want_b)))
        last = int(bad[-1])
        place = "the last layer" if last == layers - 1 else f"layer {last + 1}, counted from 1"
        return (
            f"{where} the derivatives are wrong in {place} (as seen from the end): by the weight "
            f"{want_w[last]:.5f} is wanted, by the bias {want_b[last]:.5f}; you have "
            f"{dw[last]:.5f} and {db[last]:.5f}."
        )
    return Answer("One loop forwards and one back, for any number of layers.", right=True)


@exercise("chain-residual")
def chain_residual(function):
    """Check the derivative of a + sigmoid(w a + b) by a: ``function(w, z)``."""
    for w, a, b in ((0.7, 0.4, -0.2), (-3.0, 0.9, 1.1), (5.0, -0.3, 0.6)):

        def layer(a, w=w, b=b):
            return a + 1 / (1 + np.exp(-(w * a + b)))

        z = w * a + b
        got = float(np.squeeze(function(w, z)))
        want = layer(a + 1e-20j).imag / 1e-20
        if np.isclose(got, want, rtol=1e-8):
            continue
        slope = (want - 1) / w
        for hint, wrong in (
            (
                "This is the factor of an ordinary chain. What does the a_{l-1} in front add?",
                want - 1,
            ),
            ("The weight is missing: z depends on a_{l-1} through w.", 1 + slope),
            ("The weight belongs to the path through the neuron alone.", w * (1 + slope)),
        ):
            if np.isclose(got, wrong):
                return hint
        return (
            f"For w = {w} and z = {z:.2f} the derivative is {want:.5f}, but your function "
            f"returns {got:.5f}."
        )
    return Answer("The path around the neuron contributes 1, whatever the weight.", right=True)
