"""The small language of conditions and traps: numbers with units, names, comparisons, arithmetic, a few functions.

    lm1.outcome == 'completed' and lm1.blackout_s < 2 s

A name's parts may have hyphens, so a minus stands between spaces. Nothing is ever evaluated as Python.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hvviz import units

MAX_CHARACTERS = 500
MAX_DEPTH = 40

Value = Any
Resolve = Callable[[tuple[str, ...]], Value]
"""Gives the value of a dotted name, or raises LookupError with a sentence."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)(?:\s*(?P<unit>%|[kKMGT]?i?(?:B/s|bit/s|bps|b/s|B)|us|µs|ms|min|s|h|d|/s|/min|/h)(?![A-Za-z0-9_.]))?"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*(?:\.[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*)*)"
    r"|(?P<sign><=|>=|==|!=|[<>+\-*/(),\[\]]))"
)
_WORDS = {"and", "or", "not", "in"}
_CONSTANTS = {"true": True, "false": False, "none": None}
_FUNCTIONS = ("count", "any", "all", "min", "max", "mean")
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=", "in")


class ExpressionError(ValueError):
    """An expression that cannot be read or evaluated; ``column`` counts from 1 in its text."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int
    value: Value = None


@dataclass(frozen=True, slots=True)
class _Node:
    """``operator`` with its operands; a leaf has its value, a name its parts."""

    operator: str
    operands: tuple["_Node", ...] = ()
    value: Value = None
    column: int = 1


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression."""

    text: str
    root: _Node

    def names(self) -> tuple[tuple[str, ...], ...]:
        """Every dotted name in it, as parts, each once."""
        return tuple(dict.fromkeys(_names(self.root)))

    def evaluate(self, resolve: Resolve) -> Value:
        """Its value; raises `ExpressionError` where a name is unknown or kinds do not fit."""
        return _evaluate(self.root, resolve)


def parse(text: str) -> Expression:
    """Read an expression; raises `ExpressionError` with the column of what is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"The expression has {len(text)} characters; {MAX_CHARACTERS} is the limit.")
    reader = _Reader(_tokens(text))
    root = reader.expression(0)
    if reader.next.kind != "end":
        raise ExpressionError(f"'{reader.next.text}' is not expected here.", reader.next.column)
    return Expression(text, root)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while position < len(text):
        if text[position:].isspace():
            break
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            raise ExpressionError(f"'{rest[0]}' is not expected here.", len(text) - len(rest) + 1)
        kind = match.lastgroup or ""
        if match["number"]:
            found.append(_number(match))
        elif match["text"]:
            found.append(_Token("value", match["text"], match.start("text") + 1, match["text"][1:-1]))
        elif match["name"]:
            name = match["name"]
            column = match.start("name") + 1
            if name in _WORDS:
                found.append(_Token("sign", name, column))
            elif name in _CONSTANTS:
                found.append(_Token("value", name, column, _CONSTANTS[name]))
            else:
                found.append(_Token("name", name, column))
        else:
            found.append(_Token("sign", match["sign"], match.start(kind) + 1))
        position = match.end()
    found.append(_Token("end", "the end", len(text) + 1))
    return found


def _number(match: re.Match[str]) -> _Token:
    column = match.start("number") + 1
    unit = match["unit"]
    if unit is None:
        number = match["number"].replace("_", "")
        return _Token("value", number, column, float(number) if any(c in number for c in ".eE") else int(number))
    text = f"{match['number']} {unit}" if not unit.startswith("/") else f"{match['number']}{unit}"
    for dimension in units.Dimension:
        try:
            return _Token("value", text, column, units.parse(text, dimension))
        except units.UnitError:
            continue
    raise ExpressionError(f"'{text}' is not a quantity.", column)


_POWER = {"or": 1, "and": 2, **dict.fromkeys(_COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
_NOT_POWER = 3
_SIGN_POWER = 7


class _Reader:
    """A Pratt parser over tokens."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._position]

    def _take(self, text: str | None = None) -> _Token:
        token = self.next
        if text is not None and token.text != text:
            raise ExpressionError(f"'{text}' is expected before {token.text}.", token.column)
        self._position += 1
        return token

    def expression(self, power: int) -> _Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError("The expression is nested too deep.", self.next.column)
        left = self._operand()
        while self.next.kind == "sign":
            operator, negated = self.next.text, False
            if operator == "not" and self._tokens[self._position + 1].text == "in":
                operator, negated = "in", True
            own = _POWER.get(operator, 0)
            if own <= power:
                break
            token = self._take()
            if negated:
                self._take("in")
            right = self.expression(own)
            left = _Node(operator, (left, right), column=token.column)
            if negated:
                left = _Node("not", (left,), column=token.column)
        self._depth -= 1
        return left

    def _operand(self) -> _Node:
        token = self._take()
        if token.kind == "value":
            return _Node("value", value=token.value, column=token.column)
        if token.kind == "name":
            if self.next.text == "(" and token.text in _FUNCTIONS:
                return self._call(token)
            return _Node("name", value=tuple(token.text.split(".")), column=token.column)
        if token.text == "(":
            inner = self.expression(0)
            self._take(")")
            return inner
        if token.text == "[":
            return _Node("list", tuple(self._items("]")), column=token.column)
        if token.text == "not":
            return _Node("not", (self.expression(_NOT_POWER),), column=token.column)
        if token.text == "-":
            return _Node("negative", (self.expression(_SIGN_POWER),), column=token.column)
        raise ExpressionError(f"A value is expected, and not {token.text}.", token.column)

    def _call(self, name: _Token) -> _Node:
        self._take("(")
        return _Node("call", tuple(self._items(")")), value=name.text, column=name.column)

    def _items(self, end: str) -> Iterator[_Node]:
        if self.next.text == end:
            self._take()
            return
        while True:
            yield self.expression(0)
            if self.next.text != ",":
                break
            self._take()
        self._take(end)


def _names(node: _Node) -> Iterator[tuple[str, ...]]:
    if node.operator == "name":
        yield node.value
    for operand in node.operands:
        yield from _names(operand)


def _evaluate(node: _Node, resolve: Resolve) -> Value:
    if node.operator == "value":
        return node.value
    if node.operator == "name":
        try:
            return resolve(node.value)
        except LookupError as error:
            raise ExpressionError(str(error.args[0]), node.column) from error
    if node.operator == "and":
        return bool(_evaluate(node.operands[0], resolve)) and bool(_evaluate(node.operands[1], resolve))
    if node.operator == "or":
        return bool(_evaluate(node.operands[0], resolve)) or bool(_evaluate(node.operands[1], resolve))
    values = [_evaluate(operand, resolve) for operand in node.operands]
    try:
        return _apply(node, values)
    except (TypeError, ZeroDivisionError, OverflowError) as error:
        shown = " and ".join(repr(value) for value in values)
        what = node.value if node.operator == "call" else node.operator
        raise ExpressionError(f"'{what}' does not fit {shown}.", node.column) from error


def _apply(node: _Node, values: list[Value]) -> Value:
    match node.operator:
        case "not":
            return not values[0]
        case "negative":
            return -values[0]
        case "list":
            return values
        case "call":
            return _call(node.value, values)
        case "==":
            return values[0] == values[1]
        case "!=":
            return values[0] != values[1]
        case "in":
            return values[0] in values[1]
        case "<":
            return values[0] < values[1]
        case "<=":
            return values[0] <= values[1]
        case ">":
            return values[0] > values[1]
        case ">=":
            return values[0] >= values[1]
        case "+":
            return values[0] + values[1]
        case "-":
            return values[0] - values[1]
        case "*":
            if not all(isinstance(value, (int, float)) for value in values):
                raise TypeError("only numbers are multiplied")
            return values[0] * values[1]
        case _:
            return values[0] / values[1]


def _call(name: str, values: list[Value]) -> Value:
    items = list(values[0]) if len(values) == 1 and isinstance(values[0], (list, tuple)) else values
    match name:
        case "count":
            return len(items)
        case "any":
            return any(items)
        case "all":
            return all(items)
        case "min":
            return min(items) if items else None
        case "max":
            return max(items) if items else None
        case _:
            return math.fsum(items) / len(items)
