"""A test that names one of the YAML files here as an argument runs once for every published value in it."""

from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent


def cases(name):
    """The published values of a file; what all have in common is said once, under `common`."""
    content = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [content["common"] | case for case in content["cases"]]


def pytest_generate_tests(metafunc):
    for name in metafunc.fixturenames:
        if (HERE / f"{name}.yaml").exists():
            rows = cases(name)
            metafunc.parametrize(name, rows, ids=[row["name"] for row in rows])


@pytest.fixture
def agrees():
    """A check of a computed number against a published one that, failing, prints both and where they come from."""

    def check(computed, case):
        published, unit = case["value"], case["unit"]
        allowed = case["tolerance"] * abs(published) + case.get("rounding", 0.0)
        assert abs(computed - published) <= allowed, (
            f"{case['name']}: computed {computed:.6g} {unit}, published {published:.6g} {unit}, "
            f"apart {computed - published:+.3g}, allowed {allowed:.3g} ({case['tolerance_reason']}); "
            f"grade {case['grade']}, {case['source']}"
        )

    return check
