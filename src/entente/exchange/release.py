"""What leaves a nation? Threshold, class, area, delay, fields, in this order; signing is the last step, and the caller's.

One message under one policy; the study's sharing stage uses the same functions on arrays (`coarsening`), with a bias that it
draws itself. All of it is pure, and runs on the national side only: what comes in never leaves but by what comes out.
"""

import math
from dataclasses import dataclass, field

import msgspec
import numpy as np

from entente.compiled import Floats
from entente.constants import R_MEAN
from entente.exchange.messages import (
    NOTHING,
    AirTrack,
    Area,
    Direction,
    Ellipse,
    Kind,
    LaunchDetected,
    LinesOfSight,
    Report,
    Said,
    TrackState,
    Whose,
)
from entente.exchange.releasing import precision
from entente.exchange.releasing.blurring import carried, keyed, turn_of, turned, walk
from entente.exchange.releasing.coarsening import SURELY, coarser_areas, displaced
from entente.exchange.releasing.commitment import commit, salt_of
from entente.exchange.releasing.permits import CLASSES, FLIGHTS, PEACEFUL, Policy, Terms, Withheld, left_out, terms
from entente.exchange.saying.instants import NS_PER_S, nanoseconds
from entente.scenario.units import DEG, KM, KM2

TRIANGLE = np.triu_indices(6)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation would say if it withheld nothing; it never leaves.

    Attributes:
        said: the message, unreleased: its header and its names are the nation's own.
        bodies: the nation's names of what a report is about, one a direction of lines of sight, else one; none of other messages.
            A new track of a body has the same one, for the biases belong to it.
        whose, missile: of lines of sight, which do not say.
        range_km, range_sigma_km: how far the flight goes if it burns no more; None where it cannot be told.
        raw: the event in the sealed national log, to which the message commits.
    """

    said: Said
    bodies: tuple[str, ...] = ()
    whose: Whose | None = None
    missile: Kind | None = None
    range_km: float | None = None
    range_sigma_km: float | None = None
    raw: bytes = b""


@dataclass(frozen=True)
class Giver:
    """Who releases: its policy (None: it has none in force), by digest and content, and the secret of its biases."""

    policy: Policy | None
    digest: str
    secret: bytes = field(repr=False)


def obligations(giver: Giver, draft: Draft, surely_km: float | None) -> Terms | Withheld:
    """Under which terms a draft may go, or why it may not.

    Args:
        surely_km: the longest that its flight was ever surely known to be, None where it never could be told.
    """
    if giver.policy is None:
        return "no policy in force"
    said = draft.said
    if len(draft.bodies) != _count(said):
        return "undecidable"
    whose, missile = getattr(said, "whose", draft.whose), getattr(said, "missile", draft.missile)
    found = terms(giver.policy, kind_of(said), whose, missile)
    if not isinstance(found, Terms) or kind_of(said) not in FLIGHTS or found.min_range_km == 0.0:
        return found
    if surely_km is None:
        return "undecidable"
    return found if surely_km >= found.min_range_km else "below threshold"


def surely_km(draft: Draft) -> float | None:
    """How long the flight surely is [km]; None where that cannot be told."""
    if draft.range_km is None or draft.range_sigma_km is None:
        return None
    return draft.range_km - SURELY * draft.range_sigma_km


def _count(said: Said) -> int:
    """Of how many bodies a message tells."""
    return len(said.directions) if isinstance(said, LinesOfSight) else int(isinstance(said, Report))


def kind_of(said: Said) -> str:
    """The tag of a message."""
    return str(said.__struct_config__.tag)


def pseudonym(secret: bytes, own: str) -> str:
    """The name that others see; gaps between the nation's own names would count what was withheld."""
    return "f-" + keyed(secret, "name", own).hex()[:16]


def released(giver: Giver, draft: Draft, under: Terms) -> Said | Withheld:
    """The message that leaves, under these terms: class, areas, states and directions coarsened, then fields removed.

    Its number, the digest before it and the moment of sending are not yet set.
    """
    said = draft.said
    coarse: Said | None
    if isinstance(said, LaunchDetected):
        coarse = _launch(giver.secret, said, draft, under)
    elif isinstance(said, TrackState):
        coarse = _track(giver.secret, said, draft, under)
    elif isinstance(said, LinesOfSight):
        coarse = _looks(giver.secret, said, draft, under)
    elif isinstance(said, AirTrack):
        coarse = _air(giver.secret, said, draft, under)
    else:
        coarse = said
    if coarse is None:
        return "cannot be coarsened"
    removed = {name: value for name, value in left_out(kind_of(said)).items() if name not in under.fields}
    return msgspec.structs.replace(coarse, policy=giver.digest, previous=NOTHING, **removed)


def _launch(secret: bytes, said: LaunchDetected, draft: Draft, under: Terms) -> LaunchDetected | None:
    """A detected launch: class, areas and direction coarsened, the raw event committed to."""
    launch = _area(secret, said.launch_area, draft, "launch", under.area_floor_km)
    impact = _area(secret, said.impact_area, draft, "impact", under.area_floor_km)
    if launch is None or (impact is None and said.impact_area is not None):
        return None
    azimuth, sigma = said.azimuth_deg, said.azimuth_sigma_deg
    if azimuth is not None and sigma is not None:
        off = walk(secret, draft.bodies[0], "azimuth", under.azimuth_floor_deg, 1)[0]
        azimuth = _round_turn(azimuth + off, 3)
        sigma = min(_up(math.hypot(sigma, under.azimuth_floor_deg)), 180.0)
    return msgspec.structs.replace(
        said,
        launch=pseudonym(secret, said.launch),
        missile=_class(said.missile, under),
        launch_area=launch,
        impact_area=impact,
        azimuth_deg=azimuth,
        azimuth_sigma_deg=sigma,
        commitment=_commitment(secret, draft),
    )


def _track(secret: bytes, said: TrackState, draft: Draft, under: Terms) -> TrackState | None:
    """A track: its flight turned about the Earth's centre by an angle that belongs to the body, and a covariance that says so."""
    launch = _area(secret, said.launch_area, draft, "launch", under.area_floor_km)
    if launch is None and said.launch_area is not None:
        return None
    x = np.array([*said.r_km, *said.v_km_s]) * KM
    angle = turn_of(secret, draft.bodies[0], under.bias_km)
    moved = turned(x, angle, nanoseconds(said.observed) / NS_PER_S)
    unit = under.bias_km / R_MEAN  # km of bias a metre away from the Earth's centre
    bias = _up(math.hypot(said.bias_sigma_km, unit * float(np.linalg.norm(x[:3]))))
    speed = float(np.linalg.norm(x[3:] + carried(x)))
    bias_v = _up(math.hypot(said.bias_sigma_km_s, unit * speed), 6)
    x, P = displaced(x, _matrix(said.covariance) * KM2, moved - x, bias * KM, bias_v * KM)
    return msgspec.structs.replace(
        said,
        track=pseudonym(secret, said.track),
        missile=_class(said.missile, under),
        r_km=tuple(precision.LENGTH.number(x[:3]).tolist()),
        v_km_s=tuple(precision.SPEED.number(x[3:]).tolist()),
        covariance=tuple(precision.covariances_said(P)[TRIANGLE].tolist()),
        bias_sigma_km=bias,
        bias_sigma_km_s=bias_v,
        launch_area=launch,
        commitment=_commitment(secret, draft),
    )


def _looks(secret: bytes, said: LinesOfSight, draft: Draft, under: Terms) -> LinesOfSight:
    """Lines of sight: each direction off by an angle that belongs to the body and the satellite."""
    floor, out = under.angle_floor_deg, []
    for body, seen in zip(draft.bodies, said.directions, strict=True):
        east, up = walk(secret, body, f"sight {said.sensor}", floor, 2).tolist()
        out.append(
            Direction(
                azimuth_deg=_round_turn(seen.azimuth_deg + east, 6),
                elevation_deg=min(max(round(seen.elevation_deg + up, 6), -90.0), 90.0),
                azimuth_sigma_deg=min(_up(math.hypot(seen.azimuth_sigma_deg, floor), 6), 180.0),
                elevation_sigma_deg=min(_up(math.hypot(seen.elevation_sigma_deg, floor), 6), 180.0),
            )
        )
    return msgspec.structs.replace(said, directions=tuple(out))


def _air(secret: bytes, said: AirTrack, draft: Draft, under: Terms) -> AirTrack | None:
    """An aircraft: its area coarsened."""
    area = _area(secret, said.area, draft, "air", under.area_floor_km)
    return None if area is None else msgspec.structs.replace(said, track=pseudonym(secret, said.track), area=area)


def _area(secret: bytes, area: Area | None, draft: Draft, what: str, floor_km: float) -> Area | None:
    """An area no smaller than the floor, its centre off by a bias that belongs to the body; None where that cannot be done."""
    if area is None or floor_km == 0.0:
        return area
    if not isinstance(area, Ellipse):
        return None
    spread = (precision.NINETY if area.containment_percent == 90 else precision.FIFTY) / KM
    east, north = walk(secret, draft.bodies[0], what, floor_km, 2) / floor_km
    axes = area.semi_major_km / spread, area.semi_minor_km / spread
    row = np.array([[area.lat_deg * DEG, area.lon_deg * DEG, *axes, 0.0, 0.0, 0.0]])
    out = coarser_areas(row, floor_km * KM, east, north)[0]
    lat, lon = precision.PLACE.number(out[:2]).tolist()
    # In steps of a tenth of the floor: the small axes of a good system would else be read off the large ones.
    step = 0.1 * floor_km
    major, minor = (
        min(_up(math.ceil(axis * spread / step) * step), precision.LONGEST_KM) for axis in out[2:4].tolist()
    )
    return msgspec.structs.replace(
        area, lat_deg=lat, lon_deg=lon, semi_major_km=major, semi_minor_km=minor,
        bearing_deg=area.bearing_deg if major > minor else 0.0, precision_km=max(area.precision_km, floor_km),
    )  # fmt: skip


def _class(missile: Kind, under: Terms) -> Kind:
    """The class as the policy says it."""
    fine = under.classes == CLASSES[0] or (under.classes == CLASSES[1] and missile in PEACEFUL)
    return missile if fine else "unknown"


def _commitment(secret: bytes, draft: Draft) -> str:
    """To the raw event, if the nation keeps one."""
    return commit(salt_of(secret, draft.raw), draft.raw) if draft.raw else NOTHING


def _round_turn(degrees: float, decimals: int) -> float:
    """Rounded to decimals, from 0 to less than 360."""
    return round(float(degrees) % 360.0, decimals) % 360.0


def _up(value: float, decimals: int = 3) -> float:
    """Rounded up to decimals."""
    return float(precision.Precision(1.0, decimals, up=True).number(np.asarray(value)))


def _matrix(upper: tuple[float, ...]) -> Floats:
    """A symmetric matrix (6, 6) by its upper triangle."""
    out = np.zeros((6, 6))
    out[TRIANGLE] = upper
    return out + np.triu(out, 1).T
