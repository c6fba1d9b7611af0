"""The tree against its definition, written out a second time; and that no proof holds for anything but what it is of."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.errors import BadProof
from entente.exchange.proving.merkle import (
    Frontier,
    consistency_proof,
    frontier_at,
    inclusion_proof,
    leaf_hash,
    rank,
    root_from,
    verify_consistency,
    verify_inclusion,
)

MOST = 70  # leaves: two levels beyond a power of two


def hash_of(leaves):
    """RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return sha256(b"\x00" + leaves[0]).digest() if leaves else sha256(b"").digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + hash_of(leaves[:k]) + hash_of(leaves[k:])).digest()


def leaves_of(size):
    return [b"leaf %d" % i for i in range(size)]


def node_over(leaves):
    def node(level, i):
        part = leaves[i << level : (i + 1) << level]
        assert len(part) == 1 << level, "asked for a subtree that is not whole"
        return hash_of(part)

    return node


def changed(hashes, at):
    """The hashes with one bit of one of them turned."""
    return [bytes([each[0] ^ 1]) + each[1:] if i == at else each for i, each in enumerate(hashes)]


@pytest.mark.parametrize("size", range(MOST))
def test_roots_are_as_defined(size):
    leaves = leaves_of(size)
    frontier = Frontier(0, [])
    completed = frontier.append(leaf_hash(leaf) for leaf in leaves)
    assert frontier.size == size
    assert frontier.root() == root_from(node_over(leaves), size) == hash_of(leaves)
    assert frontier_at(node_over(leaves), size) == frontier
    ranks = {rank(level, i): (level, i) for level in range(1, 8) for i in range(size >> level)}
    assert sorted(ranks) == list(range(1, len(completed) + 1))
    for at, hash_ in enumerate(completed, 1):
        assert hash_ == node_over(leaves)(*ranks[at])


def test_a_copy_of_a_frontier_grows_apart():
    one = Frontier(0, [])
    one.append([b"a" * 32, b"b" * 32, b"c" * 32])
    other = one.copy()
    other.append([b"d" * 32])
    assert (one.size, other.size) == (3, 4)
    assert one.root() != other.root()
    assert len(one.peaks) == 2


@pytest.mark.parametrize("size", range(1, 40))
def test_every_leaf_can_be_shown_and_no_other_in_its_place(size):
    leaves = leaves_of(size)
    node, root = node_over(leaves), hash_of(leaves)
    for index in range(size):
        proof = inclusion_proof(node, index, size)
        verify_inclusion(index, size, leaf_hash(leaves[index]), proof, root)
        wrong = [
            (index, size, leaf_hash(b"another"), proof, root),
            (index, size, leaf_hash(leaves[index]), proof, hash_of([*leaves, b"more"])),
            (index, size, leaf_hash(leaves[index]), [*proof, root], root),
            (index, size, leaf_hash(leaves[index]), [root, *proof], root),
            (size, size, leaf_hash(leaves[index]), proof, root),
            (-1, size, leaf_hash(leaves[index]), proof, root),
            (index, size, leaf_hash(leaves[index])[:31], proof, root),
            (index, size, leaf_hash(leaves[index]), proof, root[:31]),
        ]
        wrong += [(other, size, leaf_hash(leaves[index]), proof, root) for other in range(size) if other != index]
        wrong += [(index, size, leaf_hash(leaves[index]), changed(proof, at), root) for at in range(len(proof))]
        wrong += [
            (index, size, leaf_hash(leaves[index]), proof[:at] + proof[at + 1 :], root) for at in range(len(proof))
        ]
        for each in wrong:
            with pytest.raises(BadProof):
                verify_inclusion(*each)


@pytest.mark.parametrize("size", range(40))
def test_every_older_tree_can_be_shown_and_no_other(size):
    leaves = leaves_of(size)
    node, root = node_over(leaves), hash_of(leaves)
    for old in range(size + 1):
        old_root = hash_of(leaves[:old])
        proof = consistency_proof(node, old, size)
        verify_consistency(old, size, old_root, root, proof)
        fork = hash_of([*leaves[: old - 1], b"another"]) if old else sha256(b"not empty").digest()
        wrong = [
            (old, size, fork, root, proof),
            (old, size, old_root, root, [*proof, root]),
            (old, size, old_root, root, [root, *proof]),
            (size + 1, size, old_root, root, proof),
            (-1, size, old_root, root, proof),
            (old, size, old_root[:31], root, proof),
            (old, size, old_root, root[:31], proof),
        ]
        if old > 0:
            wrong.append((old, size, old_root, hash_of([*leaves[:-1], b"another"]), proof))
        wrong += [(old, size, old_root, root, changed(proof, at)) for at in range(len(proof))]
        wrong += [(old, size, old_root, root, proof[:at] + proof[at + 1 :]) for at in range(len(proof))]
        for each in wrong:
            with pytest.raises(BadProof):
                verify_consistency(*each)


@given(st.integers(1, 300), st.data())
def test_proofs_between_any_two_trees(size, data):
    leaves = leaves_of(size)
    old, index = data.draw(st.integers(0, size)), data.draw(st.integers(0, size - 1))
    node, root = node_over(leaves), hash_of(leaves)
    verify_consistency(old, size, hash_of(leaves[:old]), root, consistency_proof(node, old, size))
    verify_inclusion(index, size, leaf_hash(leaves[index]), inclusion_proof(node, index, size), root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(BadProof, match="there is no leaf"):
        inclusion_proof(node_over(leaves_of(8)), index, size)


@pytest.mark.parametrize(("old", "size"), [(6, 5), (-1, 5)])
def test_no_proof_that_a_log_shrank(old, size):
    with pytest.raises(BadProof, match="a log only grows"):
        consistency_proof(node_over(leaves_of(8)), old, size)
