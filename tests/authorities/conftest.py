"""A test that names one of the YAML files here as an argument runs once for every published value in it."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # `answers` is shared with builders/reference.py

from answers import Checked, cases  # noqa: E402


def pytest_generate_tests(metafunc):
    for name in metafunc.fixturenames:
        if (HERE / f"{name}.yaml").exists():
            rows = cases(name)
            metafunc.parametrize(name, rows, ids=[row["name"] for row in rows])


@pytest.fixture
def agrees():
    """A check of a computed number against a published one that, failing, prints both and where they come from."""

    def check(computed, case):
        result = Checked(case, float(computed))
        assert result.agrees, str(result)

    return check
