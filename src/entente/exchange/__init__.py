"""The centre: what two wary parties say to each other, and how each can prove afterwards what was said.

Read `messages`, `shell`, `centre`, `ledger` first: eight files here, and their parts in five folders::

    saying/     messages      every kind of message, strict, with units in the names
                signing       an envelope: key, signature, body as received; the only file that touches private keys
                decoding      bytes to message, or why not; schema: the same for other programs
                gates         can it be so? physical: motion; areas: the sphere; identifiers: of notices; instants: times

    releasing/  release       national side only: what a party's own policy lets out, how coarse, how late
                permits       the table and the question to it; policies: the signed files
                coarsening    areas and times on arrays, for the study too; blurring: biases by a secret
                precision     what messages carry; waiting: slots; commitment: to the raw event

    proving/    ledger        the log on disk; disk: a file that keeps its word; evidence: what was signed and refused
                merkle        the RFC 6962 tree; notes: checkpoints as text (C2SP); entries: time and envelope
                pins          the keys exchanged by hand
                witness       each party's own copy, and its word that history only grew; vouching: what the other's holds
                cosigning     how a checkpoint comes to bear all signatures; receipts: what a node keeps of it
                outbox        a node's memory until then
                replaying     the state again, from the log; audit: `entente verify`, all of it from the log and the keys

    ruling/     centre        `receive(state, arrived, now) -> (state, entries, sent)`: the rules, pure
                entitlement   why refused (reasons); rules: one a kind, written into a turn
                nodes         numbers and clocks; claims: how sure a node may be; tracking: flights
                notices       what was announced; correlation: one launch or two; launching, alerts: what follows
                queries       open questions; due: what is late; alarms: what is sent beside the log
                state         all that is remembered; keyring: which key speaks for whom, by index in the log

    serving/    shell         parses, verifies, stores, answers; holds no rule; throttle: how much one sender may say;
                              rations: how much work one peer may ask for
                writer        the one thread that writes; lanes: whose turn it is; reading: beside it
                server        the two ports: taking envelopes, asking for what is on the log, witnessing, feeding readers,
                              consoles; answering: in which form (service: what they share; sessions, stream; wire: small
                              forms; protocol, TLS)
                client        a nation's side of the wire; national: its node and witness as processes
                bus           the same envelopes over NATS; brokers: what its servers are started with; hailing: why none answers
                pace          a clock for exercises; issuing: certificates for who comes later
                reaching      whether the centre answers, and why not; papers: what one's own certificate has to do with it
                departing     what leaves a nation's node, and when
                renewing      certificates replaced, revoked and ending while it runs
                running       from start to signal; preparing: all keys before it; certificates: who may connect
                telling       lines for who runs it; metrics: figures

    formats/    other people's forms of what is said

Conventions. A body is JSON, kept as the bytes received: nothing is put into another form before it is hashed or signed.
Times are ISO 8601 UTC to the millisecond in bodies and int64 nanoseconds in the log. Positions are areas or carry a covariance.
`origin` is in every signed body: this is a centre for exercises, replays and tests. No message carries a command.
"""
