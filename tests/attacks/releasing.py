"""What the tests of release share: random policies and drafts, and a tiny second reading of the rules to compare with.

`verdict` is the reference: it lists what a policy's rows say of every flight that a draft may be about, and knows nothing of
the code it judges but the names in the policy's text.
"""

import json
import math
from itertools import product
from random import Random

import msgspec

from entente.exchange import messages as said
from entente.exchange.messages import NOTHING, Direction, Ellipse, Polygon
from entente.exchange.release import Draft

SECRET = b"a secret of thirty-two bytes ...."[:32]
LADDER = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
OWNERS = ["own", "partner", "third party"]
MISSILES = ["icbm", "slbm", "irbm", "mrbm", "srbm", "space launch", "sounding rocket", "other"]
COARSER = ["as known", "peaceful or unknown", "unknown"]
FLIGHTS = {"launch-detected", "track-state", "lines-of-sight"}
OTHERS = {
    "pre-launch": {"impact_areas", "purpose"}, "cancel": set(), "answer": {"nature"}, "state-of-health": {"clock"},
    "air-track": {"confidence"},
}  # fmt: skip
MAY_SAY = OTHERS | {
    "launch-detected": {"azimuth_deg", "azimuth_sigma_deg", "impact_area", "impact", "impact_sigma_s", "confidence",
                        "announced", "commitment"},
    "track-state": {"launch_area", "launched", "launched_sigma_s", "sensors", "commitment"},
    "lines-of-sight": set(),
}  # fmt: skip
GROUPS = [{"azimuth_deg", "azimuth_sigma_deg"}, {"impact_area", "impact", "impact_sigma_s"},
          {"launch_area", "launched", "launched_sigma_s"}]  # fmt: skip
NEEDS = {
    "launch-detected": ["min_range_km", "classes", "area_floor_km", "azimuth_floor_deg"],
    "track-state": ["min_range_km", "classes", "area_floor_km", "bias_km"],
    "lines-of-sight": ["min_range_km", "angle_floor_deg"],
    "air-track": ["area_floor_km"],
}
HEAD = {"log": "t", "origin": "test", "party": "russia", "node": "n", "boot": 1, "number": 1,
        "sent": "2026-01-01T00:10:00.000Z"}  # fmt: skip
CANARY = "canary"  # in everything that must not leave


def policy_text(permits, party="russia", number=1):
    """The text of a policy."""
    return json.dumps({"party": party, "number": number, "permits": permits}).encode()


def random_permits(random, kinds=tuple(MAY_SAY)):
    """A random table of permits that can be read."""
    permits = []
    for n in range(random.randint(0, 4)):
        of = random.sample(kinds, random.randint(1, 3))
        may = sorted(set().union(*(MAY_SAY[kind] for kind in of)))
        row = {
            "name": f"p{n}", "kinds": of, "delay_s": random.choice([0, 7, 60]), "slot_s": random.choice([1, 5, 7, 10, 60]),
            "fields": random.sample(may, random.randint(0, len(may))),
        }  # fmt: skip
        if random.random() < 0.6:
            row["whose"] = random.sample(OWNERS, random.randint(1, 3))
        if random.random() < 0.3:
            row["missiles"] = random.sample(MISSILES, random.randint(1, 8))
        values = {
            "min_range_km": random.choice([0, 300, 500]), "classes": random.choice(COARSER),
            "area_floor_km": random.choice([0, 5, 50]), "azimuth_floor_deg": random.choice([0, 5]),
            "bias_km": random.choice([0, 2, 5]), "angle_floor_deg": random.choice([0, 0.005, 0.1]),
        }  # fmt: skip
        row |= {name: values[name] for kind in of for name in NEEDS.get(kind, [])}
        permits.append(row)
    return permits


def number(random, low, high):
    """A number with more digits than anybody would release."""
    return random.uniform(low, high)


def ellipse(random):
    """A small area, as exact as a nation has it."""
    minor = number(random, 0.1, 3)
    return Ellipse(
        lat_deg=number(random, -70, 70), lon_deg=number(random, -179, 179), semi_major_km=minor + number(random, 0, 30),
        semi_minor_km=minor, bearing_deg=number(random, 0, 179), containment_percent=random.choice([50, 90]),
        precision_km=0.0,
    )  # fmt: skip


def random_draft(random, kind=None):
    """A random event of a nation, in full."""
    kind = kind or random.choice(list(MAY_SAY))
    body = f"{CANARY}-{random.randint(0, 5)}"
    about = {"bodies": (body,)}
    known = random.random() < 0.9
    far = {"range_km": number(random, 100, 900), "range_sigma_km": number(random, 0, 100)} if known else {}
    whose, missile = random.choice([*OWNERS, "unknown"]), random.choice([*MISSILES, "unknown"])
    instants = [f"2026-01-01T00:{n:02}:{random.randint(0, 59):02}.{random.randint(0, 999):03}Z" for n in (1, 5, 30)]
    launched, observed, impact = instants
    flight = {"whose": whose, "missile": missile, "seen_by": random.choice(["infrared", "radar", "both"]),
              "observed": observed, "observed_sigma_s": 0.1}  # fmt: skip
    chance = lambda value: value if random.random() < 0.8 else None  # noqa: E731
    area = ellipse(random) if random.random() < 0.9 else Polygon(corners=((1.0, 1.0), (1.0, 2.0), (2.0, 2.0)))
    if kind == "launch-detected":
        azimuth = chance(number(random, 0, 359.9))
        where = chance(ellipse(random))
        message = said.LaunchDetected(
            **HEAD, **flight, launch=f"{CANARY}-7", revision=3, launched=launched, launched_sigma_s=1.0,
            launch_area=area, azimuth_deg=azimuth, azimuth_sigma_deg=None if azimuth is None else 2.0,
            impact_area=where, impact=where and impact, impact_sigma_s=where and 3.0, confidence="confirmed",
            announced=chance("PLN/RU/2026/001/001/01"),
        )  # fmt: skip
    elif kind == "track-state":
        where, r = chance(area), number(random, 6400, 8000)
        diagonal = [1e-3] * 3 + [1e-6] * 3
        upper = [diagonal[i] if i == j else 0.0 for i in range(6) for j in range(i, 6)]
        message = said.TrackState(
            **HEAD, **flight, track=f"{CANARY}-9", frame="ecef", r_km=(r, number(random, -900, 900), 20.0),
            v_km_s=(number(random, -3, 3), 2.0, 1.0), covariance=tuple(upper), bias_sigma_km=0.0,
            launch_area=where, launched=where and launched, launched_sigma_s=where and 1.0,
            sensors=("radar-1", "satellite-2"),
        )  # fmt: skip
    elif kind == "lines-of-sight":
        count = random.randint(1, 3)
        about = {"bodies": tuple(f"{CANARY}-{n}" for n in range(count)), "whose": whose, "missile": missile}
        sight = [Direction(azimuth_deg=number(random, 0, 359), elevation_deg=number(random, -89, 89),
                           azimuth_sigma_deg=0.01, elevation_sigma_deg=0.01) for _ in range(count)]  # fmt: skip
        message = said.LinesOfSight(**HEAD, sensor="satellite-2", observed=observed, observed_sigma_s=0.0,
                                    directions=tuple(sight))  # fmt: skip
    elif kind == "air-track":
        message = said.AirTrack(**HEAD, track=f"{CANARY}-3", call_sign="ABC 1", observed=observed, observed_sigma_s=0.0,
                                area=area, alt_m=9000.0, speed_m_s=200.0, course_deg=10.0, flight_plan="on plan",
                                confidence="confirmed")  # fmt: skip
    else:
        about, far = {}, {}
        message = {
            "pre-launch": lambda: said.PreLaunch(
                **HEAD, notice="PLN/RU/2026/001/001/01", missile="icbm", window_opens=launched, window_closes=impact,
                launch_area=area, azimuth_from_deg=1.0, azimuth_to_deg=9.0, impact_areas=(area,), purpose="a test"),
            "cancel": lambda: said.Cancel(
                **HEAD, notice="PLN/RU/2026/001/002/04", original="PLN/RU/2026/001/001/01"),
            "answer": lambda: said.Answer(**HEAD, about=3, answer="yes", nature="test"),
            "state-of-health": lambda: said.StateOfHealth(
                **HEAD, feeds=(said.Feed(name="radars", state="up", since=launched),),
                clock=said.Clock(source="nts", error_s=0.01)),
        }[kind]()  # fmt: skip
    return Draft(said=message, **about, **far, raw=f"{CANARY} {random.random()}".encode())


def verdict(permits, draft, surely_km):
    """What the rows of a policy ask for this draft: None if it must not leave, else the strictest of everything."""
    kind = str(draft.said.__struct_config__.tag)
    flights = [(None, None)]
    if kind in FLIGHTS:
        whose = getattr(draft.said, "whose", draft.whose)
        missile = getattr(draft.said, "missile", draft.missile)
        if whose is None or missile is None:
            return None
        flights = list(
            product(OWNERS if whose == "unknown" else [whose], MISSILES if missile == "unknown" else [missile])
        )
    used = []
    for whose, missile in flights:
        rows = [row for row in permits if kind in row["kinds"]]
        if whose is not None:
            rows = [
                row
                for row in rows
                if whose in (row.get("whose") or OWNERS) and missile in (row.get("missiles") or MISSILES)
            ]
        if not rows:
            return None
        used += rows
    slots = sorted({row["slot_s"] for row in used})
    if any(slots[-1] % slot for slot in slots):
        return None
    least = max(row.get("min_range_km", 0) for row in used) if kind in FLIGHTS else 0
    if least > 0 and (surely_km is None or surely_km < least):
        return None
    may = set(MAY_SAY[kind])
    for row in used:
        stated = MAY_SAY[kind] & set(row["fields"])
        for group in GROUPS:
            if not group & MAY_SAY[kind] <= stated:
                stated -= group
        may &= stated
    most = lambda name: max(row.get(name, 0) for row in used)  # noqa: E731
    return {
        "fields": may, "classes": max((COARSER.index(row.get("classes", "as known")) for row in used), default=0),
        "area": most("area_floor_km"), "azimuth": most("azimuth_floor_deg"), "bias": most("bias_km"),
        "angle": most("angle_floor_deg"), "delay": most("delay_s"), "slot": slots[-1],
    }  # fmt: skip


def beyond(draft, out, asked):
    """Everything in a released message that the policy does not allow, as text; nothing if all is well."""
    kind, before, faults = str(out.__struct_config__.tag), draft.said, []
    text = msgspec.json.encode(out)
    if CANARY.encode() in text:
        faults.append("a name or the raw event left")
    for name in MAY_SAY[kind] - asked["fields"]:
        default = {
            "impact_areas": (),
            "purpose": "",
            "sensors": (),
            "commitment": NOTHING,
            "confidence": "tentative",
        }.get(name)
        if getattr(out, name) != default:
            faults.append(f"{name} is stated")
    if kind in ("launch-detected", "track-state"):
        said_class = before.missile
        if asked["classes"] == 2 or (asked["classes"] == 1 and said_class not in ("space launch", "sounding rocket")):
            said_class = "unknown"
        if out.missile != said_class:
            faults.append(f"class {out.missile}")
    for name in ("launch_area", "impact_area", "area"):
        area, of = getattr(out, name, None), getattr(before, name, None)
        if area is None or asked["area"] == 0 or kind == "pre-launch":
            continue
        factor = math.sqrt(-2 * math.log(1 - of.containment_percent / 100))
        if (
            not isinstance(area, Ellipse)
            or area.precision_km < asked["area"]
            or (area.lat_deg, area.lon_deg) == (of.lat_deg, of.lon_deg)
        ):
            faults.append(f"{name} as it was")
        for axis in ("semi_major_km", "semi_minor_km"):
            if getattr(area, axis) < math.hypot(getattr(of, axis), factor * asked["area"]) - 1e-6:
                faults.append(f"{name} too small")
    if kind == "launch-detected" and out.azimuth_deg is not None and asked["azimuth"]:
        least = math.hypot(before.azimuth_sigma_deg, asked["azimuth"]) - 1e-6
        faults += ["azimuth too fine"] * (out.azimuth_sigma_deg < least or out.azimuth_deg == before.azimuth_deg)
    if kind == "track-state" and asked["bias"]:
        place = (0, 6, 11)
        if out.bias_sigma_km < asked["bias"] or math.dist(out.r_km, before.r_km) < 0.01:  # more than rounding
            faults.append("no bias")
        if any(out.covariance[i] < before.covariance[i] + asked["bias"] ** 2 - 1e-6 for i in place):
            faults.append("bias not declared")
    if kind == "lines-of-sight" and asked["angle"]:
        for one, of in zip(out.directions, before.directions, strict=True):
            if (
                one.azimuth_sigma_deg < math.hypot(of.azimuth_sigma_deg, asked["angle"]) - 1e-9
                or one.azimuth_deg == of.azimuth_deg
            ):
                faults.append("direction too fine")
    return faults


def random_of(seed):
    """A source of chance."""
    return Random(seed)
