"""A training loop written for speed alone: the yardstick for ``FFNN.fit``.

Dense layers, leaky ReLU, softmax, cross-entropy and Adam in NumPy, with every array
allocated once and every operation done in place.  Nothing is checked, nothing can be
changed, and nobody would want to read it twice.  It does the work that ``fit`` does:
shuffled mini-batches, one Adam step each, cost and accuracy after every epoch.
"""

import numpy as np


def train(X, T, dims, batches, epochs, eta=1e-3, rho=0.9, rho2=0.999, seed=0, chunk=512):
    """Return cost and accuracy after each epoch."""
    rng = np.random.default_rng(seed)
    dtype, n, L = X.dtype, len(X), len(dims) - 1
    size = sum(a * b + b for a, b in zip(dims, dims[1:], strict=False))
    theta, grad, change, m, s = (np.zeros(size, dtype) for _ in range(5))

    def split(v):
        out, i = [], 0
        for a, b in zip(dims, dims[1:], strict=False):
            out.append((v[i : i + a * b].reshape(a, b), v[i + a * b : i + a * b + b]))
            i += a * b + b
        return out

    P, G = split(theta), split(grad)
    for W, _ in P:
        W[:] = rng.standard_normal(W.shape) * np.sqrt(2 / len(W))
    rows = max(-(-n // batches), min(chunk, n))
    Z = [np.empty((rows, d), dtype) for d in dims[1:]]
    A = [np.empty((rows, d), dtype) for d in dims[1:]]
    D = [np.empty((rows, d), dtype) for d in dims[1:]]
    M = [np.empty((rows, d), bool) for d in dims[1:]]
    Xb, Tb = np.empty((rows, dims[0]), dtype), np.empty((rows, dims[-1]), dtype)
    ones = np.ones(rows, dtype)
    leak = dtype.type(0.01)

    def forward(X, k):
        a = X
        for i, (W, b) in enumerate(P):
            z, h = Z[i][:k], A[i][:k]
            np.dot(a, W, out=z)
            z += b
            if i < L - 1:
                np.multiply(z, leak, out=h)
                np.maximum(z, h, out=h)
            else:
                np.subtract(z, z.max(axis=1, keepdims=True), out=h)
                np.exp(h, out=h)
                h /= h.sum(axis=1, keepdims=True)
            a = h
        return a

    costs, accs, t = [], [], 0
    for _ in range(epochs):
        order = rng.permutation(n)
        bounds = np.linspace(0, n, batches + 1).astype(int)
        for lo, hi in zip(bounds[:-1], bounds[1:], strict=True):
            k = hi - lo
            x = np.take(X, order[lo:hi], axis=0, out=Xb[:k], mode="clip")
            y = np.take(T, order[lo:hi], axis=0, out=Tb[:k], mode="clip")
            d = np.subtract(forward(x, k), y, out=D[-1][:k])
            d *= dtype.type(1 / k)
            for i in range(L - 1, -1, -1):
                np.dot((A[i - 1][:k] if i else x).T, d, out=G[i][0])
                np.dot(ones[:k], d, out=G[i][1])
                if i:
                    below = D[i - 1][:k]
                    np.dot(d, P[i][0].T, out=below)
                    mask, slope = M[i - 1][:k], Z[i - 1][:k]
                    np.greater(slope, 0, out=mask)
                    np.multiply(mask, 1 - leak, out=slope)
                    slope += leak
                    below *= slope
                    d = below
            t += 1
            m *= rho  # m and s without their factors 1 - rho, which are numbers
            m += grad
            s *= rho2
            np.multiply(grad, grad, out=change)
            s += change
            scale = np.sqrt((1 - rho2) / (1 - rho2**t))
            np.sqrt(s, out=change)
            change += 1e-8 / scale
            np.divide(m, change, out=change)
            change *= eta * (1 - rho) / (1 - rho**t) / scale
            theta -= change
        cost = right = 0
        for lo in range(0, n, chunk):
            x, y = X[lo : lo + chunk], T[lo : lo + chunk]
            a = forward(x, len(x))
            cost -= np.log((a * y).sum(axis=1)).sum()
            right += (a.argmax(axis=1) == y.argmax(axis=1)).sum()
        costs.append(cost / n)
        accs.append(right / n)
    return costs, accs
