"""Which findings change if proposed limits were kept: with none binding nothing, with harsh ones what must."""

import json
import re

import pytest
from typer.testing import CliRunner

import entente as en
from entente.cli import app
from entente.findings import sheet
from entente.massive import raid_verdicts
from entente.questions.caps import Cap, kept_forces, kept_systems
from entente.questions.deterrents import seen
from entente.questions.holdings import forces
from entente.scenario.load import EXAMPLES, load
from entente.scenario.schema import ProposedLimit
from entente.stabilising import levels_verdict
from entente.thirds import best, guarantee_takings
from entente.unilateral import headline, takings

PREDICATES = {row.id: row.predicate for row in sheet().findings}
UNIT = {"interceptor_speed": "km/s", "deployed_warheads": "warheads", "warning_delay": "s"}


def limited(measure, value, base="europe-2013", **more):
    """A scenario that proposes one limit."""
    unit = UNIT.get(measure, "interceptors")
    said = {"name": "one", "title": "One limit", "measure": measure, "value": value, "unit": unit}
    limit = ProposedLimit(**said, source="invented: a test", **more)
    return load(base).model_copy(update={"limits": [limit]})


def changes(measure, value, **more):
    return {one.finding: one for one in en.under_limits(limited(measure, value, **more))}


def test_without_limits_there_is_nothing_to_say():
    assert en.under_limits(load("europe-2013")) is None


def test_without_is_what_the_report_says():
    """The same rulings and shares as the verdicts, and a limit that binds nothing changes none."""
    found = changes("strategic_interceptors", 10_000)
    raids, levels = raid_verdicts(PREDICATES["F1"])[0], levels_verdict(PREDICATES["F3"])
    lone = headline(takings(PREDICATES["F2"]))
    third = best(PREDICATES["F7"], guarantee_takings(PREDICATES["F7"]))
    for name, verdict in {"F1": raids, "F2": lone, "F3": levels, "F7": third}.items():
        assert (found[name].before.ruling, found[name].before.share) == (verdict.ruling, verdict.share), name
    assert not any(one.changed or one.needs for one in found.values())


def test_no_interceptors_take_nothing():
    found = changes("interceptors", 0)
    assert (found["F1"].after.number, found["F1"].after.ruling) == (0.0, "not supported")
    assert found["F2"].after.number == found["F7"].after.number == 0.0
    assert found["F2"].changed
    assert "exclude: [" in found["F4"].needs
    assert "F5" not in found  # no interceptor changes what is known


def test_fewer_take_less():
    lost = [changes("strategic_interceptors", count)["F2"].after.number for count in (5, 10, 20)]
    assert lost == sorted(lost)
    assert 0.0 < lost[0] < lost[-1]


def test_a_limit_on_one_party_leaves_the_other_alone():
    """Russia has no interceptor that these findings count; with fewer warheads the same interceptors take a larger share."""
    assert not any(one.changed for one in changes("interceptors", 0, parties=["russia"]).values())
    before = changes("deployed_warheads", 10_000)["F2"].after.number
    assert changes("deployed_warheads", 500, parties=["russia"])["F2"].after.number > before


def test_release_limits_name_what_to_write():
    found = changes("warning_delay", 5)
    assert found["F5"].needs.startswith(
        "asks for histories; run the scenario with release.warning_delay_s of us_nato at most 5"
    )
    assert not found["F1"].changed


def test_at_least_cuts_nothing_and_says_so():
    found = en.under_limits(limited("interceptors", 5, bound="at least"))
    assert not any(one.changed for one in found)
    assert "not applied: one: at least, which cuts nothing" in str(found)


@pytest.mark.parametrize("most", [0, 1, 7, 30])
def test_no_more_are_left_than_the_limit(most):
    for measure in ("interceptors", "strategic_interceptors", "strategic_interceptors_an_area"):
        systems = seen("us_nato", 2023, "announced")
        left = kept_systems(systems, [Cap("us_nato", measure, most)])
        fast = [row for row in left if row.burnout_speed_km_s.nominal > 3.0 or measure == "interceptors"]
        if measure != "strategic_interceptors_an_area":
            assert sum(row.inventory for row in fast) <= most
        assert all(row.inventory <= most for row in fast)
        assert kept_systems(systems, [Cap("russia", measure, most)]) == systems


def test_forces_are_cut_to_the_limit():
    held = forces("russia", 2013)
    left = kept_forces(held, [Cap("russia", "deployed_warheads", 700.0)])
    assert left.warheads.nominal == pytest.approx(700.0)
    ratio = left.legs["silo"].warheads.nominal / held.legs["silo"].warheads.nominal
    assert ratio == pytest.approx(700.0 / held.warheads.nominal)
    fewer = kept_forces(held, [Cap("russia", "mobile_warheads", 10.0)])
    assert fewer.legs["mobile"].warheads.nominal == pytest.approx(10.0)
    assert fewer.legs["silo"] == held.legs["silo"]
    assert kept_forces(held, [Cap("us_nato", "deployed_warheads", 1.0)]) == held


def test_the_command_says_it(tmp_path):
    limit = "{name: slow, title: No fast interceptors, measure: interceptor_speed, value: 5, unit: km/s, source: 'invented: one'}"
    text = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text + f"\nlimits:\n  - {limit}\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["comply", str(path)])
    assert told.exit_code == 0
    assert re.search(r"F7 Third parties: .*lost without a guarantee [\d.]+ % -> 0 %", told.stdout)
    given = json.loads(CliRunner().invoke(app, ["comply", str(path), "--json"]).stdout)
    assert {row["finding"]: row["changed"] for row in given["findings"]["rows"]}["F2"]
