"""Types of the public names; a test compares this list with the one in __init__.py."""

from entente.errors import EntenteError as EntenteError
from entente.errors import ModelError as ModelError
from entente.errors import ScenarioError as ScenarioError
from entente.errors import StoreError as StoreError
from entente.errors import UnknownName as UnknownName
from entente.errors import Unreachable as Unreachable
from entente.questions.agreements import agreements as agreements
from entente.questions.arcs import Arc as Arc
from entente.questions.arcs import RegionArc as RegionArc
from entente.questions.arcs import arc as arc
from entente.questions.arcs import arc_between as arc_between
from entente.questions.arcs import minimum_energy as minimum_energy
from entente.questions.claims import Claim as Claim
from entente.questions.claims import check_claim as check_claim
from entente.questions.coverage import coverage as coverage
from entente.questions.covered import Coverage as Coverage
from entente.questions.covered import RadarLimit as RadarLimit
from entente.questions.ensembles import Ensemble as Ensemble
from entente.questions.ensembles import Spread as Spread
from entente.questions.ensembles import ensemble as ensemble
from entente.questions.flying import Flight as Flight
from entente.questions.flying import fly as fly
from entente.questions.flying import max_range as max_range
from entente.questions.orbiting import GroundTrack as GroundTrack
from entente.questions.orbiting import ground_track as ground_track
from entente.questions.sighting import horizon as horizon
from entente.questions.sighting import lowest_visible as lowest_visible
from entente.report.describe import describe as describe
from entente.run import Run as Run
from entente.run import simulate as simulate
from entente.scenario.load import load as load
from entente.scenario.rows import catalogue as catalogue
from entente.scenario.schema import Scenario as Scenario
from entente.scenario.schema import Stress as Stress
from entente.scenario.systems import Orbit as Orbit
from entente.scenario.vehicle import Stage as Stage
from entente.scenario.vehicle import Vehicle as Vehicle
from entente.study import Study as Study
from entente.study import explore as explore
from entente.study import load_study as load_study
from entente.tolerance import Tolerance as Tolerance
from entente.tolerance import tolerance as tolerance

__all__: list[str]
