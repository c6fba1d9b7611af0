"""What a track is made of, as it is told."""

import math
from functools import cache

import pytest

from entente.composition import compositions, line
from entente.run import simulate
from entente.scenario.load import load


@cache
def told(rung):
    run = simulate(
        load("one-launch"), "mrbm-central-europe", rung, 8
    )  # a seed in which both take something from the other
    return run, compositions(run.world, run.picture)


@pytest.mark.parametrize("rung", [0, 3, 4])
def test_every_track_is_told_once_and_its_shares_are_one(rung):
    run, made = told(rung)
    assert len(made) == run.picture.tracks.held.any(axis=1).sum()
    names = {party.name for party in run.world.parties}
    for track in made:
        assert track.holder in names | {"centre"}
        assert set(track.share) == names
        total = sum(track.share.values())
        assert total == pytest.approx(1.0) or (math.isnan(total) and "a warning" in line(track))
        assert track.held[0] <= track.t <= track.held[1]


def test_alone_a_track_is_all_one_s_own():
    _, made = told(0)
    for track in made:
        assert track.share[track.holder] == 1.0
        assert track.sensors[track.holder]
        assert not track.messages
        assert f"100% {track.holder}" in line(track)


def test_through_the_centre_it_says_whose_sensors_and_how_much():
    run, made = told(4)
    joint = [track for track in made if all(0.0 < share < 1.0 for share in track.share.values())]
    assert {track.holder for track in joint} >= {"us_nato", "russia"}
    owners = {sensor.id: run.world.parties[sensor.party].name for sensor in run.world.sensors}
    for track in joint:
        assert all(owners[sensor] == name for name, ids in track.sensors.items() for sensor in ids)
        assert all(name in line(track) for name in track.share)
    assert any(track.messages for track in joint)


def test_a_partner_that_does_not_say_its_sensors_is_not_credited_with_any():
    _, made = told(3)
    joint = [track for track in made if all(0.0 < share < 1.0 for share in track.share.values())]
    assert joint
    assert all("sensors not told" in line(track) for track in joint)
