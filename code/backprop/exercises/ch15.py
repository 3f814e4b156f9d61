"""Checkers of chapter 15, digits (``chapters/15-digits.ipynb``)."""

import numpy as np

from .runner import Hint, declare, either, exercise


def _outputs(rng, n, classes):
    """Return softmax-like outputs, some of whose largest is below 1/2, and one-hot targets."""
    return rng.dirichlet(np.full(classes, 0.6), size=n), np.eye(classes)[
        rng.integers(classes, size=n)
    ]


@exercise("digits-accuracy")
@declare("One comparison per image.",
    cases=lambda rng: [_outputs(rng, n, K) for n, K in ((11, 4), (37, 10), (8, 3))],
    parts="the accuracy",
    advice="An image is right if its largest output is where the target is 1.")  # fmt: skip
def accuracy(A, T):
    """Count, image by image."""
    hits = [a.index(max(a)) == t.index(1.0) for a, t in zip(A.tolist(), T.tolist(), strict=True)]
    share = sum(hits) / len(hits)
    halves = (A > 0.5) == (T > 0.5)
    rows = np.eye(A.shape[1])[A.argmax(axis=1)]
    return share, {
        "This is the share of equal elements: an image is right or wrong as a whole.":
            (rows == T).mean(),
        "This compares rounded outputs element by element. Where is the largest output?":
            halves.mean(),
        "The largest output decides, even if it is smaller than 1/2.": halves.all(axis=1).mean(),
        "This is the number of right images; divide by n.": int(sum(hits)),
        "This is the share of misread images; the accuracy is 1 minus that.": 1 - share,
        "Look for the largest entry in each row, axis=1; axis=0 is along a column.":
            (A.argmax(axis=0) == T.argmax(axis=0)).mean(),
        "Take the mean over the images: this says of each whether it is right.": np.array(hits),
        "This is the mean probability of the right class, not the share of right images.":
            (A * T).sum(axis=1).mean(),
    }  # fmt: skip


def _parts(rng):
    X_train = rng.normal(size=(9, 4)) * [1.0, 5.0, 0.2, 2.0] + [0.0, 3.0, -1.0, 7.0]
    X_train[:, 3] = 0.75  # constant in training, not in the test part
    return X_train, rng.normal(size=(6, 4)) * 3.0 + 1.0


def _column_statistics(X):
    """Return mean and standard deviation of each column, by sums; 1 for a constant column."""
    mean = sum(X) / len(X)
    std = np.sqrt(sum((row - mean) ** 2 for row in X) / len(X))
    return mean, np.where(std < 1e-12, 1.0, std)


@exercise("digits-standardise")
@declare("The test part had no say in it.", cases=lambda rng: [_parts(rng), _parts(rng)],
    parts=("the training part", "the test part"), errors={
        "nan":
            "A feature that is constant in training has the standard deviation 0: subtract its "
            "mean and leave its scale as it is.",
    })  # fmt: skip
def standardise(X_train, X_test):
    """Scale both parts with sums over the training part."""
    (mean, std), (own, own_std) = _column_statistics(X_train), _column_statistics(X_test)
    both, both_std = _column_statistics(np.vstack([X_train, X_test]))
    ddof = std * np.where(np.arange(4) < 3, np.sqrt(9 / 8), 1.0)

    def scaled(m, s):
        return (X_train - m) / s, (X_test - m) / s

    right = scaled(mean, std)
    blank = [
        np.where(np.arange(4) < 3, part, X)
        for part, X in zip(right, (X_train, X_test), strict=True)
    ]
    zeros = np.where(np.arange(4) < 3, right[1], 0.0)
    everything = scaled(X_train.mean(), X_train.std())
    return right, {
        "The test part is scaled with its own mean and deviation. The same image would then be "
        "another input beside other images; use those of the training part.":
            (None, (X_test - own) / own_std),
        "There is a leak: mean and deviation contain the test part.": scaled(both, both_std),
        "The feature that is constant in training is not constant in the test part: subtract the "
        "training mean there too, and leave its scale.": (right[0], zeros),
        "The blank pixel is left as it was: only its scale stays, the mean is subtracted.": blank,
        "You divide by the variance; divide by its square root.": scaled(mean, std ** 2),
        "Your divisor is n - 1. That is usual too, but here n is asked for (ddof=0).":
            scaled(mean, ddof),
        "The mean has not been subtracted.": scaled(0.0, std),
        "The deviation has not been divided out.": scaled(mean, 1.0),
        "Every feature has its own mean and deviation, axis=0.":
            either(everything, (everything[0], None)),
        "The test part is as it was: scale it too.": (right[0], X_test),
    }  # fmt: skip


def _reader(rng, seed):
    """Return a network for images of 8 × 8 pixels, and some raw images, none of them black."""
    from backprop import FFNN, softmax, tanh

    net = FFNN((64, 5, 3), tanh, softmax, seed=seed)
    net.parameters = net.parameters + 0.1 * rng.normal(size=net.parameters.size)
    return net, np.floor(13 * rng.random((7, 8, 8)))


def _outputs_of(my_reading, net, images):
    before = net.parameters.copy()
    outputs = my_reading(net, images)
    if not np.array_equal(net.parameters, before):
        raise Hint("Your function changes the weights, so a second call would answer otherwise.")
    return outputs


@exercise("digits-wrong")
@declare("The new images are treated as the training images were.",
    cases=lambda rng: [_reader(rng, seed) for seed in (1, 2)], parts="the outputs",
    use=_outputs_of)  # fmt: skip
def my_reading(net, images):
    """Send the images through the layers, one by one."""

    def read(pixels):
        a1 = np.tanh(pixels.reshape(len(images), 64) @ net.weights[0] + net.biases[0])
        powers = np.exp(a1 @ net.weights[1] + net.biases[1])
        return powers / powers.sum(axis=1, keepdims=True)

    each = images.reshape(len(images), -1)
    scaled = (each - each.mean(axis=0)) / np.where(np.ptp(each, axis=0) > 0, each.std(axis=0), 1)
    right = read(images / 16)
    return right, {
        "This is the function as it stood, or one that does the same. What does it answer to the "
        "training images? Compare with what fit computed for them.": read(images),
        "In training the pixels are divided by 16, always. The largest of the images at hand may "
        "be paler, and a single image would be scaled otherwise than a hundred.":
            either(read(images / images.max()),
            read(each / each.max(axis=1, keepdims=True)), read(each / each.max(axis=0))),
        "These images have values up to 16, not 255.": read(images / 255),
        "Mean and deviation of the images at hand were no part of the training.": read(scaled),
        "Dividing by 16 once is enough.": read(images / 256),
        "The outputs are not what is divided: the pixels are.": read(images) / 16,
        "The rows of each image are exchanged with its columns.":
            either(read(images.transpose(0, 2, 1) / 16), read(images.transpose(0, 2, 1))),
        "All outputs of each image are asked for, not only the digit that is read.":
            right.argmax(axis=1),
    }  # fmt: skip
