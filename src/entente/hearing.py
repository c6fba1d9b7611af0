"""What is heard from a log? The messages of a history, as stage 5 joins them: to the last bit what was recorded.

What is no message does not come back: the truth that scoring needs, and what a party knows of an announcement without the
other. Both are arguments.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from entente.compiled import Floats
from entente.conveying import SEEN_BY, TRIANGLE, epoch_of
from entente.exchange.messages import (
    Acknowledgement,
    Ellipse,
    LaunchDetected,
    LinesOfSight,
    PreLaunch,
    Said,
    TrackState,
)
from entente.exchange.releasing.precision import ANGLE, AXIS, BEARING, LENGTH, PLACE, SPEED
from entente.exchange.saying.instants import NS_PER_S, nanoseconds
from entente.records import FALSE_ALARM, TRACK, WARNING, Areas, Bools, Detections, Ints, Shared
from entente.records import sensor_bits as bits_of
from entente.scenario.units import KM2
from entente.scenario.world import World


def shared_of(
    world: World, arrived: Sequence[tuple[int, Said]], before: Bools, looked_at: Ints | None = None
) -> Shared:
    """What stage 5 joins, out of the messages on a log and when the centre had them [ns since 1970], in its order.

    Args:
        before: (2,), what each party knows of an announcement without the other.
        looked_at: the body of each look (D,), which no message says; for scoring only.
    """
    rows = [(ns, said) for ns, said in arrived if isinstance(said, LaunchDetected | TrackState)]
    notices = any(isinstance(said, PreLaunch) for _, said in arrived)
    heard = [said.party for _, said in arrived if isinstance(said, Acknowledgement)] if notices else []
    epoch, parties = epoch_of(world), [str(party.name) for party in world.parties]
    numbers = {sensor.id: n for n, sensor in enumerate(world.sensors)}
    codes = {word: code for code, word in SEEN_BY.items()}
    states = [said if isinstance(said, TrackState) else None for _, said in rows]
    return Shared(
        giver=np.array([parties.index(said.party) for _, said in rows], np.int8),
        kind=np.array([TRACK if state else WARNING for state in states], np.int8),
        track=np.array([_row(said) for _, said in rows], np.int32),
        t=np.array([_seconds(said.observed, epoch) for _, said in rows]),
        arrives=np.array([(ns - epoch) / NS_PER_S for ns, _ in rows]),
        x=np.array([_state(state) for state in states]).reshape(-1, 6),
        P=np.array([_covariance(state) for state in states]).reshape(-1, 6, 6),
        seen_by=np.array([codes[said.seen_by] for _, said in rows], np.int8),
        sensors=np.array([_set(state.sensors if state else (), numbers) for state in states], np.int64),
        launch=Areas.from_table(np.array([_launch(said, epoch) for _, said in rows]).reshape(-1, 7)),
        impact=Areas.from_table(np.array([_impact(said, epoch) for _, said in rows]).reshape(-1, 7)),
        bias=np.array([state.bias_sigma_km * LENGTH.unit if state else 0.0 for state in states]),
        noticed=before | np.array([name in heard for name in parties]),
        reports=_looks(arrived, numbers, epoch, looked_at),
    )


def _seconds(when: str, epoch: int) -> float:
    """Seconds since the epoch of an instant of a message."""
    return (nanoseconds(when) - epoch) / NS_PER_S


def _row(said: LaunchDetected | TrackState) -> int:
    """The number of the track that a message names."""
    return int((said.launch if isinstance(said, LaunchDetected) else said.track).removeprefix("track-"))


def _state(said: TrackState | None) -> Floats:
    """[r, v] in SI units, (6,); nan of a warning."""
    if said is None:
        return np.full(6, np.nan)
    return np.concatenate([np.array(said.r_km) * LENGTH.unit, np.array(said.v_km_s) * SPEED.unit])


def _covariance(said: TrackState | None) -> Floats:
    """The covariance in SI units, (6, 6); nan of a warning."""
    out = np.full((6, 6), np.nan)
    if said is not None:
        out[TRIANGLE] = np.array(said.covariance) * KM2
        out.T[TRIANGLE] = out[TRIANGLE]
    return out


def _set(names: tuple[str, ...], numbers: Mapping[str, int]) -> int:
    """Sensors by name as a set."""
    return int(np.bitwise_or.reduce(bits_of(np.array([numbers[name] for name in names], np.int32)), initial=0))


def _launch(said: LaunchDetected | TrackState, epoch: int) -> Floats:
    """The launch area that a message names, (7,)."""
    return _area(said.launch_area, said.launched, said.launched_sigma_s, epoch)


def _impact(said: LaunchDetected | TrackState, epoch: int) -> Floats:
    """The impact area that a message names, (7,)."""
    if isinstance(said, TrackState):
        return np.full(7, np.nan)
    return _area(said.impact_area, said.impact, said.impact_sigma_s, epoch)


def _area(area: Any, when: str | None, spread: float | None, epoch: int) -> Floats:
    """An area and its time as `records.Areas` has them, (7,); nan where not known."""
    if not isinstance(area, Ellipse) or when is None or spread is None:
        return np.full(7, np.nan)
    place = np.array([area.lat_deg, area.lon_deg]) * PLACE.unit
    axes = np.array([area.semi_major_km, area.semi_minor_km]) * AXIS.unit
    return np.array([*place, *axes, area.bearing_deg * BEARING.unit, _seconds(when, epoch), spread])


def _looks(
    arrived: Sequence[tuple[int, Said]], numbers: Mapping[str, int], epoch: int, looked_at: Ints | None
) -> Detections:
    """The lines of sight on a log, in the order of time."""
    told = [(_seconds(said.observed, epoch), numbers[said.sensor], ns, said.directions)
            for ns, said in arrived if isinstance(said, LinesOfSight)]  # fmt: skip
    told.sort(key=lambda look: look[:2])
    sights = [msgspec.structs.astuple(one) for *_, directions in told for one in directions]
    values = np.array(sights).reshape(-1, 4) * ANGLE.unit
    nowhere = np.full((len(values), 1), np.nan)
    counts = np.array([len(directions) for *_, directions in told], np.int32)
    return Detections(
        scan_t=np.array([t for t, *_ in told]),
        scan_report_t=np.array([(ns - epoch) / NS_PER_S for _, _, ns, _ in told]),
        scan_sensor=np.array([number for _, number, _, _ in told], np.int32),
        scan_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        obj=np.full(len(values), FALSE_ALARM, np.int32) if looked_at is None else looked_at,
        z=np.concatenate([nowhere, values[:, :2]], axis=1),
        sigma=np.concatenate([nowhere, values[:, 2:]], axis=1),
    )
