"""Choice: what deciding, and telling, is worth. Pure functions, numbers in, numbers out.

Conventions: arrays and floats; information in nats; no files, clock, randomness or project records.

Map: `disclosure` what a released feature tells about a hidden parameter; `attrition` how much gets through,
in closed form; `raids` the same shot by shot, compiled; `allocation` which site answers which object (studies only);
`regimes` whether a number keeps a limit;
`faults` gates over rates and chances;
`stability` what it costs to strike first and to be struck first, compiled; `retaliation` how many warheads then arrive.
"""
