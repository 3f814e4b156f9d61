"""The valley: the path of a scheduler on a quadratic cost of two parameters (chapter 10).

The first state of the explorable ``valley``, its numbers by the schedulers, and its still.
"""

from __future__ import annotations

import numpy as np

from ..exercises.words import say
from ..schedulers import EPSILON, Adagrad, AdagradMomentum, Adam, Momentum, RMS_prop
from ._limits import one_of, several, within

FLATTEST = 1.0  # curvature along the floor
FAR = 1e9  # a path that is farther away has diverged, and is followed no longer
STEPS = (25, 50, 100, 400)

RULES = {
    "Momentum": lambda s: Momentum(s["eta"], s["momentum"]),
    "Adagrad": lambda s: Adagrad(s["eta"]),
    "AdagradMomentum": lambda s: AdagradMomentum(s["eta"], s["momentum"]),
    "RMS_prop": lambda s: RMS_prop(s["eta"], s["rho"]),
    "Adam": lambda s: Adam(s["eta"], s["rho"], s["rho2"]),
}


def state(
    rule="Momentum",
    eta=0.03,
    momentum=0.8,
    rho=0.9,
    rho2=0.999,
    steepest=25,
    turn=0,
    start=(-4.0, 1.0),
    steps=50,
) -> dict:
    """Return the first state; by default it is the run with momentum of chapter 10.

    Parameters
    ----------
    rule : str
        The class of the scheduler: "Momentum", "Adagrad", "AdagradMomentum", "RMS_prop" or "Adam".
    eta : float
        The learning rate, from 0.001 to 2.
    momentum, rho : float
        The scheduler's arguments of these names, from 0 to 0.99.
    rho2 : float
        Another of them, from 0 to 0.999.
    steepest : float
        The curvature across the valley, from 1 to 100; that along it is 1.
    turn : {0, 45}
        By how many degrees the valley is turned clockwise.
    start : sequence of float
        The two parameters at the start, between -5 and 5.
    steps : {25, 50, 100, 400}
        How many steps are taken.
    """
    return {
        "rule": one_of("rule", rule, RULES),
        "eta": within("eta", eta, 0.001, 2),
        "momentum": within("momentum", momentum, 0, 0.99),
        "rho": within("rho", rho, 0, 0.99),
        "rho2": within("rho2", rho2, 0, 0.999),
        "steepest": within("steepest", steepest, 1, 100),
        "turn": one_of("turn", turn, (0, 45)),
        "start": several("start", start, 2, -5, 5),
        "steps": one_of("steps", steps, STEPS),
    }


def hessian(state: dict) -> np.ndarray:
    """Return the Hessian, shape (2, 2): curvatures 1 and ``steepest``, perhaps turned by 45°."""
    mean, half = (FLATTEST + state["steepest"]) / 2, (state["steepest"] - FLATTEST) / 2
    if state["turn"]:
        return np.array([[mean, half], [half, mean]])
    return np.diag([FLATTEST, state["steepest"]])


def values(state: dict) -> dict:
    """Return the path, the cost on it, and the roots or the rates.

    Returns
    -------
    dict
        ``path``, a pair of parameters at the start and after each step, and ``costs`` there; both
        end where the path has diverged.  For momentum, ``roots``: along the floor and across it,
        two roots of r² - (1 + mu - eta λ) r + mu, as real and imaginary part; ``limit`` of eta,
        and ``factor``, the size of the largest root.  For the other rules ``rates``: by how much
        the gradient of either coordinate was multiplied in each step (momentum left aside).
    """
    scheduler, H = RULES[state["rule"]](state), hessian(state)
    theta = np.array(state["start"])
    path, rates = [theta], []
    while len(path) <= state["steps"] and np.abs(theta).max() < FAR:
        gradient = H[:, 0] * theta[0] + H[:, 1] * theta[1]  # rounded alike on every machine
        theta = theta - scheduler.update_change(gradient)
        path.append(theta)
        if state["rule"] != "Momentum":
            rates.append((state["eta"] / (np.sqrt(_squares(scheduler)) + EPSILON)).tolist())
    path = np.array(path)
    costs = np.einsum("ti,ij,tj->t", path, H, path) / 2
    result = {"path": path.tolist(), "costs": costs.tolist()}
    if state["rule"] != "Momentum":
        return result | {"rates": rates}
    pairs = np.array([_roots(state, curvature) for curvature in (FLATTEST, state["steepest"])])
    limit = 2 * (1 + state["momentum"]) / state["steepest"]
    roots = np.stack([pairs.real, pairs.imag], axis=-1).tolist()
    return result | {"roots": roots, "limit": limit, "factor": float(np.abs(pairs).max())}


def _roots(state, curvature):
    """Return the larger root first, and that with the positive imaginary part."""
    middle = (1 + state["momentum"] - state["eta"] * curvature) / 2
    root = np.sqrt(complex(middle**2 - state["momentum"]))
    return (
        (middle + root, middle - root)
        if middle >= 0 or root.imag
        else (middle - root, middle + root)
    )


def _squares(scheduler):
    """Return the squares by whose root an adaptive scheduler divides."""
    memory = scheduler.memory
    if isinstance(scheduler, Adam):  # what it keeps is the published mean over 1 - rho2
        rho2 = scheduler.rho2
        return memory["s"] * (1 - rho2) / (1 - rho2**scheduler.n_updates)
    return memory["s"] if isinstance(scheduler, RMS_prop) else memory["G"]


def draw(state: dict):
    """Draw the path, the roots or the rates, and the cost."""
    import matplotlib.pyplot as plt

    shown = values(state)
    fig = plt.figure(figsize=(6.4, 5.6))
    grid = fig.add_gridspec(2, 2, height_ratios=(1.5, 1))
    _draw_path(fig.add_subplot(grid[0, :]), state, shown)
    draw_second = _draw_roots if "roots" in shown else _draw_rates
    draw_second(fig.add_subplot(grid[1, 0]), state, shown)
    ax = fig.add_subplot(grid[1, 1])
    ax.semilogy(np.maximum(shown["costs"], 1e-10))
    ax.set(xlabel=say("step"), ylabel=say("cost"))
    return fig


def _draw_path(ax, state, shown):
    x, y = np.meshgrid(np.linspace(-5.2, 5.2, 261), np.linspace(-3.9, 3.9, 196))
    H = hessian(state)
    cost = (H[0, 0] * x**2 + 2 * H[0, 1] * x * y + H[1, 1] * y**2) / 2
    ax.contour(x, y, cost, (0.5, 2, 5, 10, 18, 40, 80), colors="0.7", linewidths=0.8)
    ax.plot(*np.array(shown["path"]).T, "o-", ms=3, lw=1.2)
    ax.plot(0, 0, "x", color="black", ms=9, zorder=4)
    ax.set(xlim=(-5.2, 5.2), ylim=(-3.9, 3.9), aspect="equal")
    ax.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")


def _draw_roots(ax, state, shown):
    around = np.linspace(0, 2 * np.pi, 201)
    for radius, style in ((1, "-"), (np.sqrt(state["momentum"]), ":")):
        ax.plot(radius * np.cos(around), radius * np.sin(around), style, color="black", lw=1)
    names = r"$\lambda_{\min}$", r"$\lambda_{\max}$"
    for pair, marker, name in zip(shown["roots"], "o^", names, strict=True):
        ax.plot(*np.array(pair).T, marker, label=name)
    ax.set(xlabel=say("real part"), ylabel=say("imaginary part"), aspect="equal")
    ax.set(xlim=(-1.4, 1.4), ylim=(-1.17, 1.17))
    ax.legend(fontsize=8, loc="center")


def _draw_rates(ax, state, shown):
    pairs = zip(np.array(shown["rates"]).T, ("-", "--"), ("1", "2"), strict=True)
    for rates, style, name in pairs:
        ax.semilogy(np.arange(1, rates.size + 1), rates, style, label=rf"$\theta_{name}$")
    for curvature, style in ((FLATTEST, "-."), (state["steepest"], ":")):
        ax.axhline(2 / curvature, color="black", lw=1, ls=style)
    ax.set(xlabel=say("step"), ylabel=say("rate of a coordinate"))
    ax.legend(fontsize=8)


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    rule = str(rng.choice(list(RULES)))
    largest = 0.2 if rule == "Adam" else 2  # overshooting, it makes rounding errors larger
    return {
        "rule": rule,
        "eta": float(np.exp(rng.uniform(np.log(0.001), np.log(largest)))),
        "momentum": float(rng.uniform(0, 0.99)),
        "rho": float(rng.uniform(0, 0.99)),
        "rho2": float(rng.uniform(0.5, 0.999)),
        "steepest": float(rng.uniform(1, 100)),
        "turn": int(rng.choice((0, 45))),
        "start": rng.uniform(-4, 4, 2).tolist(),
        "steps": int(rng.choice(STEPS)),
    }
