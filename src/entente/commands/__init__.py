"""The commands, by what they are about; each reads arguments, calls one function and prints one answer.

common    what all commands share
studies   run, simulate, tolerance, check
lists     catalogue, agreements, forces, comply
flights   arc, claim, track, fly
seeing    coverage
answering reach, footprint
raiding   attrition
recounting event
exchanging centre
serving   centre serve, node
exercising exercise
trusting  keys, verify

Everything heavy is imported inside the command that needs it, so that help answers at once.
"""
