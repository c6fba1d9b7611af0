"""Does this entry stand in that log, and did the log only grow? The tree of RFC 6962 and its two proofs, pure.

A tree over n leaves is a row of perfect subtrees, largest first. A perfect subtree is named (level, i): it covers the
leaves from i * 2**level up to (i + 1) * 2**level. Makers of proofs take `node(level, i)`, which returns its hash; they
never ask for a subtree that the tree does not hold whole.

Sources: RFC 6962, section 2.1 (tree and proofs); RFC 9162, sections 2.1.3.2 and 2.1.4.2 (the verifiers, step by step).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from entente.errors import BadProof

HASH_BYTES = 32
EMPTY = sha256(b"").digest()  # the root of a tree without leaves

Node = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root_from(node: Node, size: int) -> bytes:
    """The root of the tree over the first `size` leaves."""
    return _root_over(node, 0, size) if size else EMPTY


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves, from the leaf upwards.

    Raises:
        BadProof: there is no such leaf.
    """
    if not 0 <= index < size:
        raise BadProof(f"inclusion: there is no leaf {index} among {size}")
    start, stop, proof = 0, size, []
    while stop - start > 1:
        middle = start + _largest_power_below(stop - start)
        if index < middle:
            proof.append(_root_over(node, middle, stop))
            stop = middle
        else:
            proof.append(_root_over(node, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(node: Node, old: int, size: int) -> list[bytes]:
    """The hashes that show that the first `old` leaves are unchanged among the first `size`; none if old is 0 or size.

    Raises:
        BadProof: the old tree is not smaller.
    """
    if not 0 <= old <= size:
        raise BadProof(f"consistency: from {old} to {size} leaves; a log only grows")
    start, stop, proof = 0, size, list[bytes]()
    if old == 0:
        return proof
    while old != stop:
        middle = start + _largest_power_below(stop - start)
        if old <= middle:
            proof.append(_root_over(node, middle, stop))
            stop = middle
        else:
            proof.append(_root_over(node, start, middle))
            start = middle
    if start:
        proof.append(_root_over(node, start, stop))
    return proof[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf with this hash stands at `index` in the tree of `size` leaves with this root.

    Raises:
        BadProof: it does not, or the proof does not show it.
    """
    _demand_hashes([leaf, root, *proof])
    if not 0 <= index < size:
        raise BadProof(f"inclusion: there is no leaf {index} among {size}")
    at, last, reached = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            raise BadProof(f"inclusion: {len(proof)} hashes are too many for {size} leaves")
        if at & 1 or at == last:
            reached = node_hash(hash_, reached)
            at, last = _up_while_even(at, last)
        else:
            reached = node_hash(reached, hash_)
        at, last = at >> 1, last >> 1
    if last != 0 or reached != root:
        raise BadProof(f"inclusion: the hashes do not lead from leaf {index} to the root of {size} leaves")


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `old` leaves is the beginning of the tree of `size` leaves.

    Raises:
        BadProof: it is not, or the proof does not show it.
    """
    _demand_hashes([old_root, root, *proof])
    if not 0 <= old <= size:
        raise BadProof(f"consistency: from {old} to {size} leaves; a log only grows")
    if old in (0, size):
        if proof or old_root != (root if old else EMPTY):
            raise BadProof(
                f"consistency: from {old} to {size} leaves with another root, or with hashes where none belong"
            )
        return
    if not proof:
        raise BadProof(f"consistency: no hashes between {old} and {size} leaves")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_reached = reached = path[0]
    for hash_ in path[1:]:
        if last == 0:
            raise BadProof(f"consistency: {len(proof)} hashes are too many for {old} and {size} leaves")
        if at & 1 or at == last:
            old_reached, reached = node_hash(hash_, old_reached), node_hash(hash_, reached)
            at, last = _up_while_even(at, last)
        else:
            reached = node_hash(reached, hash_)
        at, last = at >> 1, last >> 1
    if last != 0 or old_reached != old_root or reached != root:
        raise BadProof(f"consistency: the hashes do not lead from the root of {old} leaves to that of {size}")


@dataclass
class Frontier:
    """The right edge of a tree: enough to append leaves and to know the root.

    Attributes:
        size: leaves so far.
        peaks: hashes of the perfect subtrees, largest first.
    """

    size: int
    peaks: list[bytes]

    def append(self, leaves: Iterable[bytes]) -> list[bytes]:
        """Append leaf hashes; return the hashes of the inner subtrees they complete, in the order of `rank`."""
        completed, peaks, size = list[bytes](), self.peaks, self.size
        for leaf in leaves:
            hash_, filled = leaf, size
            while filled & 1:
                hash_ = node_hash(peaks.pop(), hash_)
                completed.append(hash_)
                filled >>= 1
            peaks.append(hash_)
            size += 1
        self.size = size
        return completed

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return _fold(self.peaks) if self.peaks else EMPTY

    def copy(self) -> "Frontier":
        """Another one at the same place, which grows apart."""
        return Frontier(self.size, list(self.peaks))


def frontier_at(node: Node, size: int) -> Frontier:
    """The right edge of the tree over the first `size` leaves."""
    return Frontier(size, [node(level, i) for level, i in _perfect(0, size)])


def rank(level: int, i: int) -> int:
    """Inner subtrees in the order in which appending completes them, from 1: so they can be stored one after the other.

    n leaves have n - popcount(n) of them; this one is the `level`-th that leaf m = (i + 1) * 2**level - 1 completes, and
    popcount(m) = popcount(i) + level.
    """
    return ((i + 1) << level) - 1 - i.bit_count()


def _largest_power_below(n: int) -> int:
    """The largest power of two smaller than n, n >= 2."""
    return 1 << (n - 1).bit_length() - 1


def _perfect(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees over the leaves from `start` up to `stop`; `start` is a multiple of the largest."""
    while start < stop:
        level = (stop - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _root_over(node: Node, start: int, stop: int) -> bytes:
    """The hash over the leaves from `start` up to `stop`."""
    return _fold([node(level, i) for level, i in _perfect(start, stop)])


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The hash over a row of perfect subtrees, largest first."""
    root = peaks[-1]
    for peak in peaks[-2::-1]:
        root = node_hash(peak, root)
    return root


def _up_while_even(at: int, last: int) -> tuple[int, int]:
    """Both numbers shifted until `at` is odd or 0."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _demand_hashes(hashes: Sequence[bytes]) -> None:
    """Nothing but SHA-256 hashes is ever hashed on: a proof of other lengths could pass inner text for a leaf."""
    for hash_ in hashes:
        if len(hash_) != HASH_BYTES:
            raise BadProof(f"proof: a hash of {len(hash_)} bytes; SHA-256 has {HASH_BYTES}")
