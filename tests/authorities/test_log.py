"""The log's tree, notes and signatures against what others published.

`merkle-proofs.json` holds inclusion and consistency proofs of github.com/transparency-dev/merkle, testdata at 417fb0c,
under the Apache License 2.0, unchanged but for being in one file.
"""

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from entente.errors import BadProof, Malformed
from entente.exchange.proving.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from,
    verify_consistency,
    verify_inclusion,
)
from entente.exchange.proving.notes import head_of, read_note, read_signer, signed_at, write_signer
from entente.exchange.signing import Key, key_id, pae, public_of, seal

PROOFS = json.loads((Path(__file__).parent / "merkle-proofs.json").read_text(encoding="utf-8"))
SHORT_ROOTS = "additional/sizes-are-equal-one-and-proof-is-empty"  # 12 bytes: we demand the 32 of SHA-256

# The eight leaves and the roots over 1 to 8 of them that the reference implementations of RFC 6962 are tested with.
LEAVES = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def raw(text):
    return b64decode(text) if text else b""


def refuses(check, *given):
    try:
        check(*given)
    except BadProof:
        return True
    return False


@pytest.mark.parametrize("name", PROOFS["inclusion"])
def test_published_inclusion_proofs(name):
    case = PROOFS["inclusion"][name]
    given = case["leafIdx"], case["treeSize"], raw(case["leafHash"]), [raw(h) for h in case["proof"] or []]
    assert refuses(verify_inclusion, *given, raw(case["root"])) == case["wantErr"]


@pytest.mark.parametrize("name", PROOFS["consistency"])
def test_published_consistency_proofs(name):
    case = PROOFS["consistency"][name]
    given = case["size1"], case["size2"], raw(case["root1"]), raw(case["root2"])
    wanted = case["wantErr"] or name == SHORT_ROOTS
    assert refuses(verify_consistency, *given, [raw(h) for h in case["proof"] or []]) == wanted


def test_there_are_196_published_proofs():
    assert len(PROOFS["inclusion"]) + len(PROOFS["consistency"]) == 196


def test_known_hashes_of_leaves_and_inner_nodes():
    """The prefixes 0x00 and 0x01 keep a leaf from passing for an inner node; RFC 6962, section 2.1."""
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


def test_known_roots():
    frontier = Frontier(0, [])
    assert frontier.root() == EMPTY
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        frontier.append([leaf_hash(leaf)])
        assert frontier.root().hex() == root


def test_known_proofs():
    """RFC 6962, section 2.1.3, draws a tree of seven leaves and lists which subtrees its proofs are made of."""

    def node(level, i):
        return b"%d %d" % (level, i)

    def over(*parts):
        return parts[0] if len(parts) == 1 else node_hash(parts[0], over(*parts[1:]))

    _, b, c, d, _, f, j = (node(0, i) for i in range(7))
    g, h, i, k = node(1, 0), node(1, 1), node(1, 2), node(2, 0)
    l = over(i, j)  # noqa: E741  # as the RFC calls it
    assert inclusion_proof(node, 0, 7) == [b, h, l]
    assert inclusion_proof(node, 3, 7) == [c, g, l]
    assert inclusion_proof(node, 4, 7) == [f, j, k]
    assert inclusion_proof(node, 6, 7) == [i, k]
    assert consistency_proof(node, 3, 7) == [c, d, g, l]
    assert consistency_proof(node, 4, 7) == [l]
    assert consistency_proof(node, 6, 7) == [i, j, k]
    assert root_from(node, 7) == over(k, i, j)


def test_published_signatures(signed_notes):
    signer, note = read_signer(signed_notes["key"]), read_note(signed_notes["note"])
    assert write_signer(signer) == signed_notes["key"]
    assert signed_at(note, signer) == signed_notes["time_s"]
    with pytest.raises(BadProof):
        signed_at(read_note(signed_notes["note"].replace("e", "f", 1)), signer)


def test_the_head_of_a_published_checkpoint(signed_notes):
    if "head" in signed_notes:
        head = head_of(signed_notes["note"])
        assert [head.origin, head.size, head.root.hex()] == signed_notes["head"]


def test_the_example_of_the_format_is_read():
    """C2SP signed-note, section Format: empty lines and letters beyond ASCII belong to the text."""
    text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    line = "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc="
    note = read_note(f"{text}\n\u2014 quasimodo.example/salvatore {line}\n")
    (signature,) = note.signatures
    assert note.text == text
    assert (signature.name, signature.key_id.hex()) == ("quasimodo.example/salvatore", "367ba04b")
    assert len(signature.signature) == 64


def test_the_signature_of_the_go_example_is_made_again():
    """Its private key is published with it; Ed25519 signatures are a function of key and text."""
    seed = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
    key = Key(Ed25519PrivateKey.from_private_bytes(seed))
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signed = b64encode(bytes.fromhex("c74f20a3") + key.sign(text.encode())).decode()
    assert signed == "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


@pytest.mark.parametrize("text", [
    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # another id
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=",
    "PeterNeumann+c74f20a3+Axpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # another use
    "PeterNeumann+c74f20a3+ARpc",
    "PeterNeumann+c74f20a3",
    "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "",
])  # fmt: skip
def test_mistyped_keys_are_refused(text):
    with pytest.raises(Malformed):
        read_signer(text)


def test_the_example_of_the_encoding_that_is_signed():
    """DSSE protocol 1.0.2, test vector: the type and the body, each with its length in bytes."""
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae("\u00e9", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_the_signature_of_the_dsse_example_differs_by_type_alone():
    """RFC 8032, section 7.1, test 1 gives the key; the envelope is key id, signature over the encoding, body."""
    key = Key(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    )))  # fmt: skip
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert public_of(key).hex() == public
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert key_id(bytes.fromhex(public)).hex() == "21fe31df"
    raw_envelope = seal(key, b"hello world", "http://example.com/HelloWorld")
    assert raw_envelope[:4].hex() == "21fe31df"
    assert raw_envelope[4:68] == key.sign(b"DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    assert raw_envelope[68:] == b"hello world"
