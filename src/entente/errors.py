"""Everything Entente raises on purpose, as a tree. One branch per thing a caller can do about it.

::

    EntenteError
    ├── ScenarioError    the user's file: fix the lines it names (carries every mistake at once)
    ├── UnknownName      a case, rung, vehicle, row asked for that does not exist: pick one of those named
    ├── ModelError       a question outside what a model can answer: change the numbers
    │   └── Unreachable  the asked range or arc does not exist; says the most that does
    ├── StoreError       a folder or file that cannot be read or written: pick another
    └── ExchangeError    what was said at the centre, or its log, is not as it must be
        ├── Malformed    bytes or text of another form than agreed: refuse them, keep nothing of them
        ├── Undecodable  a signed body that is no message; `reason` is what the sender is told
        ├── BadProof     a proof, checkpoint, receipt or signature that does not hold: keep it as evidence
        ├── KeyRefused   a key that may not do this: use the holder's own
        ├── PolicyRefused    a release policy that cannot be followed: mend what it names (every mistake at once)
        └── LedgerError  the log on disk cannot go on: stop, audit, restore from a mirror
            └── LedgerFull   the disk is full: nothing was lost, nothing was taken; make room and try again

A message reads ``where: what was given, which rule it breaks; what would be right``.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class EntenteError(Exception):
    """Root of the tree: the command line turns it into its lines on stderr and exit status 1."""


class ScenarioError(EntenteError):
    """A scenario file with mistakes; `mistakes` holds one text per mistake, all of them."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        Exception.__init__(self, "\n".join(self.mistakes))


class UnknownName(EntenteError):
    """A name that is not there; the message lists the names that are."""


class ModelError(EntenteError):
    """A question outside the validity of the model that was asked."""


class Unreachable(ModelError):
    """A range or arc that does not exist for this vehicle; the message says the most that does."""


class StoreError(EntenteError):
    """A file or folder that cannot be read or written as asked."""


class ExchangeError(EntenteError):
    """Root of what can be wrong at the centre."""


class Malformed(ExchangeError):
    """Bytes or text that do not have the agreed form."""


class Undecodable(ExchangeError):
    """A body that is no message; `reason` is a word for counters and for the sender."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class BadProof(ExchangeError):
    """A proof, checkpoint, receipt or signature that does not hold."""


class KeyRefused(ExchangeError):
    """A key that is not known, not any more, or not for this."""


class PolicyRefused(ExchangeError):
    """A release policy that is no policy; the message has one line a mistake."""


class LedgerError(ExchangeError):
    """A log on disk that cannot be opened, or cannot go on."""


class LedgerFull(LedgerError):
    """No room for more entries; all that were taken are still there."""


def unknown(where: str, given: str, known: Iterable[str]) -> UnknownName:
    """The one way to say that a name does not exist, with the nearest and the known ones."""
    names = [str(name) for name in known]
    near = get_close_matches(given, names, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return UnknownName(f"{where}: {given!r} is not known; {hint}known: {', '.join(names) or 'none'}")
