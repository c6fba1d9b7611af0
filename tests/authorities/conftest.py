"""A test that names one of the YAML files here as an argument runs once for every published value in it."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # `answers` is shared with builders/reference.py

from answers import cases  # noqa: E402


def pytest_generate_tests(metafunc):
    for name in metafunc.fixturenames:
        if (HERE / f"{name}.yaml").exists():
            rows = cases(name)
            metafunc.parametrize(name, rows, ids=[row["name"] for row in rows])
