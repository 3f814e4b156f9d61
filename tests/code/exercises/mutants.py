"""Mutants of the exercises' solutions.

The first kind is made by mutmut, which mutates the package too (``make mutants``), from its
operators: a sign, a number, a comparison, an argument.  The second kind is what students do
besides: operands exchanged, a factor, a transposition or a function left out, one name
written for another.
"""

import ast
import functools

import libcst as cst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode


@functools.cache
def mutants(source):
    """Return the mutated sources, each of them once, in the form of ``ast.unparse``."""
    made = dict.fromkeys([*by_mutmut(source), *by_slips(source)])
    return [mutant for mutant in made if mutant != ast.unparse(ast.parse(source))]


def by_mutmut(source):
    """Return what mutmut makes of a source."""
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module = MetadataWrapper(cst.parse_module(source)).visit(visitor)
    changed = [module.deep_replace(m.original_node, m.mutated_node) for m in visitor.mutations]
    return [ast.unparse(ast.parse(mutant.code)) for mutant in changed]


def by_slips(source):
    """Return the source with one slip each."""
    tree, made = ast.parse(source), []
    for node, (holder, key) in _places(tree).items():
        for slip in _slips(node, tree):
            holder[key] = slip
            made.append(ast.unparse(tree))
        holder[key] = node
    return made


def _places(tree):
    """Return where each expression stands: a list or the attributes of a node, and the key."""
    places = {}
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list):
                places |= {one: (value, k) for k, one in enumerate(value)}
            elif isinstance(value, ast.AST):
                places[value] = vars(parent), name
    return {node: place for node, place in places.items() if isinstance(node, ast.expr)}


def _slips(node, tree):
    """Return what could be written instead of an expression by mistake."""
    if isinstance(node, ast.BinOp):
        made = [node.left] if isinstance(node.op, ast.Pow) else [node.left, node.right]
        commute = isinstance(node.op, ast.Add | ast.Mult)
        return made if commute else [ast.BinOp(node.right, node.op, node.left), *made]
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return [node.value]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [node.operand]
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        return [] if isinstance(node.args[0], ast.Starred) else [node.args[0]]
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        return [ast.Tuple(node.elts[::-1], ast.Load())]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        function = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
        names = [a.arg for a in function.args.args if a.arg != "self"]
        return [ast.Name(n, ast.Load()) for n in names if node.id in names and n != node.id]
    return []
