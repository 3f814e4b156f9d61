// The network in your hand: every value and every derivative of one forward and one backward pass.

import * as engine from "./engine.js";
import { format, html, number, setText, stage } from "./parts.js";

/** Numbers that the state gives; network.py computes the same. */
export function values(state) {
  const pass = engine.forward(state, state.theta, state.x);
  const back = engine.backward(state, state.theta, pass, state.t);
  const next = state.theta.map((value, k) => value - state.eta * back.gradient[k]);
  return {
    ...pass,
    ...back,
    gradient: [...back.gradient],
    cost: engine.cost(state, pass, state.t),
    nextCost: engine.cost(state, engine.forward(state, next, state.x), state.t),
  };
}

/** Throw an error in words if a state is impossible. */
export function check(state) {
  const { widths, functions, x, t, theta, cost } = state, last = widths.length - 1;
  const number = (value) => Number.isFinite(value) && Math.abs(value) <= 10;
  const known = { CostLogReg: "sigmoid", CostCrossEntropy: "softmax" };
  if (!widths.length || ![x.length === widths[0], t.length === widths[last], functions.length === last,
    theta.length === engine.size(widths), [...x, ...t, ...theta].every(number), cost in engine.costs,
    !(cost in known) || known[cost] === functions[last - 1]].every(Boolean)) {
    throw new Error("its parts do not fit each other");
  }
}

function render({ model, el }) {
  const frame = stage({
    model, el, check, label: "A network", describe: (state) => `The cost is ${format(values(state).cost)}.`,
  });
  const cost = html("span", { "data-value": "cost" });
  const inputs = frame.state.x.map((value, i) => number(frame, {
    label: `input x ${i + 1}`, min: -10, max: 10, step: 0.01,
    write: (next) => frame.update({ x: frame.state.x.with(i, next) }),
  }));
  frame.body.append(...inputs.map((input) => input.element), " C = ", cost);
  frame.paint((state) => {
    const shown = values(state);
    inputs.forEach((input, i) => input.set(state.x[i]));
    setText(cost, format(shown.cost));
  });
  return frame.close;
}

export default { render };
