"""Where does every value of a YAML file stand? The core types of YAML 1.2, without what makes YAML surprising.

Text becomes a tree of nodes, each with its line and column; messages quote the line and put a caret under the place.
`no`, `on` and dates stay text; `0o17` is octal; `1:30` is text. Refused: anchors, aliases, tags, duplicate keys,
nan and infinity, a second document, deep nesting. Refusals are collected, so that one reading reports them all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]

MOST_LEVELS = 20
WIDEST_EXCERPT = 100
LOADER: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # only its scanner and parser are used, ten times faster in C

NOT_TEXT = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TAB_INDENT = re.compile("^ *\t", re.MULTILINE)
NULL = re.compile(r"~|null|Null|NULL|")
TRUE = re.compile(r"true|True|TRUE")
FALSE = re.compile(r"false|False|FALSE")
WHOLE = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where something stands: line and column, both counted from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """One value with its place; `inner` are the nodes inside, `keys` the places of a mapping's keys."""

    value: object
    place: Place
    inner: dict[str | int, "Node"] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One mistake: where, under which path, and what is wrong and would be right."""

    place: Place
    path: Path
    text: str


class UnreadableError(Exception):
    """The text ends here as YAML; carries the one finding that says why."""

    def __init__(self, place: Place, text: str) -> None:
        self.finding = Finding(place, (), text)
        Exception.__init__(self, text)


@dataclass(frozen=True)
class Page:
    """A file's text with the place of everything in it. `refused` are paths whose value was already complained of.

    `lent` are the pages of other files from which a top-level key was taken.
    """

    name: str
    lines: tuple[str, ...]
    root: Node
    findings: tuple[Finding, ...] = ()
    refused: frozenset[Path] = frozenset()
    lent: dict[str, "Page"] = field(default_factory=dict)

    def home(self, path: Path) -> "Page":
        """The page on which the value at `path` was written."""
        return self.lent.get(str(path[0]), self) if path else self

    def place(self, path: Path, *, key: bool = False) -> Place:
        """The place of the value at `path` (or of its key); the nearest enclosing place where there is none."""
        node = self.root
        place = node.place
        for step in path:
            if step not in node.inner:
                return node.place
            place = node.keys.get(str(step), node.inner[step].place)
            node = node.inner[step]
        return place if key else node.place

    def value(self, path: Path) -> object:
        """The plain value at `path`, None where there is none."""
        node: Node | None = self.root
        for step in path:
            node = node.inner.get(step) if node else None
        return node.value if node else None

    def is_refused(self, path: Path) -> bool:
        """Whether this value, or one around it, was already complained of."""
        return any(path[:length] in self.refused for length in range(len(path) + 1))


def quote(name: str, lines: tuple[str, ...], finding: Finding) -> str:
    """A finding as a person reads it: file, line, column, path and text; the line; a caret under the place."""
    line, column = finding.place.line, finding.place.column
    where = ".".join(str(step)[:60] for step in finding.path)
    head = f"{name}:{line}:{column}: {where + ': ' if where else ''}{finding.text}"
    shown = NOT_TEXT.sub("?", lines[line - 1] if line <= len(lines) else "").replace("\t", " ")
    start = max(0, column - WIDEST_EXCERPT // 2) if len(shown) > WIDEST_EXCERPT else 0
    gutter = f"{line:>5} | "
    excerpt = shown[start : start + WIDEST_EXCERPT].rstrip()
    return f"{head}\n{gutter}{excerpt}\n{' ' * 5} | {' ' * (column - 1 - start)}^"


def compose(text: str, name: str) -> Page:
    """The tree of a text.

    Raises:
        UnreadableError: it is not YAML, not one document, not a mapping, or nested too deeply.
    """
    lines = tuple(text.splitlines())
    if stray := NOT_TEXT.search(text):
        raise UnreadableError(
            _place_of(text, stray.start()), f"holds the character U+{ord(stray[0]):04X}, not text; is it a YAML file?"
        )
    if tab := TAB_INDENT.search(text):
        raise UnreadableError(
            _place_of(text, tab.end() - 1), "is indented with a tab, which YAML does not allow; use spaces"
        )
    findings: list[tuple[Finding, bool]] = []
    try:
        root = _document(yaml.parse(text, Loader=LOADER), findings)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        why = error.problem or error.context or "cannot be parsed"
        raise UnreadableError(
            place, f"is not YAML here: {why}; check indentation, quotes, brackets and colons"
        ) from None
    except yaml.YAMLError as error:
        raise UnreadableError(
            Place(1, 1), f"is not YAML: {str(error).splitlines()[0]}; write 'key: value' lines"
        ) from None
    refused = frozenset(finding.path for finding, hides in findings if hides)
    return Page(name, lines, root, tuple(finding for finding, _ in findings), refused)


def _place_of(text: str, index: int) -> Place:
    before = (text[:index] + "x").splitlines()
    return Place(len(before), len(before[-1]))


def _document(events: Iterator[Any], findings: list[tuple[Finding, bool]]) -> Node:
    root: Node | None = None
    for event in events:
        if not isinstance(event, yaml.DocumentStartEvent):
            continue
        if root:
            raise UnreadableError(_start(event), "begins a second document; one file holds one, so remove '---'")
        first = next(events)
        if not isinstance(first, yaml.MappingStartEvent):
            given = (
                "an alias"
                if isinstance(first, yaml.AliasEvent)
                else "a list"
                if isinstance(first, yaml.SequenceStartEvent)
                else "plain text"
            )
            raise UnreadableError(_start(first), f"holds {given} where a mapping must stand; write 'key: value' lines")
        root = _node(events, first, (), findings)
    if root is None:
        raise UnreadableError(Place(1, 1), "is empty; write 'key: value' lines")
    return root


def _node(events: Iterator[Any], event: Any, path: Path, findings: list[tuple[Finding, bool]]) -> Node:
    """One node and everything in it, from the parser's events."""
    place = _start(event)
    if len(path) > MOST_LEVELS:
        raise UnreadableError(place, f"is nested deeper than {MOST_LEVELS} levels; no scenario needs more")
    if isinstance(event, yaml.AliasEvent):
        findings.append(
            (Finding(place, path, f"'*{event.anchor}' is an alias, which is refused; write the value out"), True)
        )
        return Node(None, place)
    if event.anchor:
        findings.append(
            (
                Finding(
                    place,
                    path,
                    f"'&{event.anchor}' is an anchor, which is refused; write the value out where it is used",
                ),
                False,
            )
        )
    if event.tag:
        findings.append(
            (Finding(place, path, f"'{event.tag}' is a tag, which is refused; write the plain value"), True)
        )
    if isinstance(event, yaml.ScalarEvent):
        return Node(_scalar(event, place, path, findings), place)
    node = Node(None, place)
    if isinstance(event, yaml.SequenceStartEvent):
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            node.inner[len(node.inner)] = _node(events, inner, (*path, len(node.inner)), findings)
        node.value = [item.value for item in node.inner.values()]
        return node
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        _pair(events, inner, path, node, findings)
    node.value = {str(key): item.value for key, item in node.inner.items()}
    return node


def _pair(events: Iterator[Any], event: Any, path: Path, node: Node, findings: list[tuple[Finding, bool]]) -> None:
    """One key with its value; the first of two equal keys is kept."""
    place = _start(event)
    if not isinstance(event, yaml.ScalarEvent):
        raise UnreadableError(place, "is a key that is not plain text; write 'key: value'")
    key = event.value
    if event.anchor or event.tag:
        findings.append(
            (Finding(place, (*path, key), "carries an anchor or a tag, which is refused; write the plain key"), False)
        )
    value = _node(events, next(events), (*path, key), findings)
    if key in node.inner:
        first = node.keys[key].line
        findings.append(
            (Finding(place, (*path, key), f"the key stands twice, first on line {first}; keep one of the two"), False)
        )
        return
    node.inner[key] = value
    node.keys[key] = place


def _scalar(event: Any, place: Place, path: Path, findings: list[tuple[Finding, bool]]) -> object:
    """The value of a scalar by the core schema of YAML 1.2: quoted text is text, plain text may be more."""
    text: str = event.value
    if event.style:
        return text
    if NULL.fullmatch(text):
        return None
    if TRUE.fullmatch(text):
        return True
    if FALSE.fullmatch(text):
        return False
    number = _number(text)
    if number == float("inf"):
        why = f"{text[:40]} is not a finite number; write a number, or a range as {{low, nominal, high}}"
        findings.append((Finding(place, path, why), True))
        return None
    return text if number is None else number


def _number(text: str) -> int | float | None:
    """The number a plain scalar stands for, infinity for every number that is none, None where it is text."""
    if NOT_FINITE.fullmatch(text):
        return float("inf")
    if OCTAL.fullmatch(text) and len(text) < 40:
        return int(text, 8)
    if HEXADECIMAL.fullmatch(text) and len(text) < 40:
        return int(text, 16)
    if WHOLE.fullmatch(text) and len(text) < 40:
        return int(text)
    if DECIMAL.fullmatch(text):
        return abs(float(text)) if abs(float(text)) == float("inf") else float(text)
    return None


def _start(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
