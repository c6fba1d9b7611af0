"""What does a file say? Bytes to a checked model, or every mistake at once.

`read` opens a file, `understand` is the rest and touches nothing: size, encoding, YAML, model, then the checks
that compare one part of the file with another.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from entente.errors import ScenarioError
from entente.scenario.explain import explain_all
from entente.scenario.yaml12 import Finding, Page, UnreadableError, compose, quote

Model = TypeVar("Model", bound=BaseModel)
Check = Callable[[Page, Model | None], Iterable[Finding]]

MOST_BYTES = 1_000_000
MOST_MISTAKES = 100


def read(path: Path, model: type[Model], check: Check[Model] | None = None) -> Model:
    """The model a file describes.

    Raises:
        ScenarioError: with every mistake in the file, in the order of its lines.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError([f"{path}: no such file; give the path of a YAML file"]) from None
    except IsADirectoryError:
        raise ScenarioError([f"{path}: is a folder; name a YAML file in it"]) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([f"{str(path)!r}: cannot be read: {why}; check the path and its permissions"]) from None
    return understand(data, str(path), model, check)


def understand(data: bytes, name: str, model: type[Model], check: Check[Model] | None = None) -> Model:
    """The model some bytes describe; `name` is what messages call them."""
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
        page = compose(text, name)
    except UnreadableError as stop:
        _refuse(name, tuple(text.splitlines()), [stop.finding])
    found = list(page.findings)
    answer: Model | None = None
    try:
        answer = model.model_validate(page.root.value)
    except ValidationError as error:
        found += explain_all(error.errors(include_url=False), page, model)
    if check:
        known = {finding.path for finding in found}
        found += [finding for finding in check(page, answer) if finding.path not in known]
    if found or answer is None:
        _refuse(name, page.lines, found)
    return answer


def _refuse(name: str, lines: tuple[str, ...], findings: list[Finding]) -> NoReturn:
    findings = sorted(findings, key=lambda finding: finding.place)
    mistakes = [quote(name, lines, finding) for finding in findings[:MOST_MISTAKES]]
    if len(findings) > MOST_MISTAKES:
        mistakes.append(f"{name}: and {len(findings) - MOST_MISTAKES} more mistakes; mend these first")
    raise ScenarioError(mistakes)
