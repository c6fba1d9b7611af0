"""Files read like pages: short functions, a first line that says what for, kernels that name their source."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src/entente"
FILES = sorted(PACKAGE.rglob("*.py"))
KERNELS = [file for file in FILES if file.parent.name in {"physics", "estimate"}]
LONGEST_FUNCTION = 80  # lines; a compiled loop may be longer


def named(files):
    return pytest.mark.parametrize("file", files, ids=lambda file: str(file.relative_to(PACKAGE)))


def tree_of(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def public_functions(file):
    return [node for node in tree_of(file).body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]


@named(FILES)
def test_every_file_says_what_it_is_for(file):
    assert ast.get_docstring(tree_of(file)), "an empty first line"


@named([file for file in FILES if file not in KERNELS])
def test_functions_are_short(file):
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef):
            length = node.end_lineno - node.body[0].lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name}: {length} lines"


@named([file for file in KERNELS if public_functions(file)])
def test_kernel_files_name_their_sources(file):
    for node in public_functions(file):
        assert ast.get_docstring(node), f"{node.name} has no docstring"
    whole = file.read_text(encoding="utf-8")
    assert "Source:" in whole, "no function says where its formula comes from; 'own' is a source too"


def test_the_map_of_each_kernel_package_names_its_files():
    for package in ("physics", "estimate"):
        said = ast.get_docstring(tree_of(PACKAGE / package / "__init__.py"))
        for file in (PACKAGE / package).glob("[a-z]*.py"):
            assert f"`{file.stem}`" in said, f"{package}/__init__.py does not mention {file.stem}"
