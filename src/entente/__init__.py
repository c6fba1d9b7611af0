"""Entente: what missile-defence cooperation buys, and the centre where it would happen. Read run.py first.

::

    import entente as en
    scenario = en.load("europe-2013")
    study = en.explore(scenario, seeds=100)
    en.describe(study, "out/")

Names are looked up when first used, so that importing the package costs nothing.
"""

from importlib import import_module

_HOMES = {
    "load": "entente.scenario.load",
    "simulate": "entente.run",
    "explore": "entente.study",
    "load_study": "entente.study",
    "tolerance": "entente.tolerance",
    "Tolerance": "entente.tolerance",
    "describe": "entente.report.describe",
    "catalogue": "entente.scenario.rows",
    "agreements": "entente.questions.agreements",
    "forces": "entente.questions.holdings",
    "Holdings": "entente.questions.holdings",
    "comply": "entente.compliance",
    "under_limits": "entente.findings",
    "Compliance": "entente.compliance",
    "minimum_energy": "entente.questions.arcs",
    "arc": "entente.questions.arcs",
    "arc_between": "entente.questions.arcs",
    "Arc": "entente.questions.arcs",
    "RegionArc": "entente.questions.arcs",
    "check_claim": "entente.questions.claims",
    "Claim": "entente.questions.claims",
    "fly": "entente.questions.flying",
    "max_range": "entente.questions.flying",
    "Flight": "entente.questions.flying",
    "ground_track": "entente.questions.orbiting",
    "GroundTrack": "entente.questions.orbiting",
    "coverage": "entente.questions.coverage",
    "Coverage": "entente.questions.covered",
    "RadarLimit": "entente.questions.covered",
    "reach": "entente.questions.reach",
    "Reach": "entente.questions.reach",
    "Window": "entente.questions.reach",
    "footprint": "entente.questions.footprint",
    "reassurance": "entente.questions.reassurance",
    "Reassurance": "entente.questions.reassurance",
    "Footprint": "entente.questions.defended",
    "horizon": "entente.questions.sighting",
    "lowest_visible": "entente.questions.sighting",
    "kill_probability": "entente.questions.attrition",
    "interceptors_needed": "entente.questions.attrition",
    "leakage": "entente.questions.attrition",
    "Leakage": "entente.questions.attrition",
    "raid": "entente.questions.raids",
    "Raid": "entente.questions.raids",
    "raid_curve": "entente.questions.raids",
    "RaidCurve": "entente.questions.raids",
    "Force": "entente.questions.sides",
    "force_of": "entente.questions.sides",
    "stability_cost": "entente.questions.stability",
    "first_strike_index": "entente.questions.stability",
    "stability": "entente.questions.stability",
    "Stability": "entente.questions.stability",
    "drawdown": "entente.questions.stability",
    "levels": "entente.questions.levels",
    "Levels": "entente.questions.levels",
    "decision_timeline": "entente.questions.deciding",
    "Timeline": "entente.questions.deciding",
    "inadvertence": "entente.questions.alarms",
    "Inadvertence": "entente.questions.alarms",
    "shared_warning": "entente.questions.reliance",
    "Reliance": "entente.questions.reliance",
    "sobol": "entente.questions.sensitivity",
    "Sobol": "entente.questions.sensitivity",
    "load_event": "entente.scenario.event_files",
    "event": "entente.questions.events",
    "events": "entente.questions.events",
    "Account": "entente.questions.events",
    "Accounts": "entente.questions.events",
    "first_view": "entente.questions.first_views",
    "FirstView": "entente.questions.first_views",
    "find_glint": "entente.questions.glinting",
    "GlintFound": "entente.questions.glinting",
    "Orbit": "entente.scenario.systems",
    "Ensemble": "entente.questions.ensembles",
    "Spread": "entente.questions.ensembles",
    "ensemble": "entente.questions.ensembles",
    "Vehicle": "entente.scenario.vehicle",
    "Stage": "entente.scenario.vehicle",
    "Scenario": "entente.scenario.schema",
    "Stress": "entente.scenario.schema",
    "Run": "entente.run",
    "Study": "entente.study",
    "EntenteError": "entente.errors",
    "ScenarioError": "entente.errors",
    "UnknownName": "entente.errors",
    "ModelError": "entente.errors",
    "Unreachable": "entente.errors",
    "StoreError": "entente.errors",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    """A public name, from the module it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'entente' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
