"""Schedulers: hand-worked sequences, the published rules, memory, bad arguments."""

import copy
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from backprop import (
    FFNN,
    Adagrad,
    AdagradMomentum,
    Adam,
    Constant,
    Momentum,
    RMS_prop,
    Scheduled,
    Scheduler,
)
from backprop.schedulers import EPSILON
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

EXAMPLES = {
    "Constant": lambda: Constant(eta=0.1),
    "Momentum": lambda: Momentum(eta=0.1, momentum=0.5),
    "Adagrad": lambda: Adagrad(eta=0.1),
    "AdagradMomentum": lambda: AdagradMomentum(eta=0.1, momentum=0.5),
    "RMS_prop": lambda: RMS_prop(eta=0.1, rho=0.75),
    "Adam": lambda: Adam(eta=0.1, rho=0.5, rho2=0.75),
}
EVERY = pytest.mark.parametrize("name", EXAMPLES)


def changes(scheduler, gradients):
    return [float(scheduler.update_change(np.array([g]))[0]) for g in gradients]


# Sequences worked by hand, for gradients that make all roots whole numbers


def test_constant():
    assert changes(Constant(0.5), [4.0, -2.0, 0.0]) == [2.0, -1.0, 0.0]


def test_momentum():
    # v: 2; 1 - 1 = 0; 0 + 4 = 4; 2 + 0 = 2
    assert changes(Momentum(0.5, 0.5), [4.0, -2.0, 8.0, 0.0]) == [2.0, 0.0, 4.0, 2.0]


def test_adagrad():
    # G: 9, 25, 169; so g / √G: 3/3, 4/5, -12/13
    assert changes(Adagrad(1.0), [3.0, 4.0, -12.0]) == pytest.approx([1, 0.8, -12 / 13], rel=1e-8)


def test_adagrad_with_momentum():
    # v: 1; 1/2 + 4/5; 13/20 - 12/13
    exact = [Fraction(1), Fraction(13, 10), Fraction(13, 20) - Fraction(12, 13)]
    result = changes(AdagradMomentum(1.0, 0.5), [3.0, 4.0, -12.0])
    assert result == pytest.approx([float(w) for w in exact], rel=1e-7)


def test_rms_prop():
    # rho = 3/4. s: 16/4 = 4; 3 + 52/4 = 16; 12 + 16/4 = 16. Changes g/√s.
    result = changes(RMS_prop(1.0, 0.75), [4.0, sqrt(52), -4.0])
    assert result == pytest.approx([2.0, sqrt(52) / 4, -1.0], rel=1e-8)


def test_adam():
    # rho = 1/2, rho2 = 3/4, g = 2, then -2.
    # t = 1: m = 1, s = 1, corrected 2 and 4: change 2/2.
    # t = 2: m = 1/2 - 1 = -1/2, s = 3/4 + 1 = 7/4; corrected (-1/2)/(3/4) = -2/3, (7/4)/(7/16) = 4.
    # t = 3, g = 0: m = -1/4, s = 21/16; corrected (-1/4)/(7/8) = -2/7, (21/16)/(37/64) = 84/37.
    result = changes(Adam(1.0, 0.5, 0.75), [2.0, -2.0, 0.0])
    assert result == pytest.approx([1.0, -1 / 3, -2 / 7 / sqrt(84 / 37)], rel=1e-8)


def test_constant_gradients():
    """What the rules come to when the gradient is the same at every step."""
    g, eta = 3.0, 0.1
    assert changes(Momentum(eta, 0.9), [g] * 300)[-1] == pytest.approx(10 * eta * g)
    assert changes(Adagrad(eta), [g] * 49)[-1] == pytest.approx(eta / 7)
    assert changes(RMS_prop(eta, 0.9), [g])[0] == pytest.approx(eta / sqrt(0.1))
    assert changes(RMS_prop(eta, 0.9), [g] * 300)[-1] == pytest.approx(eta)
    assert changes(Adam(eta, 0.9, 0.999), [g] * 50) == pytest.approx([eta] * 50)


# The published rules, number by number


def paper_rule(name, gradients, eta, a, b):
    """Yield the changes for one parameter, with the letters of the papers."""
    v = G = s = m = 0.0
    for t, g in enumerate(gradients, start=1):
        if name == "Constant":
            yield eta * g
        elif name == "Momentum":  # Polyak 1964
            v = a * v + eta * g
            yield v
        elif name == "Adagrad":  # Duchi, Hazan and Singer 2011
            G = G + g**2
            yield eta * g / (sqrt(G) + EPSILON)
        elif name == "AdagradMomentum":
            G = G + g**2
            v = a * v + eta * g / (sqrt(G) + EPSILON)
            yield v
        elif name == "RMS_prop":  # Hinton 2012, slide 29 of lecture 6
            s = a * s + (1 - a) * g**2
            yield eta * g / (sqrt(s) + EPSILON)
        elif name == "Adam":  # Kingma and Ba 2015, algorithm 1
            m = a * m + (1 - a) * g
            s = b * s + (1 - b) * g**2
            yield eta * (m / (1 - a**t)) / (sqrt(s / (1 - b**t)) + EPSILON)


def build(name, eta, a, b):
    arguments = {"Constant": (), "Adagrad": (), "Adam": (a, b)}.get(name, (a,))
    return {c.__name__: c for c in Scheduler.__subclasses__()}[name](eta, *arguments)


sizes = st.floats(-1e3, 1e3).map(lambda g: 0.0 if abs(g) < 1e-100 else g)


@EVERY
@given(
    gradients=hnp.arrays(
        np.float64, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=sizes
    ),
    eta=st.floats(1e-6, 10),
    a=st.floats(0, 0.999),
    b=st.floats(0, 0.9999),
)
def test_published_rule(name, gradients, eta, a, b):
    """Elementwise: every column of the gradients has a memory of its own."""
    scheduler = build(name, eta, a, b)
    result = np.array([scheduler.update_change(g) for g in gradients])
    reference = np.transpose([list(paper_rule(name, column, eta, a, b)) for column in gradients.T])
    # Where changes of both signs add up, what is left is known to the rounding of the largest.
    assert np.allclose(result, reference, rtol=1e-12, atol=1e-12 * np.abs(reference).max())


def test_epsilon_stands_outside_the_root():
    """A gradient far below epsilon gives a small change, not one of size eta."""
    assert EPSILON == 1e-8
    g = 1e-12
    assert changes(Adagrad(1.0), [g])[0] == pytest.approx(g / (g + 1e-8))
    assert changes(Adam(1.0, 0.9, 0.999), [g])[0] == pytest.approx(g / (g + 1e-8))
    assert changes(RMS_prop(1.0, 0.75), [g])[0] == pytest.approx(g / (g / 2 + 1e-8))
    for name in ("Adagrad", "AdagradMomentum", "RMS_prop", "Adam"):
        assert changes(EXAMPLES[name](), [0.0, 0.0]) == [0.0, 0.0]


def test_the_lectures_loop():
    """Ten steps on 3 × 3 ones; with a reset in every step Adam is descent by signs."""
    rng = np.random.default_rng(0)
    adam, weights = Adam(eta=1e-3, rho=0.9, rho2=0.999), np.ones((3, 3))
    for _ in range(10):
        weights = weights - adam.update_change(rng.random((3, 3)))
        adam.reset()
    assert np.allclose(weights, 1 - 10 * 1e-3, rtol=1e-6)


# Memory


@EVERY
def test_reset_clears_the_memory(name):
    old, new = EXAMPLES[name](), EXAMPLES[name]()
    changes(old, [1.0, -3.0, 2.0])
    assert old.n_updates == 3
    old.reset()
    assert (old.n_updates, old.memory) == (0, {})
    assert changes(old, [5.0, 1.0]) == changes(new, [5.0, 1.0])
    old.reset()
    assert old.update_change(np.ones((2, 2))).shape == (2, 2)  # other parameters as well


@EVERY
def test_only_constant_has_no_memory(name):
    (alone,), (_, later) = changes(EXAMPLES[name](), [2.0]), changes(EXAMPLES[name](), [-1.0, 2.0])
    assert (later == alone) == (name == "Constant")


@EVERY
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shapes_and_types(name, shape, dtype):
    scheduler = EXAMPLES[name]()
    for value in (2.0, -1.0):
        g = np.full(shape, value, dtype)
        change = scheduler.update_change(g)
        assert (change.shape, change.dtype) == (shape, dtype)
        assert (g == value).all(), "the gradient was changed"
        assert not np.shares_memory(change, g)
        assert not any(np.shares_memory(change, array) for array in scheduler.memory.values())
        assert all(array.dtype == dtype for array in scheduler.memory.values())


@EVERY
def test_the_result_is_not_changed_by_later_updates(name):
    scheduler = EXAMPLES[name]()
    first = scheduler.update_change(np.array([1.0, 2.0]))
    before = first.copy()
    second = scheduler.update_change(np.array([-5.0, 4.0]))
    assert np.array_equal(first, before)
    careless = EXAMPLES[name]()
    careless.update_change(np.array([1.0, 2.0]))[:] = 99.0
    assert np.array_equal(careless.update_change(np.array([-5.0, 4.0])), second)


@EVERY
def test_out(name):
    with_out, without = EXAMPLES[name](), EXAMPLES[name]()
    out = np.full(3, np.nan)
    for g in np.random.default_rng(0).normal(size=(4, 3)):
        assert with_out.update_change(g, out=out) is out
        assert np.array_equal(out, without.update_change(g))


@EVERY
def test_with_out_nothing_large_is_allocated(name, peak_memory):
    scheduler, g, out = EXAMPLES[name](), np.ones(100_000), np.empty(100_000)
    scheduler.update_change(g, out=out)
    assert peak_memory(lambda: scheduler.update_change(g, out=out)) < g.nbytes / 2


MEMORIES = {
    "Momentum": {"v"}, "Adagrad": {"G"}, "AdagradMomentum": {"G", "v"}, "RMS_prop": {"s"},
    "Adam": {"m", "s"},
}  # fmt: skip


@EVERY
def test_memories_have_the_names_of_the_equations(name):
    scheduler = EXAMPLES[name]()
    scheduler.update_change([1.0])
    assert set(scheduler.memory) == MEMORIES.get(name, set())


@EVERY
def test_integers_and_lists(name):
    from_integers, from_floats = (
        EXAMPLES[name]().update_change(g) for g in ([1, -2], np.array([1.0, -2.0]))
    )
    assert np.array_equal(from_integers, from_floats)


@EVERY
def test_repr_makes_an_equal_one(name):
    scheduler = EXAMPLES[name]()
    twin = eval(repr(scheduler), {c.__name__: c for c in Scheduler.__subclasses__()})
    assert vars(twin) == vars(scheduler)


# Schedulers of one's own


def test_the_lectures_way_of_writing_one():
    class Decay(Scheduler):
        def __init__(self, eta):
            super().__init__(eta)
            self.t = 0

        def update_change(self, gradient):
            self.t += 1
            return self.eta / self.t * gradient

        def reset(self):
            self.t = 0

    decay = Decay(0.5)
    assert changes(decay, [4.0, 4.0]) == [2.0, 1.0]
    decay.reset()
    assert changes(decay, [4.0]) == [2.0]


class LectureAdam(Scheduler):
    """As on the slides: attributes are set after the base class, and the reset uses them."""

    def __init__(self, eta, rho, rho2):
        super().__init__(eta)
        self.rho, self.rho2 = rho, rho2
        self.moment = self.second = 0
        self.n_epochs = 1

    def update_change(self, gradient):
        self.moment = self.rho * self.moment + (1 - self.rho) * gradient
        self.second = self.rho2 * self.second + (1 - self.rho2) * gradient * gradient
        moment = self.moment / (1 - self.rho**self.n_epochs)
        second = self.second / (1 - self.rho2**self.n_epochs)
        return self.eta * moment / (np.sqrt(second + EPSILON))

    def reset(self):
        self.n_epochs += 1
        self.moment = self.second = 0


def test_attributes_may_be_set_after_the_base_class_and_used_in_reset():
    scheduler = LectureAdam(0.1, 0.5, 0.75)
    assert repr(scheduler) == "LectureAdam(eta=0.1, rho=0.5, rho2=0.75)"
    assert scheduler.n_epochs == 1, "the constructor does not count as a reset"
    assert changes(scheduler, [2.0]) == pytest.approx([0.1])
    scheduler.reset()
    assert scheduler.n_epochs == 2
    net = FFNN((2, 3, 1), seed=1)
    scores = net.fit(np.ones((4, 2)), np.ones((4, 1)), LectureAdam(0.1, 0.5, 0.75), epochs=3)
    assert np.isfinite(scores["train_errors"]).all()


@pytest.mark.parametrize("first", [False, True])
def test_attributes_may_be_made_in_reset_alone(first):
    """They exist after construction, with or without a constructor that comes first."""

    class Decay(Scheduler):
        def reset(self):
            super().reset()
            self.t = 0

        def update_change(self, gradient):
            self.t += 1
            return self.eta / self.t * gradient

    class Slower(Decay):
        def __init__(self, eta, factor):
            self.factor = factor
            super().__init__(eta)

        def reset(self):
            super().reset()
            self.t = self.factor - 1

    assert changes(Slower(0.5, 1) if first else Decay(0.5), [4.0, 4.0]) == [2.0, 1.0]


def test_an_error_in_reset_shows_when_it_is_called():
    class Wrong(Scheduler):
        def update_change(self, gradient):
            return gradient

        def reset(self):
            self.memory = self.no_such_thing

    with pytest.raises(AttributeError, match="no_such_thing"):
        Wrong(0.1).reset()


# Several arrays of parameters


@EVERY
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_for_each_matrix_as_in_the_lectures_network(name, duplicate):
    """Copies share no memory, even of matrices with the same shape, and even in use."""
    rng = np.random.default_rng(5)
    shapes = {"W1": (3, 3), "W2": (3, 3), "b": (1, 3)}
    original = EXAMPLES[name]()
    original.update_change(np.ones((3, 3)))
    original.reset()
    copies = {key: duplicate(original) for key in shapes}
    alone = {key: EXAMPLES[name]() for key in shapes}
    for _ in range(4):
        for key, shape in shapes.items():
            g = rng.normal(size=shape)
            change = copies[key].update_change(g)
            assert np.array_equal(change, alone[key].update_change(g))
    later = duplicate(copies["W1"])
    g, h = rng.normal(size=(2, 3, 3))
    copies["W1"].update_change(g)
    assert np.array_equal(later.update_change(h), alone["W1"].update_change(h))


@pytest.mark.parametrize("name", [n for n in EXAMPLES if n != "Constant"])
def test_one_scheduler_for_matrices_of_two_shapes_is_refused(name):
    """Also where the shapes would broadcast."""
    scheduler = EXAMPLES[name]()
    scheduler.update_change(np.ones((2, 3)))
    for shape in ((1, 3), (3,), (2, 1), (2, 2)):
        with pytest.raises(ValueError, match=r"as before.*a scheduler of its own, such as copy"):
            scheduler.update_change(np.ones(shape))


def test_the_abstract_class_raises_on_use():
    with pytest.raises(TypeError, match="abstract class Scheduler"):
        Scheduler(0.1)

    class Half(Scheduler):
        pass

    with pytest.raises(TypeError, match="update_change"):
        Half(0.1)


# Bad arguments


@pytest.mark.parametrize("eta", [0, 0.0, -0.1, np.nan, np.inf, -np.inf, 10**400])
def test_eta_out_of_range(eta):
    for name in EXAMPLES:
        with pytest.raises(ValueError, match="eta should be greater than 0"):
            build(name, eta, 0.9, 0.9)


@pytest.mark.parametrize("eta", ["0.1", None, [0.1], True, 1j, np.ones(2)])
def test_eta_not_a_number(eta):
    with pytest.raises(TypeError, match="eta should be a number, not"):
        Constant(eta)


@pytest.mark.parametrize("share", [-0.1, 1.0, 1.5, np.nan])
@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (Momentum, ["momentum"]),
        (AdagradMomentum, ["momentum"]),
        (RMS_prop, ["rho"]),
        (Adam, ["rho", "rho2"]),
    ],
)
def test_shares_out_of_range(cls, names, share):
    for name in names:
        arguments = {"eta": 0.1, **dict.fromkeys(names, 0.9), name: share}
        with pytest.raises(ValueError, match=f"{name} should be at least 0 and less than 1, not"):
            cls(**arguments)
        cls(**{**arguments, name: 0})


@EVERY
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_gradient_leaves_the_memory(name, bad):
    scheduler, other = EXAMPLES[name](), EXAMPLES[name]()
    for s in (scheduler, other):
        s.update_change(np.array([1.0, 2.0]))
    with pytest.raises(FloatingPointError, match="gradient should be finite"):
        scheduler.update_change(np.array([1.0, bad]))
    assert scheduler.n_updates == 1
    after = [s.update_change(np.array([3.0, -2.0])) for s in (scheduler, other)]
    assert np.array_equal(*after)


@pytest.mark.parametrize("name", [n for n in EXAMPLES if n != "Constant"])
def test_another_shape(name):
    scheduler = EXAMPLES[name]()
    scheduler.update_change(np.ones(3))
    for shape in ((4,), (1,), (3, 1), ()):
        with pytest.raises(
            ValueError, match=r"gradient should have shape \(3,\), as before.*reset"
        ):
            scheduler.update_change(np.ones(shape))
    assert scheduler.n_updates == 1


@EVERY
@pytest.mark.parametrize("bad", ["a", [None], 1j, [True]])
def test_not_a_gradient(name, bad):
    with pytest.raises(TypeError, match="gradient should be an array of numbers"):
        EXAMPLES[name]().update_change(bad)


@EVERY
def test_bad_out(name):
    scheduler, g = EXAMPLES[name](), np.ones(3)
    for out in (g, g[:], np.ones(4), np.ones((3, 1)), [0.0, 0.0, 0.0]):
        with pytest.raises(ValueError, match=r"out should be another array of shape \(3,\)"):
            scheduler.update_change(g, out=out)
    assert scheduler.n_updates == 0
    assert scheduler.update_change(np.ones(2)).shape == (2,)


# A rate that changes


def by_hand(eta, warm_up, steps, last):
    """Return the rates of eight updates, from a list of cosines."""
    fall = [np.cos(np.pi * k / (steps - warm_up)) for k in range(steps - warm_up)] if steps else []
    down = [eta * (last + (1 - last) * (1 + cosine) / 2) for cosine in fall]
    up = [eta * (k + 1) / warm_up for k in range(warm_up)]
    end = eta * (last if steps else 1)
    return (up + down + [end] * 8)[:8]


@pytest.mark.parametrize(
    ("warm_up", "steps", "last"),
    [(0, None, 0.0), (3, None, 0.0), (0, 5, 0.0), (3, 7, 0.0), (3, 4, 0.5), (2, 8, 0.1)],
)
def test_the_rates_of_a_schedule(warm_up, steps, last):
    schedule = Scheduled(Constant(0.5), warm_up, steps, last)
    assert schedule.eta == 0.5
    expected = by_hand(0.5, warm_up, steps, last)
    for t, rate in enumerate(expected, start=1):
        change = schedule.update_change(np.array([2.0, -1.0]))
        assert change == pytest.approx([2 * rate, -rate], abs=1e-15)
        assert schedule.eta == pytest.approx(rate, abs=1e-15)
        assert schedule.factor(t) == pytest.approx(rate / 0.5, abs=1e-15)
    assert schedule.scheduler.eta == 0.5


@EVERY
def test_a_schedule_serves_every_rule(name):
    """It does what one would do by setting eta before each update."""
    rule, schedule = EXAMPLES[name](), Scheduled(EXAMPLES[name](), 3, 9)
    gradients = np.random.default_rng(3).normal(size=(11, 4))
    for t, g in enumerate(gradients, start=1):
        rule.eta = 0.1 * schedule.factor(t)
        assert np.array_equal(rule.update_change(g), schedule.update_change(g))


@EVERY
def test_copies_and_resets_of_a_schedule(name):
    schedule, gradients = Scheduled(EXAMPLES[name](), 2, 6), np.random.default_rng(3)
    g = gradients.normal(size=(6, 3))
    first = [schedule.update_change(row) for row in g]
    assert repr(schedule) == repr(Scheduled(EXAMPLES[name](), 2, 6))
    for duplicate in (copy.copy, copy.deepcopy):
        schedule.reset()
        assert (schedule.eta, schedule.n_updates, schedule.memory) == (0.1, 0, {})
        again = [schedule.update_change(row) for row in g[:3]]
        twin = duplicate(schedule)
        for one in (twin, schedule):
            rest = [one.update_change(row) for row in g[3:]]
            assert np.array_equal(again + rest, first)


def test_a_schedule_takes_a_copy_without_memory():
    used = Momentum(0.1, 0.9)
    used.update_change(np.ones(2))
    schedule = Scheduled(used, 2)
    assert schedule.update_change(np.ones(2)) == pytest.approx([0.05, 0.05])
    assert used.n_updates == 1
    assert used.memory["v"] == pytest.approx([0.1, 0.1])


def test_a_schedule_without_numbers_leaves_the_rate_as_it_is():
    assert [Scheduled(Constant(0.1)).factor(t) for t in (1, 2, 3)] == [1.0, 1.0, 1.0]
    assert Scheduled(Constant(0.1), steps=2).factor(2) == pytest.approx(0.5)


class Listing(Constant):
    """A rule with a memory that is no array."""

    def __init__(self, eta):
        super().__init__(eta)
        self.seen = []

    def update_change(self, gradient, out=None):
        self.seen.append(len(gradient))
        return super().update_change(gradient, out)


def test_a_schedule_leaves_a_rule_of_your_own_alone():
    rule = Listing(0.1)
    schedule = Scheduled(rule, 2)
    schedule.update_change(np.ones(3))
    assert (rule.seen, schedule.scheduler.seen) == ([], [3])


def test_the_memory_of_a_copied_schedule_is_its_own():
    schedule = Scheduled(Momentum(0.1, 0.9))
    schedule.update_change(np.ones(2))
    twin = copy.copy(schedule)
    assert twin.memory["v"] == pytest.approx([0.1, 0.1])
    twin.update_change(np.ones(2))
    assert schedule.memory["v"] == pytest.approx([0.1, 0.1])


def test_a_refused_gradient_does_not_count():
    schedule = Scheduled(Adam(0.1, 0.5, 0.75), 4)
    schedule.update_change(np.ones(2))
    for bad, error in ((np.array([1.0, np.nan]), FloatingPointError), (np.ones(3), ValueError)):
        with pytest.raises(error):
            schedule.update_change(bad)
    assert schedule.n_updates == 1
    assert schedule.eta == pytest.approx(0.025)
    assert schedule.scheduler.eta == 0.1


def test_a_schedule_in_training():
    """Its updates are those of all mini-batches, and a second training begins anew."""
    rng = np.random.default_rng(2)
    X, t = rng.normal(size=(12, 2)), rng.normal(size=(12, 1))
    schedule = Scheduled(Adam(0.1, 0.9, 0.99), 3, 8)
    one, other = (FFNN((2, 3, 1), seed=1) for _ in range(2))
    one.fit(X, t, schedule, batches=4, epochs=2)
    assert schedule.n_updates == 0
    for _ in range(2):
        other.fit(X, t, schedule, batches=4, epochs=1, resume=True)
    assert schedule.n_updates == 8
    assert np.array_equal(one.parameters, other.parameters)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((0.1,), TypeError, "scheduler should be a Scheduler, not 0.1"),
        ((Adam,), TypeError, "scheduler should be a Scheduler, not the class Adam"),
        ((Constant(0.1), -1), ValueError, "warm_up should be at least 0"),
        ((Constant(0.1), 1.5), TypeError, "warm_up should be a whole number"),
        ((Constant(0.1), 5, 5), ValueError, "steps should be at least 6, not 5"),
        ((Constant(0.1), 0, 0), ValueError, "steps should be at least 1"),
        ((Constant(0.1), 0, 9, 1.0), ValueError, "last should be at least 0 and less than 1"),
    ],
)
def test_what_a_schedule_refuses(arguments, error, words):
    with pytest.raises(error, match=words):
        Scheduled(*arguments)


def test_a_factor_is_of_an_update_from_one_on():
    schedule = Scheduled(Constant(0.1), 4)
    with pytest.raises(ValueError, match="t should be at least 1, not 0"):
        schedule.factor(0)
    with pytest.raises(TypeError, match="t should be a whole number"):
        schedule.factor(1.0)
