"""Data: gates, MNIST as published, surfaces, splits without overlap, scaling without a leak."""

import hashlib
import re
import struct
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from backprop.datasets import (
    GATES,
    franke,
    gate,
    load_mnist,
    onehot,
    skranke,
    split,
    standardise,
)
from hypothesis import given
from hypothesis import strategies as st

MNIST = Path(__file__).resolve().parents[2] / "chapters" / "data" / "mnist.npz"

# Of the original files, unpacked; chapters/data/README.md has the same table.
ORIGINAL_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


@pytest.fixture(scope="module")
def mnist():
    return load_mnist(MNIST)


def as_idx(array):
    """Return the bytes of an original file: magic number, sizes, data."""
    assert array.dtype == np.uint8
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


RULES = {
    "FALSE": lambda p, q: False,
    "AND": lambda p, q: p and q,
    "x1 AND NOT x2": lambda p, q: p and not q,
    "x1": lambda p, q: p,
    "x2 AND NOT x1": lambda p, q: q and not p,
    "x2": lambda p, q: q,
    "XOR": lambda p, q: p != q,
    "OR": lambda p, q: p or q,
    "NOR": lambda p, q: not (p or q),
    "XNOR": lambda p, q: p == q,
    "NOT x2": lambda p, q: not q,
    "x1 OR NOT x2": lambda p, q: p or not q,
    "NOT x1": lambda p, q: not p,
    "x2 OR NOT x1": lambda p, q: q or not p,
    "NAND": lambda p, q: not (p and q),
    "TRUE": lambda p, q: True,
}


class TestGates:
    def test_the_gates_are_all_sixteen_tables(self):
        assert set(GATES) == set(RULES)
        assert set(GATES.values()) == set(product((0, 1), repeat=4))

    @pytest.mark.parametrize("name", RULES)
    def test_gate_answers_as_its_name_says(self, name):
        X, t = gate(name)
        assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert t.shape == (4, 1)
        assert X.dtype == t.dtype == np.float64
        assert t.ravel().tolist() == [RULES[name](bool(p), bool(q)) for p, q in X]

    def test_each_call_returns_arrays_of_its_own(self):
        X, t = gate("AND")
        X += 5
        t += 5
        assert gate("AND")[0].max() == gate("AND")[1].max() == 1

    @pytest.mark.parametrize("name", ["xor", "", 3, None, ["XOR"]])
    def test_unknown_gates_are_refused(self, name):
        with pytest.raises(ValueError, match="name should be one of FALSE, AND"):
            gate(name)


class TestMnist:
    def test_shapes_types_and_ranges(self, mnist):
        X, labels, X_test, labels_test = mnist
        assert X.shape == (60000, 784)
        assert X_test.shape == (10000, 784)
        assert labels.shape == (60000,)
        assert labels_test.shape == (10000,)
        assert X.dtype == X_test.dtype == np.float32
        assert labels.dtype == labels_test.dtype == np.int64
        assert X.flags.c_contiguous
        for images in (X, X_test):
            assert images.min() == 0
            assert images.max() == 1
        assert set(labels) == set(labels_test) == set(range(10))

    def test_it_is_what_was_published(self, mnist):
        X, labels, X_test, labels_test = mnist
        arrays = [
            np.rint(X * 255).astype(np.uint8).reshape(-1, 28, 28),
            labels.astype(np.uint8),
            np.rint(X_test * 255).astype(np.uint8).reshape(-1, 28, 28),
            labels_test.astype(np.uint8),
        ]
        sums = [hashlib.md5(as_idx(a)).hexdigest() for a in arrays]
        assert sums == list(ORIGINAL_MD5.values())

    def test_the_readme_names_source_licence_and_hashes(self):
        text = (MNIST.parent / "README.md").read_text(encoding="utf-8")
        content = MNIST.read_bytes()
        for part in ("LeCun", "Cortes", "Burges", "ShareAlike 3.0", f"{len(content):,} bytes"):
            assert part in text
        assert hashlib.sha256(content).hexdigest() in text
        for name, md5 in ORIGINAL_MD5.items():
            assert f"| `{name}` | `{md5}` |" in text

    def test_the_readme_has_the_shapes_and_types(self):
        text = (MNIST.parent / "README.md").read_text(encoding="utf-8")
        told = re.findall(r"(?m)^\| `(\w+)` \| (\(.+\)) \| (\w+) \|", text)
        with np.load(MNIST) as arrays:
            there = [(name, str(a.shape), str(a.dtype)) for name, a in arrays.items()]
            digits, ink = np.unique(arrays["y_train"]), arrays["x_train"]
        (background,) = np.unique(ink[:, 0, 0])
        assert sorted(told) == sorted(there)
        assert f"training images, {background} = background, {ink.max()} = full ink |" in text
        assert f"their digits, {digits.min()} to {digits.max()} |" in text

    def test_the_file_is_found_from_a_chapter(self, monkeypatch):
        monkeypatch.chdir(MNIST.parent.parent)
        assert load_mnist()[0].shape == (60_000, 784)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"no file .*elsewhere\.npz.*chapters/data"):
            load_mnist(tmp_path / "elsewhere.npz")

    def test_a_folder_is_not_a_file(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no file"):
            load_mnist(str(tmp_path))

    @pytest.mark.parametrize("damage", ["truncated", "altered", "empty"])
    def test_a_damaged_file(self, tmp_path, damage):
        content = bytearray(MNIST.read_bytes())
        if damage == "altered":
            content[5_000_000] ^= 1
        content = content[: {"truncated": 1_000_000, "altered": None, "empty": 0}[damage]]
        copy = tmp_path / "mnist.npz"
        copy.write_bytes(content)
        with pytest.raises(ValueError, match=rf"mnist\.npz \({len(content)} bytes\).*git checkout"):
            load_mnist(copy)

    @pytest.mark.parametrize("path", [None, 3, ["data"]])
    def test_what_is_not_a_path(self, path):
        with pytest.raises(TypeError, match="path should be"):
            load_mnist(path)


class TestSurfaces:
    def test_franke_is_the_sum_of_four_exponentials(self):
        sympy = pytest.importorskip("sympy")
        x, y = sympy.symbols("x y")
        u, v, r = 9 * x, 9 * y, sympy.Rational
        formula = (
            r(3, 4) * sympy.exp(-((u - 2) ** 2) / 4 - (v - 2) ** 2 / 4)
            + r(3, 4) * sympy.exp(-((u + 1) ** 2) / 49 - (v + 1) / 10)
            + r(1, 2) * sympy.exp(-((u - 7) ** 2) / 4 - (v - 3) ** 2 / 4)
            - r(1, 5) * sympy.exp(-((u - 4) ** 2) - (v - 7) ** 2)
        )
        for point in ((0, 0), (r(1, 3), r(2, 7)), (r(4, 9), r(7, 9)), (r(7, 9), r(1, 3)), (1, 1)):
            exact = float(formula.subs(dict(zip((x, y), point, strict=True))))
            assert abs(franke(*map(float, point)) - exact) < 1e-14

    def test_franke_at_published_values(self):
        # At (2/9, 2/9) the first hill has its full height 3/4; at (0, 0) the value is well known.
        assert abs(franke(0.0, 0.0) - 0.7664205912849231) < 1e-15
        assert franke(2 / 9, 2 / 9) > 0.75 + 0.75 * np.exp(-9 / 49 - 0.3)

    def test_franke_has_the_stated_range_on_the_square(self):
        axis = np.linspace(0, 1, 301)
        heights = franke(*np.meshgrid(axis, axis))
        assert 0 < heights.min() < 0.01
        assert 1.2 < heights.max() < 1.25

    def test_skranke_has_the_coefficients_one_to_five(self):
        assert skranke(0.0, 0.0) == 0
        assert skranke(1.0, 0.0) == 1 + 3
        assert skranke(-1.0, 0.0) == -1 + 3
        assert skranke(0.0, 1.0) == 2 + 5
        assert skranke(0.0, -1.0) == -2 + 5
        assert skranke(1.0, 1.0) - skranke(1.0, 0.0) - skranke(0.0, 1.0) == 4

    def test_no_other_monomial(self):
        x, y = np.random.default_rng(14).integers(-9, 9, size=(2, 50))
        heights = [a + 2 * b + 3 * a * a + 4 * a * b + 5 * b * b for a, b in zip(x, y, strict=True)]
        assert skranke(x, y).tolist() == heights

    @pytest.mark.parametrize("surface", [franke, skranke])
    def test_shapes(self, surface):
        x, y = np.random.default_rng(14).random((2, 3, 4))
        before = x.copy(), y.copy()
        heights = surface(x, y)
        assert heights.shape == (3, 4)
        assert heights.dtype == np.float64
        assert heights[2, 1] == surface(x[2, 1], y[2, 1])
        assert surface(x, 0.5).shape == (3, 4)
        assert surface([0, 1], [1, 0]).shape == (2,)
        assert surface(np.float32(0.5), 0.5).dtype == np.float64
        assert np.array_equal(x, before[0])
        assert np.array_equal(y, before[1])

    @pytest.mark.parametrize("surface", [franke, skranke])
    @pytest.mark.parametrize(
        ("x", "y", "error", "message"),
        [
            ("a", 0.0, TypeError, "x should be real numbers, not 'a'"),
            (0.0, None, TypeError, "y should be real numbers"),
            (0.0, 1j, TypeError, "y should be real numbers"),
            ([[0.0, 1.0], [0.0]], 0.0, TypeError, "x should be real numbers"),
            (True, 0.0, TypeError, "x should be real numbers"),
            (np.nan, 0.0, ValueError, "x should be finite"),
            (0.0, [0.0, np.inf], ValueError, "y should be finite"),
            ([0.0, 1.0], [0.0, 1.0, 0.5], ValueError, r"same shape, but have \(2,\) and \(3,\)"),
        ],
    )
    def test_bad_input(self, surface, x, y, error, message):
        with pytest.raises(error, match=message):
            surface(x, y)


class TestOnehot:
    def test_rows(self):
        T = onehot([2, 0, 1, 2], classes=4)
        assert T.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
        assert T.dtype == np.float64

    def test_classes_that_do_not_occur(self):
        assert onehot(np.array([0, 1])).shape == (2, 2)
        assert onehot(np.array([0, 1], dtype=np.uint8), 10).shape == (2, 10)

    @pytest.mark.parametrize(
        ("labels", "classes", "error", "message"),
        [
            ([0.0, 1.0], None, TypeError, "whole numbers"),
            (["a"], None, TypeError, "whole numbers"),
            ([], None, ValueError, "n > 0"),
            ([[0], [1]], None, ValueError, r"shape \(n,\)"),
            ([0, 3], 3, ValueError, "between 0 and 2, but one is 3"),
            ([0, -1], 3, ValueError, "one is -1"),
            ([0, 1], 2.0, TypeError, "classes should be a whole number"),
        ],
    )
    def test_bad_input(self, labels, classes, error, message):
        with pytest.raises(error, match=message):
            onehot(labels, classes)


@st.composite
def tasks(draw):
    """Draw labels, the sizes of two or three parts, and a seed."""
    sizes = draw(st.lists(st.integers(1, 30), min_size=2, max_size=3))
    n = sum(sizes)
    labels = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    return np.array(labels), sizes, draw(st.integers(0, 10**6))


class TestSplit:
    def test_a_seed_is_a_split(self):
        numbers = np.arange(40)
        first, second, _ = split(numbers, sizes=(9, 11, 20), seed=5, stratify=numbers % 3)
        assert first[0].tolist() == [11, 23, 12, 6, 4, 21, 22, 8, 28]
        assert second[0].tolist() == [35, 31, 38, 16, 27, 0, 7, 26, 18, 3, 5]

    @given(tasks(), st.booleans())
    def test_every_sample_lands_in_exactly_one_part(self, task, by_label):
        labels, sizes, seed = task
        numbers = np.arange(len(labels))
        parts = split(
            numbers, labels, sizes=sizes, seed=seed, stratify=labels if by_label else None
        )
        assert [len(part) for part, _ in parts] == sizes
        assert sorted(np.concatenate([part for part, _ in parts])) == numbers.tolist()
        for part, their_labels in parts:
            assert np.array_equal(labels[part], their_labels)

    @given(tasks())
    def test_every_class_gives_its_share(self, task):
        labels, sizes, seed = task
        parts = split(labels, sizes=sizes, seed=seed, stratify=labels)
        for (part,), size in zip(parts, sizes, strict=True):
            for label in np.unique(labels):
                due = np.count_nonzero(labels == label) * size / len(labels)
                off = abs(np.count_nonzero(part == label) - due)
                assert off < (1 if len(sizes) == 2 else 2)

    def test_without_stratify_shares_are_left_to_chance(self):
        labels = np.repeat([0, 1], 50)
        counts = {split(labels, sizes=(50, 50), seed=s)[0][0].sum() for s in range(20)}
        assert len(counts) > 4

    def test_the_same_seed_gives_the_same_parts(self):
        X = np.arange(40.0).reshape(20, 2)
        first, second, other = (split(X, sizes=(15, 5), seed=s) for s in (1, 1, 2))
        assert all(np.array_equal(a, b) for (a,), (b,) in zip(first, second, strict=True))
        assert not np.array_equal(first[0][0], other[0][0])

    def test_the_split_of_a_seed_stays_as_it_is(self):
        numbers = np.arange(300)
        _, (small,) = split(numbers, sizes=(290, 10), seed=3, stratify=numbers % 2)
        assert small.tolist() == [219, 24, 211, 9, 49, 27, 238, 112, 88, 242]

    def test_large_data_are_split_where_integers_have_32_bits(self, monkeypatch):
        """As in a browser, where np.arange has such integers: 50,000 times 60,000 is too large."""
        numbers, arange = np.arange(60_000), np.arange
        how = {"sizes": (50_000, 10_000), "seed": 0, "stratify": numbers % 10}
        expected = split(numbers, **how)
        monkeypatch.setattr(np, "arange", lambda *a, dtype=np.int32: arange(*a, dtype=dtype))
        for (part,), (due,) in zip(split(numbers, **how), expected, strict=True):
            assert np.array_equal(part, due)

    def test_global_randomness_is_neither_used_nor_changed(self):
        before = np.random.get_state()[1].copy()  # noqa: NPY002
        split(np.arange(9), sizes=(5, 4), seed=0)
        assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002

    def test_the_parts_are_shuffled_and_are_copies(self):
        numbers = np.arange(100)
        ((part,), _) = split(numbers, sizes=(60, 40), seed=0, stratify=numbers // 50)
        assert not np.array_equal(part, np.sort(part))
        part[:] = -1
        assert np.array_equal(numbers, np.arange(100))

    def test_every_sample_can_land_anywhere(self):
        labels = np.repeat([0, 1, 2], 4)
        numbers = np.arange(12)
        in_test = np.zeros(12)
        for seed in range(600):
            in_test[split(numbers, sizes=(8, 4), seed=seed, stratify=labels)[1][0]] += 1
        assert np.all(np.abs(in_test / 600 - 1 / 3) < 0.1)  # five standard deviations

    def test_shares(self):
        parts = split(np.arange(1797), sizes=(0.6, 0.2, 0.2), seed=0)
        assert [len(part) for (part,) in parts] == [1078, 360, 359]

    @pytest.mark.parametrize(
        ("arrays", "settings", "error", "message"),
        [
            ((), {}, TypeError, "at least one array"),
            (([1, 2], [1]), {}, ValueError, r"same number of rows.*\[2, 1\]"),
            ((3,), {}, ValueError, "at least 1"),
            (([1, 2, 3],), {"sizes": (1, 1)}, ValueError, "sum to the 3 samples, but sum to 2"),
            (([1, 2, 3],), {"sizes": (0.5, 0.4)}, ValueError, "sum to 1, but sum to 0.9"),
            (([1, 2, 3],), {"sizes": (3, 0)}, ValueError, "no part empty"),
            (([1, 2, 3],), {"sizes": (4, -1)}, ValueError, "no part empty"),
            (([1, 2, 3],), {"sizes": (0.99, 0.01)}, ValueError, r"no part empty.*\[3, 0\]"),
            (([1, 2, 3],), {"sizes": (np.nan, 0.5)}, ValueError, "sum to 1"),
            (([1, 2, 3],), {"sizes": "ab"}, TypeError, "sizes should be a sequence"),
            (([1, 2, 3],), {"sizes": 3}, TypeError, "sizes should be a sequence"),
            (([1, 2, 3],), {"seed": None}, TypeError, "seed should be a whole number"),
            (([1, 2, 3],), {"seed": -1}, ValueError, "seed should be at least 0"),
            (([1, 2, 3],), {"stratify": [0, 1]}, ValueError, r"stratify should have shape \(3,\)"),
        ],
    )
    def test_bad_input(self, arrays, settings, error, message):
        with pytest.raises(error, match=message):
            split(*arrays, **{"sizes": (2, 1), "seed": 0, **settings})


class TestStandardise:
    rng = np.random.default_rng(15)
    X = rng.normal(size=(20, 3)) * [1.0, 4.0, 0.1] + [0.0, 5.0, -2.0]
    X_test = rng.normal(size=(7, 3))

    def test_the_training_part_has_mean_0_and_variance_1(self):
        train, test = standardise(self.X, self.X_test)
        assert np.abs(train.mean(axis=0)).max() < 1e-12
        assert np.abs(train.var(axis=0) - 1).max() < 1e-12
        assert np.abs(test.mean(axis=0)).max() > 0.1

    def test_the_other_parts_have_no_say(self):
        alone = standardise(self.X)[0]
        for others in ((self.X_test,), (self.X_test, 100 + self.X_test)):
            assert np.array_equal(standardise(self.X, *others)[0], alone)

    def test_a_sample_is_scaled_alike_in_every_part(self):
        train, other, single = standardise(self.X, self.X[::-1], self.X[4:5])
        assert np.array_equal(other[::-1], train)
        assert np.array_equal(single[0], train[4])

    def test_a_constant_feature_is_shifted_only(self):
        X, X_test = self.X.copy(), self.X_test.copy()
        X[:, 1], X_test[:, 1] = 0.1, 2.1
        train, test = standardise(X, X_test)
        assert np.abs(train[:, 1]).max() < 1e-12
        assert np.abs(test[:, 1] - 2.0).max() < 1e-12

    def test_nothing_is_changed_in_place(self):
        before = self.X.copy()
        standardise(self.X, self.X)
        assert np.array_equal(before, self.X)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            (([1.0, 2.0],), ValueError, "X_train should be two-dimensional"),
            (([["a"]],), TypeError, "X_train should be an array of real numbers"),
            (([[np.nan]],), ValueError, "X_train should be finite"),
            (([[1.0], [2.0]], [[1.0, 2.0]]), ValueError, r"others should have shape \(n, 1\)"),
        ],
    )
    def test_bad_input(self, arguments, error, message):
        with pytest.raises(error, match=message):
            standardise(*arguments)
