"""Checkers of the exercises, one module per chapter; see ``backprop.checks``."""
