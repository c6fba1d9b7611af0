"""Nature: how bodies fly and what sensors could see of them. Kernels only.

Conventions: SI units, float64, C-ordered; a vector is the last axis, a state is [r, v], (6,). Names carry the frame:
`ecef` turns with the Earth, `eci` is that frame frozen at the scenario's epoch, `enu` is east-north-up at a place.
Angles are radians, azimuth clockwise from north, latitude geodetic. Nothing raises: a `status` (0 ok, 1 no convergence,
2 outside validity, 3 time limit, 4 bad input) says how it went, and nan stands only where it is not 0.

Map: `earth` ellipsoid and frames; `gravity` point mass and bulge; `atmosphere` the standard of 1976, with `upper_air`
above 86 km; `forces` what acts at one instant; `dop853` one step of the integrator, `integrate` what steps run into,
`lanes` arcs by the thousand; `powered` from lift-off to impact, `dispersed` many such flights; `ballistics` closed forms
of free flight; `geometry` horizon and line of sight, `sight` the same for many points; `signals` how likely a look is to
detect and how well it measures, `plumes` the same for what burns, `sunlight` the Sun and where clouds glint; `intercept`
what an interceptor can reach in time, `covering` the same for all flights from a region; `orbits` where a satellite
on an ellipse stands.
"""
