"""What leaves in another trade's form reads back to the same numbers, with another reader."""

import re

import numpy as np
import pytest
from tests.attacks.specimens import SPECIMENS, changed

from entente.errors import ModelError
from entente.exchange.formats.oem import orbit_ephemeris

CREATED = "2026-11-28T13:00:00.000Z"


def states():
    """Two of a track, the later one first, with every entry of the covariance another number."""
    triangle = tuple(1.0 / (3 + n) for n in range(21))
    one = changed("track-state", covariance=triangle)
    return [changed("track-state", observed="2026-11-28T12:00:10.000Z", r_km=(1 / 3, -2e-7, 6_500.0)), one]


def read(text):
    """Epochs, states (n, 6), covariances (n, 6, 6): by the positions of the numbers alone."""
    top, spreads = text.split("COVARIANCE_START")
    rows = [line.split() for line in top.splitlines() if re.match(r"\d{4}-", line)]
    blocks = re.split(r"EPOCH = .*\nCOV_REF_FRAME = .*\n", spreads.split("COVARIANCE_STOP")[0])[1:]
    covariances = np.zeros((len(blocks), 6, 6))
    for n, block in enumerate(blocks):
        for i, line in enumerate(block.strip().splitlines()):
            covariances[n, i, : i + 1] = covariances[n, : i + 1, i] = [float(value) for value in line.split()]
    return [row[0] for row in rows], np.array([[float(value) for value in row[1:]] for row in rows]), covariances


def test_a_track_reads_back_from_an_ephemeris():
    later, first = states()
    epochs, vectors, covariances = read(orbit_ephemeris(states(), CREATED))
    assert epochs == ["2026-11-28T12:00:00.000", "2026-11-28T12:00:10.000"]
    assert vectors.tolist() == [[*first.r_km, *first.v_km_s], [*later.r_km, *later.v_km_s]]
    for said, covariance in zip((first, later), covariances, strict=True):
        assert covariance[np.triu_indices(6)].tolist() == list(said.covariance)
        assert (covariance == covariance.T).all()


def test_keywords_stand_in_their_order_and_the_origin_is_not_lost():
    text = orbit_ephemeris(states(), CREATED)
    assert re.findall(r"^([A-Z_]+) = ", text, re.MULTILINE)[:11] == [
        "CCSDS_OEM_VERS", "CREATION_DATE", "ORIGINATOR", "OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME",
        "TIME_SYSTEM", "START_TIME", "STOP_TIME", "EPOCH",
    ]  # fmt: skip
    assert "\nCOMMENT EXERCISE: exercise-1\n" in text
    assert "2 km, 0.01 km/s" in text
    assert text.isascii()


def test_an_ephemeris_is_of_one_track_and_of_different_times():
    with pytest.raises(ModelError, match="of 2 tracks"):
        orbit_ephemeris([SPECIMENS["track-state"], changed("track-state", track="t-10")], CREATED)
    with pytest.raises(ModelError, match="of 0 tracks"):
        orbit_ephemeris([], CREATED)
    with pytest.raises(ModelError, match="two of one time"):
        orbit_ephemeris([SPECIMENS["track-state"]] * 2, CREATED)
