"""What do nodes and seats say in the simulator, and in the benchmark? Messages as they would be sent, of made-up launches."""

from hashlib import sha256

from entente.exchange.messages import (
    Acknowledgement,
    Ellipse,
    Feed,
    LaunchDetected,
    PolicyInForce,
    PreLaunch,
    StateOfHealth,
    TrackState,
)
from entente.exchange.saying.instants import NS_PER_S, instant

LOG = "exercise-1"


def header(party, node, boot, number, now_ns, previous):
    """What every message says of itself."""
    return {
        "log": LOG, "origin": "exercise", "party": party, "node": node, "boot": boot, "number": number,
        "sent": instant(now_ns), "previous": previous,
    }  # fmt: skip


def circle(lat_deg, lon_deg, radius_km):
    """An area of 90 %."""
    return Ellipse(
        lat_deg=lat_deg, lon_deg=lon_deg, semi_major_km=radius_km, semi_minor_km=radius_km, bearing_deg=0.0,
        containment_percent=90, precision_km=10.0,
    )  # fmt: skip


def policy_text(party):
    """A release policy, as far as the centre reads it: text."""
    return f"policy of {party}: all of it"


def policy_of(party):
    """Its digest."""
    return sha256(policy_text(party).encode()).hexdigest()


def by_policy(head):
    """What a report says of itself: which policy let it out."""
    return head | {"policy": policy_of(head["party"])}


def in_force(head):
    """The party's root puts its policy in force."""
    return PolicyInForce(**head, digest=policy_of(head["party"]), text=policy_text(head["party"]))


def healthy(head, now_ns):
    """All feeds are well."""
    return StateOfHealth(**head, feeds=(Feed(name="radar", state="up", since=instant(now_ns - 60 * NS_PER_S)),))


def detected(head, now_ns, place, name, revision=1, seen_by="infrared"):
    """A launch of some seconds ago, at one of a few places far apart."""
    return LaunchDetected(
        **by_policy(head), launch=name, revision=revision, whose="third party", missile="mrbm", seen_by=seen_by,
        observed=instant(now_ns - NS_PER_S), observed_sigma_s=0.5,
        launched=instant(now_ns - 20 * NS_PER_S), launched_sigma_s=5.0,
        launch_area=circle(20.0 + 8.0 * place, 40.0 + 10.0 * place, 40.0),
    )  # fmt: skip


def announced(head, now_ns, place, serial, country="US"):
    """A launch to come, two days ahead."""
    opens = now_ns + 48 * 3_600 * NS_PER_S
    return PreLaunch(
        **head, notice=f"PLN/{country}/2013/{serial:03d}/001/01", missile="slbm", window_opens=instant(opens),
        window_closes=instant(opens + 3_600 * NS_PER_S), launch_area=circle(20.0 + 8.0 * place, 40.0 + 10.0 * place, 40.0),
        azimuth_from_deg=10.0, azimuth_to_deg=80.0,
    )  # fmt: skip


def seen(head, about, digest, nature="test"):
    """A duty officer saw the alert."""
    return Acknowledgement(**head, about=about, digest=digest, nature=nature)


def tracked(head, now_ns, name="t-1"):
    """A state on a ballistic arc, with its covariance."""
    variances = [25.0] * 3 + [0.0025] * 3
    upper = [variances[i] if i == j else 0.0 for i in range(6) for j in range(i, 6)]
    return TrackState(
        **by_policy(head), track=name, whose="third party", missile="mrbm", seen_by="radar", frame="ecef",
        observed=instant(now_ns - NS_PER_S), observed_sigma_s=0.05, r_km=(3500.0, 3500.0, 4500.0), v_km_s=(1.0, 1.5, 2.0),
        covariance=tuple(upper), bias_sigma_km=1.0,
    )  # fmt: skip
