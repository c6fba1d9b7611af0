"""What every test shares."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import settings

from entente.measures import MEASURES, STRESSED
from entente.study import Study

# The first example of a test compiles its kernels, which takes longer than any sensible deadline.
settings.register_profile("entente", deadline=None)
settings.load_profile("entente")


@pytest.fixture(scope="session")
def study_of():
    """Make a Study of made-up numbers, whose truth is known."""

    def numbers(scenario, values, seeds):
        rungs, parties = list(scenario.rungs), [party.name for party in scenario.parties]
        coords = {
            "case": [c.name for c in scenario.cases],
            "rung": rungs,
            "party": parties,
            "seed": 1 + np.arange(seeds),
        }
        shape = tuple(len(each) for each in coords.values())
        data = xr.Dataset(coords=coords)
        for name, each in values.items():
            measure = (MEASURES | STRESSED)[name]
            data[name] = (tuple(coords), np.broadcast_to(np.asarray(each, float), shape).copy())
            data[name].attrs = {
                "long_name": measure.title, "units": measure.unit, "better": measure.better,
                "note": measure.note, "group": measure.group,
            }  # fmt: skip
        return data

    def make(scenario, values, seeds=100, again=None, inputs=None, baseline=1):
        """`values` and `again`: arrays by measure, broadcast to (case, rung, party, seed); `inputs`: (seeds,) by name."""
        inputs = inputs or {}
        drawn = np.array(list(inputs.values()), float).reshape(len(inputs), seeds).T
        twins = {name: np.asarray(each, float) for name, each in (values if again is None else again).items()}
        few = {name: each[..., : max(10, seeds // 5)] if each.ndim else each for name, each in twins.items()}
        return Study(
            scenario=scenario,
            data=numbers(scenario, values, seeds),
            again=numbers(scenario, few, max(10, seeds // 5)),
            inputs=xr.DataArray(drawn, dims=("seed", "input"), coords={"input": list(inputs)}),
            baseline=baseline,
            kept={},
            provenance={},
        )

    return make
