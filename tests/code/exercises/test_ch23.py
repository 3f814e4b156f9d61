"""The checkers of chapter 23: typical wrong answers, right ones in other styles."""

import numpy as np
import pytest
from backprop import Adam, Constant, Scheduled
from backprop.checks import check

# AdamW for one weight


def by_the_package(theta, gradients, eta, lam, rho, rho2):
    rule, path = Adam(eta, rho, rho2), []
    for g in gradients:
        theta = theta - float(rule.update_change(np.array(float(g)))) - eta * lam * theta
        path.append(theta)
    return path


def adam(
    theta, gradients, eta, lam, rho, rho2, step=lambda w, d, c: (1 - d) * w - c, penalty=False,
    corrected=True, inside=False,
):  # fmt: skip
    m, s, path = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        g = g + lam * theta if penalty else g
        m, s = rho * m + (1 - rho) * g, rho2 * s + (1 - rho2) * g * g
        m_hat, s_hat = (m / (1 - rho**t), s / (1 - rho2**t)) if corrected else (m, s)
        root = np.sqrt(s_hat + 1e-8) if inside else np.sqrt(s_hat) + 1e-8
        theta = step(theta, eta * lam, eta * m_hat / root)
        path.append(theta)
    return path


def wrong(**how):
    return lambda theta, gradients, eta, lam, rho, rho2: adam(
        theta, gradients, eta, lam, rho, rho2, **how
    )


def no_rate(theta, gradients, eta, lam, rho, rho2):
    step = lambda w, d, c: (1 - lam) * w - c  # noqa: E731
    return adam(theta, gradients, eta, lam, rho, rho2, step)


def divided(theta, gradients, eta, lam, rho, rho2):
    s, path = 0.0, []
    plain = np.diff([0.0, *adam(0.0, gradients, eta, 0.0, rho, rho2)])
    for t, (g, change) in enumerate(zip(gradients, plain, strict=True), start=1):
        s = rho2 * s + (1 - rho2) * g * g
        root = np.sqrt(s / (1 - rho2**t)) + 1e-8
        theta = theta - eta * lam * theta / root + change
        path.append(theta)
    return path


def first_weight(theta, gradients, eta, lam, rho, rho2):
    step = lambda w, d, c: w - d * theta - c  # noqa: E731
    return adam(theta, gradients, eta, lam, rho, rho2, step)


def changes_alone(theta, gradients, eta, lam, rho, rho2):
    path = [theta, *adam(theta, gradients, eta, lam, rho, rho2)]
    return [old - new for old, new in zip(path, path[1:], strict=False)]


def with_the_start(theta, gradients, eta, lam, rho, rho2):
    return [theta, *adam(theta, gradients, eta, lam, rho, rho2)]


def a_step_late(theta, gradients, eta, lam, rho, rho2):
    return with_the_start(theta, gradients, eta, lam, rho, rho2)[:-1]


@pytest.mark.parametrize("answer", [by_the_package, adam])
def test_right_paths(answer):
    assert check("adamw", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (wrong(penalty=True, step=lambda w, d, c: w - c), "This is the penalty"),
        (no_rate, "shrinks by 1 - λ"),
        (wrong(step=lambda w, d, c: (1 - d) * (w - c)), "sees the change already"),
        (divided, "should not be divided"),
        (wrong(step=lambda w, d, c: (1 + d) * w - c), "sign of the decay"),
        (wrong(step=lambda w, d, c: (1 - d) * w + c), "change is subtracted"),
        (wrong(step=lambda w, d, c: w - c), "this is Adam"),
        (wrong(corrected=False), "corrected for their start"),
        (wrong(inside=True), "outside the root"),
        (first_weight, "not the first weight"),
        (changes_alone, "not the changes"),
        (a_step_late, "after the first update"),
        (with_the_start, "should"),
        (lambda *a: adam(*a)[-1], "single number"),
    ],
)
def test_wrong_paths(answer, hint):
    said = check("adamw", answer)
    assert not said
    assert hint in said


# The inverse root


def by_the_branch(t, d, w):
    return (1 / np.sqrt(t) if t > w else t / w**1.5) / np.sqrt(d)


def by_the_peak(t, d, w):
    warm = Scheduled(Constant(1.0), w)
    return (w * d) ** -0.5 * (warm.factor(t) if t <= w else (w / t) ** 0.5)


@pytest.mark.parametrize("answer", [by_the_branch, by_the_peak])
def test_right_rates(answer):
    assert check("inverse-root-rate", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda t, d, w: max(t**-0.5, t * w**-1.5) * d**-0.5, "should be the smaller"),
        (lambda t, d, w: min(t**-0.5, t * w**-1.5), "1/√d is missing"),
        (lambda t, d, w: min(t**-0.5, t * w**-1.5) / d, "not 1/d"),
        (lambda t, d, w: min(t**-0.5, t * w**-1.5) * d**0.5, "yours multiplies"),
        (lambda t, d, w: t * w**-1.5 * d**-0.5, "warm-up alone"),
        (lambda t, d, w: (d * t) ** -0.5, "fall alone"),
        (lambda t, d, w: min(t**-0.5, t / w) * d**-0.5, "t/(w √w)"),
        (lambda t, d, w: min(t**-0.5, t * w**-0.5) * d**-0.5, "t/(w √w)"),
        (lambda t, d, w: min(t**-0.5, t / w**2) * d**-0.5, "t/(w √w)"),
        (
            lambda t, d, w: (t * w**-1.5 if t <= w else (t - w) ** -0.5) * d**-0.5,
            "counted from the first",
        ),
        (lambda t, d, w: min(1 / t, t * w**-1.5) * d**-0.5, "not like 1/t"),
        (lambda t, d, w: 0.0, "should"),
    ],
)
def test_wrong_rates(answer, hint):
    said = check("inverse-root-rate", answer)
    assert not said
    assert hint in said
