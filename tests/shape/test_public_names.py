"""The public names resolve, are typed, and are nothing else."""

import ast
from pathlib import Path

import pytest

import entente

STUB = Path(entente.__file__).with_suffix(".pyi")


def stubbed():
    """Every name that the stub file makes public."""
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("name", entente.__all__)
def test_every_public_name_resolves(name):
    assert getattr(entente, name) is not None


def test_every_public_name_is_typed():
    assert set(entente.__all__) <= set(stubbed())


def test_names_are_listed_once_and_dir_shows_them():
    assert len(set(entente.__all__)) == len(entente.__all__)
    assert set(entente.__all__) <= set(dir(entente))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = entente.nonsense
