"""An exercise: the centre, both nations' nodes and witnesses, and the consoles, on one machine.

Read in this order::

    histories   what both nations' systems report in a case of a scenario, before release: drafts, each at its moment
    staging     the folder of an exercise: keys, policies as the scenario has them, certificates, a clock
    director    what happens besides: inject, outage, pause, resume, end; one line each, from a script or typed
    lines       a party's line to the centre, which the director can cut
    stations    the processes: a centre, two nodes, two witnesses, each with its own files
    feeding     what one nation's systems tell its node, where an exercise is played at several sites
    tether      by which they end, too, when the one that started them is killed
    playing     all of it together, until the end

Nothing here speaks for a party: each node releases by its own policy, officers sign in their browsers.
"""
