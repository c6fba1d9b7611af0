"""A fan that was kept is the fan that was flown, bit for bit; what is broken or of another program is flown anew."""

import numpy as np
import pytest

from entente.questions import fan as fans
from entente.scenario.rows import vehicles
from entente.scenario.units import DEG

ASKED = (next(row.vehicle for row in vehicles() if row.id == "mrbm_3000"), 36.0 * DEG, 46.0 * DEG, 5_000.0, True)


@pytest.fixture
def flown(tmp_path, monkeypatch):
    """How often a fan was flown; the disk is an empty folder, a fan has few azimuths."""
    times = []
    fly = fans.fly_fan
    monkeypatch.setattr(fans, "CACHE", str(tmp_path))
    monkeypatch.setattr(fans, "AZIMUTHS", 2)
    monkeypatch.setattr(fans, "PITCHES", 6)
    monkeypatch.setattr(fans, "fly_fan", lambda *asked: times.append(asked) or fly(*asked))
    return times


def test_what_was_kept_is_what_was_flown(flown):
    first, again = (fans.fan.__wrapped__(*ASKED) for _ in range(2))
    assert len(flown) == 1
    assert type(again.burnout) is float
    for name, part in first._asdict().items():
        np.testing.assert_array_equal(part, getattr(again, name), strict=name != "burnout")


def test_another_launch_is_another_file(flown, monkeypatch):
    vehicle, lat, lon, beta, lofted = ASKED
    names = {fans.kept_at(vehicle, lat, lon, beta, loft) for loft in (True, False)}
    names |= {
        fans.kept_at(vehicle, lat, lon + 1e-12, beta, lofted),
        fans.kept_at(vehicle, lat, lon, beta + 1.0, lofted),
    }
    monkeypatch.setattr(fans, "_code", lambda: "another program")
    names.add(fans.kept_at(*ASKED))
    assert len(names) == 5


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 half of it", b"no file of numbers"])
def test_a_broken_file_is_flown_anew_and_replaced(flown, broken):
    fans.kept_at(*ASKED).write_bytes(broken)
    fans.fan.__wrapped__(*ASKED)
    fans.fan.__wrapped__(*ASKED)
    assert len(flown) == 1


def test_the_oldest_make_room(flown, monkeypatch, tmp_path):
    monkeypatch.setattr(fans, "MOST_KEPT", 2)
    for beta in (4_000.0, 5_000.0, 6_000.0):
        fans.fan.__wrapped__(*ASKED[:3], beta, True)
    assert len(list(tmp_path.iterdir())) == 2
    fans.fan.__wrapped__(*ASKED[:3], 6_000.0, True)
    assert len(flown) == 3


def test_where_nothing_can_be_written_it_is_flown_each_time(flown, monkeypatch, tmp_path):
    monkeypatch.setattr(fans, "CACHE", str(tmp_path / "nowhere"))
    for _ in range(2):
        fans.fan.__wrapped__(*ASKED)
    assert len(flown) == 2
