"""Chapter 10: limits of the learning rate, the rules, their simple cases, noise."""

import functools
from itertools import combinations, product

import numpy as np
import pytest
from backprop import FFNN, Adagrad, AdagradMomentum, Adam, Constant, Momentum, RMS_prop
from backprop.activations import tanh
from labelled import of_the_page
from printed import Family
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

RNG = np.random.default_rng(10)
RNG_RULES = np.random.default_rng(1986)
ETA = 0.07


def says(printed, env):
    """Tell whether the printed relation is true of these numbers."""
    try:
        printed.holds(env)
    except AssertionError:
        return False
    return True


# Quadratics


@pytest.mark.equation("eq-gd-factor", how="the loop of gradient descent on a parabola")
def test_factor(printed):
    for curvature in (0.8, 4.0, -3.0):
        errors = [1.3]
        for _ in range(6):
            slope = curvature * errors[-1]
            errors.append(errors[-1] - ETA * slope)
        env = {"eta": ETA, "lambda": curvature, "e": Family(lambda t, e=errors: e[t], sub=1)}
        printed.holds(env, t=range(1, 7))


class Line:
    """A linear model with the mean squared error, and its second derivatives."""

    n, p = 7, 3

    def __init__(self):
        self.X = RNG.normal(size=(self.n, self.p))
        self.y = RNG.normal(size=self.n)

    def cost(self, theta):
        rows = zip(self.X, self.y, strict=True)
        return sum((y - sum(x * np.ravel(theta))) ** 2 for x, y in rows) / self.n

    def second(self):
        """Return the Hessian from differences of the cost, exact for a quadratic."""
        e, zero = np.eye(self.p), np.zeros(self.p)
        return np.array(
            [
                [self.cost(a + b) - self.cost(a) - self.cost(b) + self.cost(zero) for b in e]
                for a in e
            ]
        )


@pytest.mark.equation("eq-gd-hessian", how="second differences of the cost")
def test_hessian(printed):
    line = Line()
    printed.holds({"H": line.second(), "n": line.n, "X": line.X})


@pytest.mark.equation("eq-gd-quadratic", how="the cost summed sample by sample")
def test_quadratic(printed):
    line = Line()
    lowest = np.linalg.lstsq(line.X, line.y, rcond=None)[0][:, None]
    for theta in RNG.normal(size=(4, line.p, 1)):
        env = {"C": line.cost, "H": line.second(), "theta": theta, r"theta^\ast": lowest}
        printed.holds(env)


@pytest.mark.equation("eq-gd-modes", how="gradient descent by a loop, projected on eigenvectors")
def test_modes(printed):
    root = RNG.normal(size=(3, 3))
    H = root @ root.T
    curvatures, u = np.linalg.eigh(H)
    theta, lowest = RNG.normal(size=(2, 3))
    errors = []
    for _ in range(6):
        errors.append(theta - lowest)
        theta = theta - ETA * np.array([sum(row * (theta - lowest)) for row in H])
    env = {
        "eta": ETA,
        "lambda": Family(lambda i: curvatures[i - 1], sub=1),
        "c": Family(lambda i, t: u[:, i - 1] @ errors[t], sub=2),
    }
    printed.holds(env, i=range(1, 4), t=range(6))


def dies_out(eta, curvatures, share=0.0):
    """Tell whether the error along each curvature dies out, by trying."""
    for curvature in curvatures:
        before, now = 1.0, 1.0
        for _ in range(4000):
            before, now = now, now - eta * curvature * now + share * (now - before)
            if abs(now) > 1e6:
                return False
        if abs(now) > 1e-3:
            return False
    return True


@pytest.mark.equation("eq-gd-limit", how="descent from below and from above the limit")
def test_limit(printed):
    for curvatures in ([0.7, 2.0, 5.0], [1.0, 8.0], [3.0, 0.4]):
        env = {r"lambda_\max": max(curvatures)}
        answers = set()
        for eta in np.geomspace(0.1, 2.0, 60):
            answers.add(dies_out(eta, curvatures))
            assert says(printed, {**env, "eta": eta}) == dies_out(eta, curvatures)
        assert answers == {True, False}


@pytest.mark.equation("def-gd-condition", how="NumPy's condition number of a Hessian")
def test_condition(printed):
    for _ in range(3):
        H = Line().second()
        curvatures = np.linalg.eigvalsh(H)
        env = {r"lambda_\max": max(curvatures), r"lambda_\min": min(curvatures)}
        printed.holds({**env, "kappa": np.linalg.cond(H)})


@pytest.mark.equation("def-gd-slowest", how="an update by the package along every direction")
def test_slowest(printed):
    H = Line().second()
    curvatures, directions = np.linalg.eigh(H)

    def largest_factor(eta):
        change = Constant(eta).update_change(H @ directions)
        return np.linalg.norm(directions - change, axis=0).max()

    # Below the best rate the flattest direction decides, above it the steepest; at the last
    # rate the error grows.
    for share in (0.4, 0.9, 1.02, 2.5):
        env = {
            "eta": share * 2 / (max(curvatures) + min(curvatures)),
            "q": largest_factor,
            "max_i": np.max,
            "i": np.arange(1, Line.p + 1),  # all values, of which the maximum is taken
            "lambda": Family(lambda i: curvatures[i - 1], sub=1),
        }
        printed.holds(env)


def slowest(eta, curvatures):
    """Return the factor of the slowest direction, measured in one step from 1."""
    return max(abs(1.0 - eta * curvature) for curvature in curvatures)


def best_rate(curvatures):
    minimum = minimize_scalar(
        slowest, bounds=(1e-6, 2 / max(curvatures)), args=(curvatures,), method="bounded",
        options={"xatol": 1e-12},
    )  # fmt: skip
    return minimum.x, minimum.fun


SPECTRA = ([1.0, 3.0, 6.5], [0.5, 0.6, 0.8], [2.0, 50.0])


@pytest.mark.equation("eq-gd-best", how="numerical minimisation of the slowest factor")
def test_best(printed):
    for curvatures in SPECTRA:
        env = {r"lambda_\max": max(curvatures), r"lambda_\min": min(curvatures)}
        printed.holds({**env, r"eta^\ast": best_rate(curvatures)[0]}, rtol=1e-5)


@pytest.mark.equation("eq-gd-rate", how="numerical minimisation of the slowest factor")
def test_rate(printed):
    for curvatures in SPECTRA:
        env = {"kappa": max(curvatures) / min(curvatures), r"q^\ast": best_rate(curvatures)[1]}
        printed.holds(env, rtol=1e-5)


# The example, and the rules as the package follows them


def climbed(gradient, theta):
    """Return the cost at a place: the gradient, added up on the straight way from zero."""
    return quad(lambda share: sum(gradient(share * theta) * theta), 0.0, 1.0)[0]


def holds_for_cost(printed, name):
    """Evaluate a cost of two parameters at several places; the page's code has its gradient."""
    gradient = of_the_page(printed.document, name, np=np)
    for theta in RNG_RULES.normal(size=(5, 2)):
        env = {"theta": theta, "theta_1": theta[0], "theta_2": theta[1]}
        printed.holds({**env, "C": lambda place: climbed(gradient, place)})


@pytest.mark.equation("def-gd-example", how="the chapter's gradient, integrated from the minimum")
def test_example(printed):
    holds_for_cost(printed, "example")


STEPS = 8
# Epsilon is fixed in the package.  The third parameter has gradients so small that it counts.
GRADIENTS = RNG_RULES.normal(size=(STEPS, 3)) * (1.0, 30.0, 2e-8)
EPSILON = 1e-8  # as the chapter says
MU, RHO, RHO_2 = 0.6, 0.7, 0.85


def follow(scheduler):
    """Return the changes for the gradients and, by name, the states, a row for each t from 0."""
    changes, states = [np.zeros(3)], {}
    for g in GRADIENTS:
        changes.append(scheduler.update_change(g))
        for name, values in scheduler.memory.items():
            states.setdefault(name, [np.zeros(3)]).append(values.copy())
    return np.array(changes), {name: np.array(rows) for name, rows in states.items()}


def running_mean(values, share):
    """Return a mean in which the past fades, from t = 0 on."""
    means = [np.zeros(3)]
    for value in values:
        means.append(share * means[-1] + (1 - share) * value)
    return np.array(means)


def holds_at_every_step(printed, numbers, **series):
    """Evaluate a rule for every parameter and update; a series has a row for each t."""
    series["g"] = np.vstack([np.full(3, np.nan), GRADIENTS])  # there is no gradient 0
    for k in range(3):
        env = {
            name: Family(lambda t, column=rows[:, k]: column[t], sub=1)
            for name, rows in series.items()
        }
        printed.holds({**env, **numbers}, atol=0.0, t=range(1, STEPS + 1))


@pytest.mark.equation("def-sched-constant", how="the changes of the package's scheduler")
def test_constant_rule(printed):
    changes, _ = follow(Constant(ETA))
    holds_at_every_step(printed, {"eta": ETA}, Delta=changes)


@pytest.mark.equation("def-sched-momentum", how="the changes of the package's scheduler")
def test_momentum_rule(printed):
    changes, _ = follow(Momentum(ETA, MU))
    holds_at_every_step(printed, {"eta": ETA, "mu": MU}, Delta=changes)


@pytest.mark.equation("def-sched-squares", how="the memory of the package's two schedulers")
def test_sum_of_squares(printed):
    for scheduler in (Adagrad(ETA), AdagradMomentum(ETA, MU)):
        _, states = follow(scheduler)
        holds_at_every_step(printed, {}, G=states["G"])


@pytest.mark.equation("def-sched-adagrad", how="changes and memory of the package's scheduler")
def test_adagrad_rule(printed):
    changes, states = follow(Adagrad(ETA))
    holds_at_every_step(printed, {"eta": ETA, "varepsilon": EPSILON}, Delta=changes, G=states["G"])


@pytest.mark.equation(
    "def-sched-adagrad-momentum", how="changes and memory of the package's scheduler"
)
def test_adagrad_momentum_rule(printed):
    changes, states = follow(AdagradMomentum(ETA, MU))
    numbers = {"eta": ETA, "mu": MU, "varepsilon": EPSILON}
    holds_at_every_step(printed, numbers, Delta=changes, G=states["G"])


@pytest.mark.equation("def-sched-mean-square", how="the memory of the package's RMSprop")
def test_mean_square(printed):
    _, states = follow(RMS_prop(ETA, RHO))
    holds_at_every_step(printed, {"rho": RHO}, s=states["s"])


@pytest.mark.equation("def-sched-rmsprop", how="changes and memory of the package's scheduler")
def test_rmsprop_rule(printed):
    changes, states = follow(RMS_prop(ETA, RHO))
    holds_at_every_step(printed, {"eta": ETA, "varepsilon": EPSILON}, Delta=changes, s=states["s"])


@pytest.mark.equation("def-sched-mean", how="the package's Adam, with and without a mean")
def test_mean(printed):
    # Adam's memory is the mean up to a factor.  So the mean is taken from the changes: those
    # of two Adams with the same squares are to each other as the corrected mean to g.
    (changes, _), (others, _) = follow(Adam(ETA, RHO, RHO_2)), follow(Adam(ETA, 0.0, RHO_2))
    corrections = 1 - RHO ** np.arange(1, STEPS + 1)[:, None]
    means = np.vstack([np.zeros(3), corrections * GRADIENTS * changes[1:] / others[1:]])
    holds_at_every_step(printed, {"rho": RHO}, m=means)


@pytest.mark.equation("def-sched-adam", how="the changes of the package, the means step by step")
def test_adam_rule(printed):
    changes, _ = follow(Adam(ETA, RHO, RHO_2))
    holds_at_every_step(
        printed,
        {"eta": ETA, "rho": RHO, "rho_2": RHO_2, "varepsilon": EPSILON},
        Delta=changes,
        m=running_mean(GRADIENTS, RHO),
        s=running_mean(GRADIENTS**2, RHO_2),
    )


# Momentum


def with_velocity(gradients, eta, share):
    """Return the changes of momentum, by its recursion."""
    changes, velocity = [], 0.0
    for g in gradients:
        velocity = share * velocity + eta * g
        changes.append(velocity)
    return changes


@pytest.mark.equation("eq-gd-momentum-sum", how="the recursion, step by step")
def test_momentum_sum(printed):
    gradients = RNG.normal(size=8)
    changes = with_velocity(gradients, ETA, 0.6)
    env = {
        "eta": ETA,
        "mu": 0.6,
        "g": Family(lambda i: gradients[i - 1], sub=1),
        "Delta": Family(lambda t: changes[t - 1], sub=1),
    }
    printed.holds(env, t=range(1, 9))


@pytest.mark.equation("eq-gd-heavy-ball", how="the recursion with a velocity, step by step")
def test_heavy_ball(printed):
    gradients = RNG.normal(size=8)
    places = 0.4 - np.cumsum([0.0, 0.0, *with_velocity(gradients, ETA, 0.6)])
    env = {
        "eta": ETA,
        "mu": 0.6,
        "g": Family(lambda t: gradients[t - 1], sub=1),
        "theta": Family(lambda t: places[t + 1], sub=1),  # from theta_{-1} = theta_0 on
    }
    printed.holds(env, t=range(1, 9))


@pytest.mark.equation("eq-gd-momentum-constant", how="the recursion, step by step")
def test_momentum_constant(printed):
    for g, share in ((2.5, 0.6), (-0.3, 0.9)):
        changes = with_velocity([g] * 9, ETA, share)
        env = {"eta": ETA, "mu": share, "g": g}
        env["Delta"] = Family(lambda t, c=changes: c[t - 1], sub=1)
        printed.holds(env, t=range(1, 10))


@pytest.mark.equation("eq-gd-momentum-limit", how="a thousand steps of the recursion")
def test_momentum_limit(printed):
    for g, share in ((2.5, 0.6), (-0.3, 0.9)):
        last = with_velocity([g] * 1000, ETA, share)[-1]
        printed.holds({"eta": ETA, "mu": share, "g": g, r"Delta_\infty": last})


@pytest.mark.equation("eq-gd-momentum-modes", how="the recursion with a velocity on a parabola")
def test_momentum_modes(printed):
    for curvature, share in ((4.0, 0.5), (11.0, 0.8), (-2.0, 0.7)):
        errors, velocity = [1.0], 0.3
        for _ in range(7):
            velocity = share * velocity + ETA * curvature * errors[-1]
            errors.append(errors[-1] - velocity)
        env = {"eta": ETA, "lambda": curvature, "mu": share}
        env["e"] = Family(lambda t, e=errors: e[t], sub=1)
        printed.holds(env, t=range(1, 7))


@pytest.mark.equation("eq-gd-momentum-stable", how="descent from below and from above the limit")
def test_momentum_stable(printed):
    for curvatures, share in (([0.7, 2.0, 5.0], 0.5), ([1.0, 8.0], 0.8), ([3.0, 0.4], 0.0)):
        answers = set()
        for eta in np.geomspace(0.1, 3.0, 60):
            answers.add(dies_out(eta, curvatures, share))
            env = {"eta": eta, "mu": share, r"lambda_\max": max(curvatures)}
            assert says(printed, env) == dies_out(eta, curvatures, share)
        assert answers == {True, False}


def long_run(eta, share, curvatures):
    """Return the factor per step in the long run: the largest eigenvalue of two steps as one."""
    sizes = []
    for curvature in curvatures:
        step = np.array([[1 + share - eta * curvature, -share], [1.0, 0.0]])
        sizes.append(np.abs(np.linalg.eigvals(step)).max())
    return max(sizes)


@functools.cache
def best_momentum(*curvatures):
    """Return the best learning rate and share, and the factor, by nested searches."""

    def best_eta(share):
        return minimize_scalar(
            long_run, bounds=(1e-6, 2 * (1 + share) / max(curvatures)), method="bounded",
            args=(share, curvatures), options={"xatol": 1e-11},
        )  # fmt: skip

    minimum = minimize_scalar(
        lambda share: best_eta(share).fun, bounds=(0.0, 0.999), method="bounded",
        options={"xatol": 1e-11},
    )  # fmt: skip
    return best_eta(minimum.x).x, minimum.x, minimum.fun


PAIRS = [[1.0, 5.0], [0.6, 12.0]]


@pytest.mark.equation("eq-gd-momentum-best", how="numerical search for the smallest factor")
def test_momentum_best(printed):
    for low, high in PAIRS:
        eta, _, _ = best_momentum(low, high)
        env = {r"lambda_\max": high, r"lambda_\min": low, r"eta^\ast": eta}
        printed.holds(env, rtol=1e-3)


@pytest.mark.equation("eq-gd-momentum-share", how="numerical search for the smallest factor")
def test_momentum_share(printed):
    for low, high in PAIRS:
        _, share, _ = best_momentum(low, high)
        printed.holds({"kappa": high / low, r"mu^\ast": share}, rtol=1e-3)


@pytest.mark.equation("eq-gd-momentum-rate", how="numerical search for the smallest factor")
def test_momentum_rate(printed):
    for low, high in PAIRS:
        _, _, factor = best_momentum(low, high)
        printed.holds({"kappa": high / low, r"q^\ast": factor}, rtol=1e-3)


# The adaptive rules, with a large epsilon so that its place is tested too


@pytest.mark.equation("eq-gd-adagrad-constant", how="the recursion, step by step")
def test_adagrad_constant(printed):
    epsilon = 0.3
    for g in (2.5, -0.4):
        squares, changes = 0.0, []
        for _ in range(9):
            squares += g**2
            changes.append(ETA * g / (np.sqrt(squares) + epsilon))
        env = {"eta": ETA, "g": g, "varepsilon": epsilon}
        env["Delta"] = Family(lambda t, c=changes: c[t - 1], sub=1)
        printed.holds(env, t=range(1, 10))


def adaptive(gradients, share, share_2, epsilon, corrected):
    """Return the changes of RMSprop, or with corrections those of Adam."""
    mean = square = 0.0
    changes = []
    for t, g in enumerate(gradients, start=1):
        mean = share * mean + (1 - share) * g
        square = share_2 * square + (1 - share_2) * g**2
        above, below = (g, square)
        if corrected:
            above, below = mean / (1 - share**t), square / (1 - share_2**t)
        changes.append(ETA * above / (np.sqrt(below) + epsilon))
    return changes


def holds_for_first_changes(printed, share, corrected, **symbols):
    """Evaluate the printed first change with two rows of gradients."""
    for gradients in ([2.5, -1.0, 0.7], [-0.4, 0.9, 3.0]):
        changes = adaptive(gradients, share, 0.8, 0.3, corrected=corrected)
        env = {
            "eta": ETA,
            "varepsilon": 0.3,
            "g": Family(lambda t, g=gradients: g[t - 1], sub=1),
            "Delta": Family(lambda t, c=changes: c[t - 1], sub=1),
            **symbols,
        }
        printed.holds(env)


@pytest.mark.equation("eq-gd-rmsprop-first", how="the recursion from zero")
def test_rmsprop_first(printed):
    holds_for_first_changes(printed, 0.0, corrected=False, rho=0.8)


@pytest.mark.equation("eq-gd-adam-first", how="the recursions from zero")
def test_adam_first(printed):
    holds_for_first_changes(printed, 0.7, corrected=True)


@pytest.mark.equation("eq-gd-mean-sum", how="the recursion, step by step")
def test_mean_sum(printed):
    gradients, share = RNG.normal(size=8), 0.8
    means = [0.0]
    for g in gradients:
        means.append(share * means[-1] + (1 - share) * g)
    env = {
        "rho": share,
        "g": Family(lambda i: gradients[i - 1], sub=1),
        "m": Family(lambda t: means[t], sub=1),
    }
    printed.holds(env, t=range(1, 9))


@pytest.mark.equation("eq-gd-bias", how="every sequence of draws from two gradients")
def test_bias(printed):
    values, share = np.array([1.5, -0.4]), 0.8

    def means(t):
        means = []
        for draws in product(values, repeat=t):
            mean = 0.0
            for g in draws:
                mean = share * mean + (1 - share) * g
            means.append(mean)
        return np.array(means)

    env = {"E": np.mean, "g": values, "m": Family(means, sub=1), "rho": share}
    printed.holds(env, t=range(1, 8))


# The saddle


@pytest.mark.equation("def-gd-saddle", how="the chapter's gradient, integrated from the saddle")
def test_saddle(printed):
    holds_for_cost(printed, "saddle")


@pytest.mark.equation("eq-gd-saddle-time", how="descent on a downward parabola, step by step")
def test_saddle_time(printed):
    curvature, errors = -1.7, [1e-3]
    for t in range(1, 30):
        errors.append(errors[-1] - ETA * curvature * errors[-1])
        env = {"eta": ETA, "gamma": -curvature, "d": errors[-1], "t": t}
        printed.holds({**env, "e": Family(lambda k: errors[k], sub=1)})


# Noise


class Samples:
    """A network of the package with samples: the gradients of all, of some, of single ones."""

    n = 7

    def __init__(self):
        self.net = FFNN((2, 3, 1), tanh, seed=3)
        self.X, self.y = RNG_RULES.normal(size=(self.n, 2)), RNG_RULES.normal(size=(self.n, 1))

    def gradient(self, *samples):
        rows = [s - 1 for s in samples]
        return self.net.gradient(self.X[rows], self.y[rows])


@pytest.mark.equation(
    "def-gd-batch", how="the package's gradients of a batch and of single samples"
)
def test_batch(printed):
    samples = Samples()
    for batch in ([5], [2, 7], [6, 1, 3, 4]):
        env = {
            "B": len(batch),
            "g_B": samples.gradient(*batch),
            "g": Family(samples.gradient, sub=1),
            r"sum s\in\mathcal{B}": lambda batch=batch: batch,
        }
        printed.holds(env)


@pytest.mark.equation("def-gd-noise", how="the package's gradients of single samples and of all")
def test_noise(printed):
    samples = Samples()
    every = range(1, samples.n + 1)
    single, mean = [samples.gradient(s) for s in every], samples.gradient(*every)
    for k, deviation in enumerate(np.std(single, axis=0)):
        env = {"n": samples.n, "nu": deviation, "bar g": mean[k]}
        printed.holds({**env, "g": Family(lambda s, k=k: single[s - 1][k], sub=1)})


SINGLE = RNG.normal(size=6)
NOISE = np.sqrt(np.mean((SINGLE - SINGLE.mean()) ** 2))


def dealt(B):
    return np.array([np.mean(batch) for batch in combinations(SINGLE, B)])


def drawn(B):
    return np.array([np.mean(batch) for batch in product(SINGLE, repeat=B)])


@pytest.mark.equation("eq-gd-batch-mean", how="every mini-batch, dealt or drawn")
def test_batch_mean(printed):
    for batches in (dealt, drawn):
        for B in (1, 2, 4):
            env = {"E": np.mean, "g_B": batches(B), "n": 6}
            printed.holds({**env, "g": Family(lambda s: SINGLE[s - 1], sub=1)})


@pytest.mark.equation("eq-gd-variance", how="every mini-batch with repetition")
def test_variance(printed):
    for B in (1, 2, 4):
        printed.holds({"Var": np.var, "g_B": drawn(B), "nu": NOISE, "B": B})


@pytest.mark.equation("eq-gd-variance-without", how="every mini-batch without repetition")
def test_variance_without(printed):
    for B in (1, 2, 4, 5):
        printed.holds({"Var": np.var, "g_B": dealt(B), "nu": NOISE, "B": B, "n": 6}, atol=1e-15)


def mean_squares(eta, curvature, noise, start, steps):
    """Return E[e_t^2] for noise from tosses of a coin, over all sequences of tosses."""
    errors = np.array([start])
    costs = [np.mean(errors**2)]
    for _ in range(steps):
        branches = [errors - eta * (curvature * errors + toss * noise) for toss in (1, -1)]
        errors = np.concatenate(branches)
        costs.append(np.mean(errors**2))
    return costs


@pytest.mark.equation("eq-gd-noise-step", how="every sequence of tosses of a coin")
def test_noise_step(printed):
    squares = mean_squares(0.3, 1.4, 0.8, 2.0, 6)
    env = {"eta": 0.3, "lambda": 1.4, "nu": 0.8, "V": Family(lambda t: squares[t], sub=1)}
    printed.holds(env, t=range(6))


@pytest.mark.equation("eq-gd-plateau", how="every sequence of tosses of a coin")
def test_plateau(printed):
    for eta, curvature, noise in ((0.5, 1.4, 0.8), (0.9, 0.8, 1.5)):
        last = mean_squares(eta, curvature, noise, 1.0, 16)[-1]
        env = {"eta": eta, "lambda": curvature, "nu": noise}
        printed.holds({**env, r"C_\infty": curvature / 2 * last}, rtol=1e-6)
