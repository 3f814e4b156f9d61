// The numbers of all explorables: activations, costs, forward and backward pass, schedulers.  No page,
// no drawing.  tests/site/test_explore.py compares everything here with the Python package.
//
// Parameters lie in one flat array theta, in the order of FFNN.parameters: W^1 row by row (first
// index the sender), b^1, W^2, b^2, …  Layers count from 0, the input; functions[l - 1] is φ_l.

/**
 * @typedef {{widths: number[], functions: string[], cost: string}} Network
 * @typedef {{z: number[][], a: number[][]}} Pass  z[0] is empty, a[0] is the input
 */

const LEAK = 0.01;

/** φ and its slope, from z and a = φ(z).  At 0 the slope is that on the left, as in `backprop`. */
export const activations = {
  identity: { value: (z) => z, slope: () => 1 },
  sigmoid: { value: (z) => 1 / (1 + Math.exp(-z)), slope: (z, a) => a * (1 - a) },
  tanh: { value: Math.tanh, slope: (z, a) => 1 - a * a },
  RELU: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  LRELU: { value: (z) => (z > 0 ? z : LEAK * z), slope: (z) => (z > 0 ? 1 : LEAK) },
  ELU: { value: (z) => (z > 0 ? z : Math.expm1(z)), slope: (z, a) => 1 + Math.min(a, 0) },
};

/** Softmax of one row. */
export function softmax(z) {
  const top = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - top));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

// A term with weight 0 counts 0, also where its logarithm is infinite.
const weighed = (weight, value) => (weight === 0 ? 0 : weight * Math.log(value));
const ratio = (weight, value) => (weight === 0 ? 0 : weight / value);
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Cost of one sample, and its derivative by each output; HalfSquares is the cost of chapters 6 to 8. */
export const costs = {
  HalfSquares: {
    value: (a, t) => sum(a.map((v, j) => (v - t[j]) ** 2)) / 2,
    slope: (a, t) => a.map((v, j) => v - t[j]),
  },
  CostOLS: {
    value: (a, t) => sum(a.map((v, j) => (v - t[j]) ** 2)),
    slope: (a, t) => a.map((v, j) => 2 * (v - t[j])),
  },
  CostLogReg: {
    value: (a, t) => -sum(a.map((v, j) => weighed(t[j], v) + weighed(1 - t[j], 1 - v))) + 0,
    slope: (a, t) => a.map((v, j) => ratio(1 - t[j], 1 - v) - ratio(t[j], v)),
  },
  CostCrossEntropy: {
    value: (a, t) => -sum(a.map((v, j) => weighed(t[j], v))) + 0,
    slope: (a, t) => a.map((v, j) => -ratio(t[j], v)),
  },
};

// With these pairs δ^L = a - t, and the cost comes from z: it stays finite where a is rounded to 0 or 1.
const collapsing = {
  "softmax CostCrossEntropy": (z, a, t) => {
    const top = a.indexOf(Math.max(...a));
    return z[top] - Math.log(a[top]) - sum(z.map((v, j) => t[j] * v));
  },
  "sigmoid CostLogReg": (z, a, t) =>
    sum(z.map((v, j) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))) - t[j] * v)),
};

/** Where in theta layer l = 1, 2, … has its weights and its biases: places[l - 1]. */
export function places(widths) {
  let start = 0;
  return widths.slice(1).map((width, index) => {
    const weights = start;
    const biases = weights + widths[index] * width;
    start = biases + width;
    return { weights, biases };
  });
}

/** The number of parameters. */
export const size = (widths) => sum(widths.slice(1).map((width, index) => (widths[index] + 1) * width));

/** Where in theta w_ij^l is; i and j count from 0, layers from 1. */
export const place = (widths, l, i, j) => places(widths)[l - 1].weights + i * widths[l] + j;

/**
 * The forward pass of one sample.
 * @param {Network} network
 * @param {ArrayLike<number>} theta
 * @param {number[]} x
 * @returns {Pass}
 */
export function forward(network, theta, x) {
  const { widths, functions } = network;
  const z = [[]], a = [x];
  places(widths).forEach(({ weights, biases }, index) => {
    const width = widths[index + 1], inputs = a[index], sums = new Array(width);
    for (let j = 0; j < width; j++) {
      let total = theta[biases + j];
      for (let i = 0; i < inputs.length; i++) total += inputs[i] * theta[weights + i * width + j];
      sums[j] = total;
    }
    z.push(sums);
    const name = functions[index];
    a.push(name === "softmax" ? softmax(sums) : sums.map(activations[name].value));
  });
  return { z, a };
}

/** The cost of one sample after its forward pass. */
export function cost(network, pass, t) {
  const L = network.widths.length - 1;
  const exact = collapsing[`${network.functions[L - 1]} ${network.cost}`];
  return exact ? exact(pass.z[L], pass.a[L], t) : costs[network.cost].value(pass.a[L], t);
}

/** ∂C/∂z of a layer from ∂C/∂a; softmax has a Jacobian, not a slope. */
function throughActivation(name, z, a, adjoints) {
  if (name === "softmax") {
    const mean = sum(a.map((value, j) => value * adjoints[j]));
    return a.map((value, j) => value * (adjoints[j] - mean));
  }
  return adjoints.map((value, j) => value * activations[name].slope(z[j], a[j]));
}

/**
 * The backward pass of one sample.
 * @param {Network} network
 * @param {ArrayLike<number>} theta
 * @param {Pass} pass
 * @param {number[]} t
 * @returns {{adjoint: number[][], delta: number[][], gradient: Float64Array}}
 *   adjoint[l][i] = ∂C/∂a_i^l, the sum of the products w_ij δ_j; delta[l][j] = ∂C/∂z_j^l, with
 *   delta[0] empty; gradient in the order of theta.
 */
export function backward(network, theta, pass, t) {
  const { widths, functions } = network;
  const L = widths.length - 1, at = places(widths);
  const adjoint = new Array(L + 1), delta = new Array(L + 1), gradient = new Float64Array(size(widths));
  adjoint[L] = costs[network.cost].slope(pass.a[L], t);
  const collapses = `${functions[L - 1]} ${network.cost}` in collapsing;
  for (let l = L; l >= 1; l--) {
    delta[l] = l === L && collapses ? pass.a[L].map((value, j) => value - t[j])
      : throughActivation(functions[l - 1], pass.z[l], pass.a[l], adjoint[l]);
    const { weights, biases } = at[l - 1], width = widths[l];
    adjoint[l - 1] = pass.a[l - 1].map((value, i) => {
      let total = 0;
      for (let j = 0; j < width; j++) {
        gradient[weights + i * width + j] = value * delta[l][j];
        total += theta[weights + i * width + j] * delta[l][j];
      }
      return total;
    });
    gradient.set(delta[l], biases);
  }
  delta[0] = [];
  return { adjoint, delta, gradient };
}

/**
 * Cost and gradient for samples in rows, both with their 1/n.
 * @returns {{cost: number, gradient: Float64Array}}
 */
export function meanGradient(network, theta, X, T) {
  const gradient = new Float64Array(size(network.widths));
  let total = 0;
  X.forEach((x, s) => {
    const pass = forward(network, theta, x);
    total += cost(network, pass, T[s]);
    backward(network, theta, pass, T[s]).gradient.forEach((value, k) => { gradient[k] += value; });
  });
  return { cost: total / X.length, gradient: gradient.map((value) => value / X.length) };
}

// ---- schedulers: each has update(gradient), which returns the change that is to be subtracted

const EPSILON = 1e-8;

/** Keep one array per name, all zero at first. */
function memories(n, ...names) {
  return Object.fromEntries(names.map((name) => [name, new Float64Array(n)]));
}

/** A scheduler from a rule for one number: rule(g, memory, k, t) returns the change. */
function elementwise(names, rule) {
  return (settings) => {
    let memory = null, t = 0;
    return {
      update(gradient) {
        memory ??= memories(gradient.length, ...names);
        t += 1;
        return Float64Array.from(gradient, (g, k) => rule(g, memory, k, settings, t));
      },
      reset() { memory = null; t = 0; },
    };
  };
}

/**
 * The package's schedulers; settings have their names there: eta, momentum, rho, rho2.  The order of
 * the operations is the package's, too: long runs of some rules amplify every rounding error.
 */
export const schedulers = {
  Constant: elementwise([], (g, m, k, { eta }) => g * eta),
  Momentum: elementwise(["v"], (g, m, k, { eta, momentum }) =>
    (m.v[k] = m.v[k] * momentum + g * eta)),
  Adagrad: elementwise(["G"], (g, m, k, { eta }) =>
    g / (Math.sqrt(m.G[k] += g * g) + EPSILON) * eta),
  AdagradMomentum: elementwise(["G", "v"], (g, m, k, { eta, momentum }) =>
    (m.v[k] = m.v[k] * momentum + g / (Math.sqrt(m.G[k] += g * g) + EPSILON) * eta)),
  RMS_prop: elementwise(["s"], (g, m, k, { eta, rho }) =>
    g / (Math.sqrt(m.s[k] = m.s[k] * rho + g * g * (1 - rho)) + EPSILON) * eta),
  Adam: elementwise(["m", "s"], (g, m, k, { eta, rho, rho2 }, t) => {
    m.m[k] = m.m[k] * rho + g;
    m.s[k] = m.s[k] * rho2 + g * g;
    const forM = (1 - rho) / (1 - rho ** t), forRootS = Math.sqrt((1 - rho2) / (1 - rho2 ** t));
    return m.m[k] / (Math.sqrt(m.s[k]) + EPSILON / forRootS) * (eta * forM / forRootS);
  }),
};

// ---- chance

/**
 * A generator of numbers in [0, 1): mulberry32.  One seed, the same numbers, in every browser and
 * in explore._chance.
 */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/** A generator of standard normal numbers (Box and Muller), from `uniform`. */
export function normal(seed) {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
