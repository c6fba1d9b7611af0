"""One message of every kind, as an honest sender would send it; a test changes what it is about."""

import json
import re
from typing import get_args

import pytest
from msgspec.structs import replace

from entente.errors import Undecodable
from entente.exchange import messages as said
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.gates import refusal

HEAD = {
    "log": "exercise-1", "origin": "exercise", "party": "nato", "node": "nato-radar", "boot": 1, "number": 7,
    "sent": "2026-11-28T12:00:00.250Z",
}  # fmt: skip
EARLIER, NOW, LATER = "2026-11-28T11:59:00.000Z", "2026-11-28T12:00:00.000Z", "2026-11-28T12:20:00.000Z"
OPENS, CLOSES = "2026-12-05T06:00:00.000Z", "2026-12-06T06:00:00.000Z"
DIGEST, KEY, SIGNATURE = "ab" * 32, "cd" * 32, "ef" * 64
ANNOUNCED = "PLN/US/2026/012/001/01"
UPPER = tuple((25.0 if i < 3 else 0.0025) if i == j else 0.0 for i in range(6) for j in range(i, 6))


def ellipse(lat_deg, lon_deg, km=50.0, minor_km=None):
    return said.Ellipse(
        lat_deg=lat_deg, lon_deg=lon_deg, semi_major_km=km, semi_minor_km=minor_km or km, bearing_deg=30.0,
        containment_percent=90, precision_km=10.0,
    )  # fmt: skip


SQUARE = said.Polygon(corners=((40.0, 30.0), (40.0, 32.0), (42.0, 32.0), (42.0, 30.0)))
WINDOW = {"window_opens": OPENS, "window_closes": CLOSES}
SPAN = {"begins": NOW, "ends": LATER}

SPECIMENS = {
    one.__class__.__struct_config__.tag: one
    for one in (
        said.PreLaunch(
            **HEAD, notice=ANNOUNCED, missile="slbm", **WINDOW, launch_area=ellipse(69.0, 35.0), azimuth_from_deg=40.0,
            azimuth_to_deg=80.0, impact_areas=(ellipse(57.0, 161.0),), purpose="Test of a régime, flight 2",
        ),
        said.WindowChange(**HEAD, notice="PLN/US/2026/012/002/02", original=ANNOUNCED, **WINDOW),
        said.PostLaunch(
            **HEAD, notice="PLN/US/2026/012/003/03", original=ANNOUNCED, launched=EARLIER, outcome="as announced"
        ),
        said.Cancel(**HEAD, notice="PLN/US/2026/012/004/04", original=ANNOUNCED),
        said.Experiment(
            **HEAD, notice="PLN/US/2026/013/001/05", **SPAN, area=SQUARE, effect="Barium release, radars may see it"
        ),
        said.Deorbit(**HEAD, notice="PLN/US/2026/014/001/06", space_object="1998-067A", **SPAN, area=ellipse(-45.0, -120.0)),
        said.LaunchDetected(
            **HEAD, launch="n-17", revision=2, whose="third party", missile="mrbm", seen_by="infrared", observed=NOW,
            observed_sigma_s=0.5, launched=EARLIER, launched_sigma_s=5.0, launch_area=ellipse(35.0, 54.0),
            azimuth_deg=300.0, azimuth_sigma_deg=5.0, impact_area=ellipse(42.0, 32.0, 200.0, 80.0),
            impact="2026-11-28T12:12:00.000Z", impact_sigma_s=20.0, commitment=DIGEST, confidence="confirmed",
        ),
        said.TrackState(
            **HEAD, track="t-9", whose="third party", missile="mrbm", seen_by="radar", frame="ecef", observed=NOW,
            observed_sigma_s=0.02, r_km=(3500.0, 3500.0, 4500.0), v_km_s=(1.0, 1.5, 2.0), covariance=UPPER,
            bias_sigma_km=2.0, bias_sigma_km_s=0.01, sensors=("radar-north",), commitment=DIGEST,
        ),
        said.LinesOfSight(
            **HEAD, sensor="satellite-3", observed=NOW, observed_sigma_s=0.01,
            directions=(
                said.Direction(azimuth_deg=12.0, elevation_deg=-83.0, azimuth_sigma_deg=0.01, elevation_sigma_deg=0.002),
            ),
        ),
        said.AirTrack(
            **HEAD, track="a-3", call_sign="RENEGADE 1", observed=NOW, observed_sigma_s=1.0, area=ellipse(54.0, 20.0, 1.0),
            alt_m=10_500.0, speed_m_s=240.0, course_deg=91.0, flight_plan="off plan",
        ),
        said.StateOfHealth(
            **HEAD, clock=said.Clock(source="nts", error_s=0.004),
            feeds=(
                said.Feed(
                    name="radar-north", state="degraded", since=EARLIER, covers=ellipse(50.0, 40.0, 5_000.0),
                    gaps=(said.Gap(begins="2026-11-28T10:00:00.000Z", ends="2026-11-28T10:05:00.000Z"),),
                ),
                said.Feed(name="satellites", state="up", since=EARLIER),
            ),
        ),
        said.Query(**HEAD, about=12, question="is it yours"),
        said.Answer(**HEAD, about=13, answer="yes", nature="test"),
        said.EngagementIntent(**HEAD, about=12, **SPAN, keep_out=ellipse(45.0, 28.0, 300.0)),
        said.Acknowledgement(**HEAD, about=12, digest=DIGEST, nature="space launch"),
        said.Checkpoint(**HEAD, size=40, root=DIGEST),
        said.KeyAdd(**HEAD, key=KEY, holder="nato-radar", role="node", proof=SIGNATURE),
        said.KeyRotate(**HEAD, old=DIGEST, key=KEY, holder="nato-radar", proof=SIGNATURE, old_proof=SIGNATURE),
        said.KeyRetire(**HEAD, key=KEY),
        said.KeyRevoke(**HEAD, key=KEY, reason="lost at sea"),
        said.Boot(**HEAD, started="nato-radar", its_boot=2),
        said.PolicyInForce(**HEAD, digest=DIGEST, text="release: 1\nfloor_km: 5\n"),
        said.Alert(**HEAD, launch=1, evidence=(3, 4), parties=("nato",), notice=None, deadline=LATER),
        said.Corroborated(**HEAD, launch=1, alert=5, evidence=(3, 6), parties=("nato", "rus"), notice=ANNOUNCED),
        said.Bulletin(
            **HEAD, launch=1, alert=5, evidence=(3, 6, 8), agreed=True, views={"nato": "test", "rus": "test"}
        ),
        said.Refusal(**HEAD, refused=DIGEST, sender="nato-radar", reason="times"),
        said.ClockStep(**HEAD, back_s=0.25),
    )
}  # fmt: skip
assert len(SPECIMENS) == len(get_args(said.Said))


def changed(kind, /, **fields):
    """The specimen of a kind with other fields; nothing is checked."""
    return replace(SPECIMENS[kind], **fields)


def written(kind, /, **fields):
    """A body with other fields, of any type; a field set to ... is left out."""
    values = json.loads(encode(SPECIMENS[kind])) | fields
    return json.dumps({key: value for key, value in values.items() if value is not ...}).encode()


def undecodable(body):
    """The reason for which this body is no message."""
    with pytest.raises(Undecodable) as refused:
        decode(body)
    assert re.fullmatch("[a-z][a-z-]*", refused.value.reason)
    return refused.value.reason


def judged(kind, /, **fields):
    """The reason for which a body with these fields is refused: by what decodes or by what judges; None if it is not."""
    try:
        return refusal(decode(written(kind, **fields)))
    except Undecodable as refused:
        return refused.reason
