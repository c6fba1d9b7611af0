"""What does a file say? Bytes to a checked model, or every mistake at once.

`read` opens a file, `understand` is the rest and touches nothing but the files a file says it is based on: size, encoding,
YAML, bases, model, then the checks that compare one part of the file with another.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from entente.errors import ScenarioError
from entente.scenario.based import Shelf, with_bases
from entente.scenario.explain import explain_all
from entente.scenario.parts import FROM_FILE
from entente.scenario.yaml12 import Finding, Page, UnreadableError, compose, quote

Model = TypeVar("Model", bound=BaseModel)
Check = Callable[[Page, Model | None], Iterable[Finding]]

MOST_BYTES = 1_000_000
MOST_MISTAKES = 100


def read(path: Path, model: type[Model], check: Check[Model] | None = None, shelf: Shelf | None = None) -> Model:
    """The model a file describes; `shelf` holds the files that it may be based on.

    Raises:
        ScenarioError: with every mistake in the file, in the order of its lines.
    """
    return understand(_bytes(path), str(path), model, check, shelf)


def understand(
    data: bytes, name: str, model: type[Model], check: Check[Model] | None = None, shelf: Shelf | None = None
) -> Model:
    """The model some bytes describe; `name` is what messages call them."""
    page = _page(data, name)
    if shelf:
        page = with_bases(page, shelf, lambda path: _page(_bytes(path), str(path)))
        if page.is_refused(()):
            _refuse(page, list(page.findings))
    found = list(page.findings)
    answer: Model | None = None
    try:
        answer = model.model_validate(page.root.value, context=FROM_FILE)
    except ValidationError as error:
        found += explain_all(error.errors(include_url=False), page, model)
    if check:
        known = {finding.path for finding in found}
        found += [finding for finding in check(page, answer) if finding.path not in known]
    if found or answer is None:
        _refuse(page, found)
    return answer


def _bytes(path: Path) -> bytes:
    """What a file holds, up to a little more than is ever read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError([f"{path}: no such file; give the path of a YAML file"]) from None
    except IsADirectoryError:
        raise ScenarioError([f"{path}: is a folder; name a YAML file in it"]) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([f"{str(path)!r}: cannot be read: {why}; check the path and its permissions"]) from None


def _page(data: bytes, name: str) -> Page:
    """The bytes as a tree of values with their places."""
    if len(data) > MOST_BYTES:
        raise ScenarioError(
            [f"{name}: is larger than {MOST_BYTES / 1e6:g} MB; no scenario needs more, so is it the right file?"]
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError([f"{name}:{line}: is not UTF-8 text; save it as UTF-8, or is it a YAML file?"]) from None
    try:
        return compose(text, name)
    except UnreadableError as stop:
        raise ScenarioError([quote(name, tuple(text.splitlines()), stop.finding)]) from None


def _refuse(page: Page, findings: list[Finding]) -> NoReturn:
    """Every mistake with its line, those of the file itself before those of the files it is based on."""

    def order(finding: Finding) -> tuple[bool, str, object]:
        home = page.home(finding.path)
        return home is not page, home.name, finding.place

    mistakes = []
    for finding in sorted(findings, key=order)[:MOST_MISTAKES]:
        home = page.home(finding.path)
        mistakes.append(quote(home.name, home.lines, finding))
    if len(findings) > MOST_MISTAKES:
        mistakes.append(f"{page.name}: and {len(findings) - MOST_MISTAKES} more mistakes; mend these first")
    raise ScenarioError(mistakes)
