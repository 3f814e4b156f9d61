"""Several threads and one network: right results, or a refusal."""

import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from backprop import (
    FFNN,
    LRELU,
    Adam,
    Constant,
    CostCrossEntropy,
    Scheduler,
    TrainingDiverged,
    softmax,
)
from backprop._turns import Turns

RNG = np.random.default_rng(0)
PARTS = [(RNG.normal(size=(n, 20)), np.eye(5)[RNG.integers(5, size=n)]) for n in (300, 40, 1100, 7)]


def network(**options):
    return FFNN((20, 60, 40, 5), LRELU, softmax, CostCrossEntropy, seed=1, **options)


@pytest.mark.parametrize(
    "ask", ["cost", "gradient", "predict", "feed_forward", "accuracy", "trace"]
)
def test_many_threads_get_the_right_numbers(ask):
    net = network()

    def use(part):
        X, T = part
        if ask == "trace":
            return np.concatenate([array.ravel() for array in net.trace(X, T).delta[1:]])
        return getattr(net, ask)(*((X,) if ask in ("predict", "feed_forward") else (X, T)))

    expected = [use(part) for part in PARTS]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            for got, right in zip(pool.map(use, PARTS * 10), expected * 10, strict=True):
                assert np.array_equal(got, right)


def test_other_threads_while_one_trains():
    """They wait for the end of an epoch, see the parameters after it, and change nothing."""
    X, T = PARTS[0]
    quiet, busy = network(dropout=0.2), network(dropout=0.2)
    thetas, values, stop = [], [], threading.Event()

    def ask():
        while not stop.is_set():
            values.append(busy.cost(X, T))

    quiet.fit(X, T, Adam(1e-3, 0.9, 0.999), 10, 12,
              callback=lambda _: thetas.append(quiet.parameters.copy()))  # fmt: skip
    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        scores = busy.fit(X, T, Adam(1e-3, 0.9, 0.999), 10, 12)
        stop.set()
        for job in asking:
            job.result()
    assert np.array_equal(busy.parameters, quiet.parameters)
    start = network(dropout=0.2).cost(X, T)
    right = {start}
    for theta in thetas:
        quiet.parameters = theta
        right.add(quiet.cost(X, T))
    assert set(values) <= right
    assert len(set(values)) > 2, "they get their turn after an epoch, and not only at the end"
    assert len(scores["train_errors"]) == 12


class Waiting(Scheduler):
    """A scheduler that tells when it works, and waits for a sign to go on."""

    def __init__(self, started, go_on):
        super().__init__(0.1)
        self.started, self.go_on = started, go_on

    def __deepcopy__(self, memo):
        return self

    def update_change(self, gradient):
        self.started.set()
        assert self.go_on.wait(20)
        return self.eta * gradient


def test_two_trainings_at_once_are_refused():
    X, T = PARTS[1]
    net, alone = network(), network()
    started, go_on = threading.Event(), threading.Event()

    def second():
        with pytest.raises(RuntimeError, match="fit should not be called while another thread"):
            net.fit(X, T, Constant(0.1), epochs=1)
        return True

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(net.fit, X, T, Waiting(started, go_on), epochs=30)
        assert started.wait(20)
        refused = pool.submit(second)
        go_on.set()
        first.result()
        assert refused.result()
    alone.fit(X, T, Constant(0.1), epochs=30)
    assert np.array_equal(net.parameters, alone.parameters)
    # Afterwards anybody may train it, and a copy may be trained at the same time.
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(n.fit, X, T, Constant(0.1), epochs=5) for n in (net, copy.copy(net))]
        assert all(len(job.result()["train_errors"]) == 5 for job in jobs)


def test_a_training_that_fails_lets_the_next_one_begin():
    X, T = PARTS[1]
    net = network()
    with pytest.raises(TrainingDiverged):
        net.fit(X, T, Constant(1e300), epochs=3)
    with ThreadPoolExecutor(1) as pool:
        assert len(pool.submit(net.fit, X, T, Constant(0.1), epochs=2).result()) == 2


def test_a_callback_may_use_the_network_even_in_another_thread():
    X, T = PARTS[1]
    net, costs = network(), []
    with ThreadPoolExecutor(1) as pool:
        scores = net.fit(
            X, T, Constant(0.1), epochs=3,
            callback=lambda _: costs.append((net.cost(X, T), pool.submit(net.cost, X, T).result())),
        )  # fmt: skip
    for (here, there), score in zip(costs, scores["train_errors"], strict=True):
        assert here == there == pytest.approx(score, rel=1e-12)


def test_copies_have_turns_of_their_own():
    net = network()
    for double in (copy.copy(net), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert double._turns is not net._turns
        with ThreadPoolExecutor(1) as pool, net._turns:
            assert pool.submit(double.predict, PARTS[3][0]).result(20).shape == (7, 5)


def test_turns_are_taken_in_order_and_by_one_thread_at_a_time():
    turns, order, inside = Turns(), [], []
    waiting = threading.Semaphore(0)

    def wait(number):
        waiting.release()
        with turns, turns:
            inside.append(number)
            assert len(inside) == 1
            order.append(number)
            inside.clear()

    with turns:
        threads = []
        for number in range(4):
            threads.append(threading.Thread(target=wait, args=(number,)))
            threads[-1].start()
            assert waiting.acquire(timeout=20)
    with turns:  # asks last, though it had the lock a moment ago
        order.append("owner")
    for thread in threads:
        thread.join(20)
    assert sorted(map(str, order)) == ["0", "1", "2", "3", "owner"]
    assert order[0] != "owner"
