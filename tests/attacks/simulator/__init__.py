"""A world in a box: machines with clocks and disks, a network that loses and repeats, and liars; the real code inside.

    scheduler   what happens when, drawn from one seed; the hash of a run
    clock       a machine's own time: offset, drift, steps
    network     delay, loss, repetition, other order, cuts, each direction apart
    disk        an SQLite VFS that knows what was synced: power cuts, full disks, errors
    wiring      the functions that defects replace
    machines    nodes, seats, the centre and the witnesses as they run, crash and start again
    liars       a log with two faces, a witness that signs anything, a node that says two things, a stolen key
    defects     what a careless programmer would have written, as switches
    invariants  what must hold after every run
    history     `play(seed)`: one run from beginning to end

Nothing here reads the real clock, opens a socket or draws from anything but the seed.
"""
