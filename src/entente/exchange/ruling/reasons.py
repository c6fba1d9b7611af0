"""Why was it refused, and what is an alarm about? One word each: for the sender, for counters, for the log.

A word never changes its meaning; those of bodies that say no message are those of `decoding.decode`.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A word for a refusal or an alarm; each fits `messages.Name`."""

    # What cannot be read or believed: nothing of it goes on the log.
    MALFORMED = "malformed"
    KEY_UNKNOWN = "key-unknown"
    BAD_SIGNATURE = "bad-signature"
    THROTTLED = "throttled"
    DISK_FULL = "disk-full"

    # Signed, but not by one who may say this.
    OTHER_LOG = "other-log"
    OTHER_ORIGIN = "other-origin"
    KEY_RETIRED = "key-retired"
    KEY_REVOKED = "key-revoked"
    NOT_YOURS = "not-yours"  # a key of another party or holder than the message names
    NOT_ENTITLED = "not-entitled"  # the role of the key does not say this kind
    NOT_ROOT = "not-root"

    # Keys.
    KEY_KNOWN = "key-known"
    HOLDER_TAKEN = "holder-taken"
    ROLE_REFUSED = "role-refused"
    BAD_PROOF = "bad-proof"

    # Numbers and the node's own chain.
    EQUIVOCATION = "equivocation"  # one number, two bodies
    OLD_BOOT = "old-boot"
    UNKNOWN_BOOT = "unknown-boot"
    NUMBER_USED = "number-used"
    CHAIN_BROKEN = "chain-broken"  # `previous` is not the digest of the message before

    # Times and policies.
    FUTURE = "future"
    NO_POLICY = "no-policy"
    OLD_POLICY = "old-policy"

    # Places.
    OUTSIDE_COVERAGE = "outside-coverage"  # where, by its own account, its feeds cannot see

    # What it refers to.
    NOTICE_TAKEN = "notice-taken"
    UNKNOWN_NOTICE = "unknown-notice"
    NOTICE_CANCELLED = "notice-cancelled"
    UNKNOWN_ENTRY = "unknown-entry"
    OTHER_TEXT = "other-text"  # the digest is not that of what it names
    ALERT_CANCELLED = "alert-cancelled"
    ALERT_EXPIRED = "alert-expired"
    ALERT_CLOSED = "alert-closed"
    UNKNOWN_QUERY = "unknown-query"
    OWN_QUERY = "own-query"
    FULL = "full"  # a bound of the state is reached

    # Alarms that refuse nothing.
    GAP = "gap"
    GAP_GIVEN_UP = "gap-given-up"
    CLOCK_WIDE = "clock-wide"
    CLOCK_DEGRADED = "clock-degraded"
    CLOCK_WELL = "clock-well"
    LATE_LAUNCH = "late-launch"
    NOT_IN_TIME = "not-in-time"  # a notice, sooner or later than it was to be sent
    TRACK_JUMPED = "track-jumped"
    TOO_SURE = "too-sure"  # its states differ more than their covariances say
    DISAGREEING = "disagreeing"  # more than it and the other side say
    CLAIMS_FIT = "claims-fit"  # again
    FEED_DEGRADED = "feed-degraded"
    FEED_DOWN = "feed-down"
    FEED_UP = "feed-up"
    SILENT = "silent"
    TWO_FACES = "two-faces"  # two checkpoints that cannot both be true
    NOT_ACKNOWLEDGED = "not-acknowledged"
    NOT_CORROBORATED = "not-corroborated"
    NO_BULLETIN = "no-bulletin"
    NOT_ANSWERED = "not-answered"
    EVIDENCE_STALLED = "evidence-stalled"  # a witness does not sign what is on the log
