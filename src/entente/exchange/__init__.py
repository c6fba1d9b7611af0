"""The centre: what two wary parties say to each other, and how each can prove afterwards what was said.

Read in this order::

    messages    the nouns: every kind of message, strict, with units in the names
    signing     an envelope: key, signature, body as it was received; the only file that touches private keys
    release     national side only: what a party's own policy lets out, how coarse, how late. Its parts: permits (the table
                and the question to it), policies (signed files), coarsening (on arrays, for the study too), blurring (biases
                by a secret), precision (what messages carry), waiting (slots), commitment (to the raw event)
    merkle      the RFC 6962 tree; notes: checkpoints and cosignatures as text (C2SP); entries: time and envelope
    receipts    what everybody demands of a checkpoint, and what a node keeps; outbox: a node's memory until then
    keyring     which key speaks for whom, judged by index in the log
    pins        the keys exchanged by hand, with which all trust begins
    ledger      the log on disk (disk: a file that keeps its word); witness: each party's own copy, and its word that
                history only grew
    centre      `receive(state, arrived, now) -> (state, entries, outbox)`: the rules, pure. Its parts: entitlement (why
                refused: reasons), nodes (numbers, clocks), notices, correlation, launching and alerts, tracking, queries,
                rules (one a kind, written into a turn), due (what is late), state
    shell       parses, verifies, stores, answers; holds no rule. throttle: how much one sender may say;
                cosigning: how a checkpoint comes to bear all signatures; replaying: the state again, from the log
    audit       `entente verify`: rebuilds all of it from the log and the keys

Conventions. A body is JSON, kept as the bytes received: nothing is put into another form before it is hashed or signed.
Times are ISO 8601 UTC to the millisecond in bodies and int64 nanoseconds in the log. Positions are areas or carry a covariance.
`origin` is in every signed body: this is a centre for exercises, replays and tests. No message carries a command.
"""
