"""Chapter 3: the chain rule, evaluated on functions that no cell of the chapter uses.

Every derivative is a complex step; a total one goes through the composed function, a
partial one moves a single argument of the function itself.
"""

import numpy as np
import pytest

H = 1e-30


def step(function, at, which):
    """Differentiate by one argument, by a complex step."""
    point = [complex(value) for value in at]
    point[which] += 1j * H
    return np.imag(function(*point)) / H


@pytest.mark.equation("eq-chain-one", how="complex step through the composed function")
def test_one_variable(printed):
    def u(x):
        return x**2 + np.exp(x)

    def f(u):
        return np.log(u) * u

    def d(above, below):
        pair = above.name + below.name
        return {
            "fx": lambda: step(lambda x: f(u(x)), [0.6], 0),
            "fu": lambda: step(f, [u(0.6)], 0),
            "ux": lambda: step(u, [0.6], 0),
        }[pair]()

    printed.holds({"d": d})


def surface(x, y):
    return x**2 * y + np.exp(x * y) - 3 * y


def path(t):
    return np.sin(t) + 2, t**3 - t


def total_environment():
    t = 0.8
    x, y = path(t)

    def d(above, below):
        assert below.name == "t"
        chain = {
            "f": lambda t: surface(*path(t)),
            "x": lambda t: path(t)[0],
            "y": lambda t: path(t)[1],
        }
        return step(chain[above.name], [t], 0)

    def partial(above, below):
        assert above.name == "f"
        return step(surface, [x, y], "xy".index(below.name))

    return {"d": d, "partial": partial}


@pytest.mark.equation("eq-chain-total", how="complex step along the path")
def test_total_derivative(printed):
    printed.holds(total_environment())


@pytest.mark.equation("eq-chain-row-column", how="complex step along the path")
def test_row_times_column(printed):
    printed.holds(total_environment())


@pytest.mark.equation("eq-chain-direct", how="complex step, for a gas in a balloon")
def test_direct_and_indirect(printed):
    def p(T, V):
        return 8.314 * T / V

    def V(T):
        return 0.02 + 1e-4 * T**0.5

    def d(above, below):
        assert below.name == "T"
        return step({"p": lambda T: p(T, V(T)), "V": V}[above.name], [290.0], 0)

    def partial(above, below):
        assert above.name == "p"
        return step(p, [290.0, V(290.0)], "TV".index(below.name))

    printed.holds({"d": d, "partial": partial})


def two_environment():
    s, t = 0.7, -1.1

    def coordinates(s, t):
        return s * t + s**2, np.cos(s) - t

    x, y = coordinates(s, t)

    def partial(above, below):
        if below.name in "xy":
            assert above.name == "f"
            return step(surface, [x, y], "xy".index(below.name))
        chain = {
            "f": lambda s, t: surface(*coordinates(s, t)),
            "x": lambda s, t: coordinates(s, t)[0],
            "y": lambda s, t: coordinates(s, t)[1],
        }
        return step(chain[above.name], [s, t], "st".index(below.name))

    return {"partial": partial}


@pytest.mark.equation("eq-chain-s", how="complex step through the composed function")
def test_first_of_two(printed):
    printed.holds(two_environment())


@pytest.mark.equation("eq-chain-t", how="complex step through the composed function")
def test_second_of_two(printed):
    printed.holds(two_environment())


@pytest.mark.equation("eq-chain-jacobian", how="complex step through the composed function")
def test_row_times_jacobian(printed):
    printed.holds(two_environment())


@pytest.mark.equation("def-chain-counterexample", how="polar coordinates, which need no cases")
def test_counterexample(printed):
    def f(x, y):
        r, angle = np.hypot(x, y), np.arctan2(y, x)
        return r * np.cos(angle) ** 2 * np.sin(angle)

    # On the axes, at the origin, close to it and on all sides of it.
    printed.holds({"f": f}, x=[-2.0, -0.4, 0.0, 0.3, 1.5], y=[-1.7, -0.5, 0.0, 0.2, 2.5])


Q, M, P = 2, 3, 4


def x_of_t(t):
    return np.array([t[0] ** 2 * t[1], np.exp(t[1] - t[0]), np.sin(t[0] * t[1])])


def f_of_x(x):
    return np.array([x[0] * x[1], np.cos(x[2]), x[0] - x[2] ** 3, np.exp(x[1]) * x[2]])


def jacobian(function, at):
    """Return the Jacobian by complex steps: first index the function, second the variable."""
    columns = [np.imag(function(at + 1j * H * e)) / H for e in np.eye(len(at))]
    return np.stack(columns, axis=1)


T0 = np.array([0.9, -0.4])
JACOBIANS = {
    "ft": jacobian(lambda t: f_of_x(x_of_t(t)), T0),
    "fx": jacobian(f_of_x, x_of_t(T0)),
    "xt": jacobian(x_of_t, T0),
}


@pytest.mark.equation("eq-chain-index", how="complex step, for all indices of a 2-3-4 chain")
def test_any_number_index_form(printed):
    def partial(above, below):
        return JACOBIANS[above.name + below.name][above.lower[0] - 1, below.lower[0] - 1]

    printed.holds({"partial": partial, "m": M}, i=range(1, P + 1), k=range(1, Q + 1))


@pytest.mark.equation("eq-chain-matrix", how="complex step, for a 2-3-4 chain")
def test_any_number_matrix_form(printed):
    printed.holds({"partial": lambda above, below: JACOBIANS[above.name + below.name]})


@pytest.mark.equation("eq-chain-transpose", how="complex step through the whole chain")
def test_transposed(printed):
    def cost(x):
        return x[0] * x[1] - 2 * x[2] ** 2 + np.exp(x[0])

    columns = {
        "t": jacobian(lambda t: np.array([cost(x_of_t(t))]), T0).T,
        "x": jacobian(lambda x: np.array([cost(x)]), x_of_t(T0)).T,
    }
    env = {
        "partial": lambda above, below: JACOBIANS[above.name + below.name],
        "C": 0.0,  # only its name is needed
        "nabla_t": lambda _: columns["t"],
        "nabla_x": lambda _: columns["x"],
    }
    printed.holds(env)
