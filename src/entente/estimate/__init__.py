"""Knowledge: what can be said about a moving body from what was measured, and how sure that is. Kernels only.

Conventions: SI units; a state is [r, v], Earth-fixed, (6,), with covariance P (6, 6), or [r, v, ln beta], (7,), beta being
the ballistic coefficient [kg/m^2]; measurements are (range, azimuth, elevation) or (azimuth, elevation) in a sensor's
east-north-up axes, whose unit vectors are the rows of `enu` (3, 3); azimuth is clockwise from north, 0 to 2 pi. Arrays are
float64 and C-ordered. Results go into arrays named `*_out`, which may be the inputs themselves unless a docstring says
otherwise.
Nothing raises: a `status` (0 ok, 1 no convergence, 2 outside validity, 4 bad input) or, where numbers come back, nan.

Map: `factor` small symmetric matrices; `kalman` predict and update one state, `reentry` one that falls through air, `boost`
one that burns, `unscented` any of them by sigma points, `late` by a measurement that comes late; `modes` a filter that asks
whether the body still burns; `steps` one radar look at one state, all at once; `initiate` a first state from one detection
or two lines of sight; `associate` which detection belongs to which track, with `gate` for which it could be, `assign` for
who gets what, `jpda` for how likely it is each one's; `fuse` two estimates whose common part nobody knows, or somebody does,
`register` how far the other side's frame and clock are off, `trust` whether its data make things worse, `attribute` which
track a look was at; `predict` where it comes down, where it came from, with `conic` for falls without air in closed form and
`passage` for what the air costs; `classify` what class of vehicle it is; `score` how good an estimate is, `picture` how good
a whole set of them. Compiled loops over them: `follow` one nation's tracker, scan by scan, with `scans` for what of a scan
it can use, `bank` for what it remembers, `descent` for a body that surely comes down,
`claims` for which detection is whose, `repeats` for tracks of one body, and `near`
for which of many points lie near a place; `belief` what tracks lead to and which are one body, moment by moment; `same`
which they are at one moment; `pairs` both sides' tracks put into one frame, matched, judged and joined; `salvo` when a site
would fire at them; `nature` what an event is, given what is said of it.
"""
