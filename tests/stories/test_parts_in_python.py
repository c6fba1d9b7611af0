"""What a person reads whose stage, vehicle or orbit, written in Python, cannot be: one line a mistake, all at once."""

import pytest

import entente as en
from entente.scenario.rows import catalogue
from entente.scenario.systems import Satellite
from entente.scenario.world import _station

STAGE = {"fuelled_kg": 5_000, "dry_kg": 1_000, "isp_s": 230, "burn_s": 60, "diameter_m": 1}
ORBIT = {"perigee_km": 600, "apogee_km": 39_700, "inclination_deg": 63, "argument_of_perigee_deg": 270}
ORBIT |= {"apogee_longitude_deg": 0}


@pytest.mark.parametrize(
    ("make", "lines"),
    [
        (lambda: en.Stage(**STAGE, coast=3), ["Stage.coast: unknown key; did you mean 'coast_s'?"]),
        (
            lambda: en.Stage(**STAGE, thrust_kn=600_000),
            ["Stage.thrust_kn: 600000 is outside 0 to 50000; 600 if newtons"],
        ),
        (
            lambda: en.Stage(**STAGE | {"fuelled_kg": "5 t"}),
            ["Stage.fuelled_kg: '5 t' is text, not a number; the unit is in"],
        ),
        (lambda: en.Stage(**STAGE | {"burn_s": float("nan")}), ["Stage.burn_s: nan is not a finite number"]),
        (
            lambda: en.Stage(fuelled_kg=1, dry=2, isp_s=230),
            ["Stage.diameter_m: the key is missing", "Stage.dry: unknown key; did you mean 'dry_kg'"],
        ),
        (
            lambda: en.Vehicle(stages=en.Stage(**STAGE), payload_kg=9),
            ["Vehicle.stages: a lone Stage stands where a list must stand; write [Stage(...)]"],
        ),
        (
            lambda: en.Vehicle(stages=[STAGE | {"dry_kg": None}, 5], payload_kg="x"),
            [
                "Vehicle.stages.0.dry_kg: nothing stands",
                "Vehicle.stages.1: 5 stands where",
                "Vehicle.payload_kg: 'x' stands where",
            ],
        ),
        (
            lambda: en.Orbit(**ORBIT | {"perigee_km": 1, "inclination_deg": None}),
            ["Orbit.perigee_km: 1 is outside 150 to 50000", "Orbit.inclination_deg: nothing"],
        ),
        (
            lambda: en.Orbit(perigee=600, **{key: value for key, value in ORBIT.items() if key != "perigee_km"}),
            ["Orbit.perigee: unknown key; did you mean 'perigee_km'"],
        ),
        (lambda: en.Orbit(**ORBIT | {"apogee_km": 500}), ["Orbit: apogee_km 500 lies below perigee_km 600"]),
    ],
)
def test_every_mistake_is_one_line(make, lines):
    with pytest.raises(en.ModelError) as refused:
        make()
    said = str(refused.value).splitlines()
    assert len(said) == len(lines), said
    for got, line in zip(said, lines, strict=True):
        assert got.startswith(line)


def test_an_orbit_needs_no_constellation():
    """Without one it has a draw of its own, by the name of its row; with one, that of the constellation."""
    track = en.ground_track(en.Orbit(**ORBIT), hours=1.0)
    assert track.satellite == "an orbit of your own"
    row = catalogue("satellites")["eks_3"]
    assert isinstance(row, Satellite)
    alone = row.model_copy(update={"orbit": row.orbit.model_copy(update={"constellation": None})})
    named = row.model_copy(update={"orbit": row.orbit.model_copy(update={"constellation": "eks_3"})})
    places = [_station(each, 1)[2].tolist() for each in (row, alone, named)]
    assert places[1] == places[2] != places[0]
