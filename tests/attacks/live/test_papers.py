"""A certificate that is wrong, over or taken back: who runs a node or a centre is told what, where, and what would be right."""

import asyncio
import io
import shutil
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.attacks.live.ground import WITNESSES, Ground, introduced
from tests.attacks.simulator import sayings
from tests.attacks.simulator.world import key_of

from entente.errors import LedgerError, StoreError
from entente.exchange.client import Link, Node, Watch
from entente.exchange.serving import certificates, reaching, renewing
from entente.exchange.serving.certificates import make_certificates, revoke
from entente.exchange.serving.papers import Papers, Why
from entente.exchange.serving.running import running
from entente.exchange.serving.telling import Teller

NODE, OTHER, HOST = "nato-radar", "rus-radar", "localhost"
LONG_AGO = datetime.now(UTC) - timedelta(days=400)


class Then(datetime):
    """A clock that makes what was made long ago."""

    @classmethod
    def now(cls, zone=None):
        return LONG_AGO


def told_into(lines):
    """Something that tells, into a list."""
    return lambda event, **fields: lines.append({"event": event, **fields})


async def until(holds, patience_s=10.0):
    """Wait for it; whether it came to hold."""
    for _ in range(int(patience_s / 0.02)):
        if holds():
            return True
        await asyncio.sleep(0.02)
    return False


def of(lines, event):
    """Those lines."""
    return [line for line in lines if line["event"] == event]


def said(ground, outbox, now_ns):
    """One message into an outbox."""
    return outbox.put(sayings.healthy(sayings.header("nato", NODE, 1, 1, now_ns, "0" * 64), now_ns))


@asynccontextmanager
async def centre(ground, lines):
    """A centre that runs here, which knows both nodes."""
    async with running(ground.settings, told_into(lines)) as made:
        async with httpx.AsyncClient(
            base_url=made.node_address, verify=ground.context(OTHER), trust_env=False
        ) as client:
            for raw in introduced(made.service.clock()):
                assert (await client.post("/envelopes", content=raw)).status_code == 200
        yield made


@asynccontextmanager
async def node(ground, address, lines, name=NODE, shows=None):
    """A node that runs here, by what lies in `shows` or the ground's certificates."""
    mine = Papers(shows or ground.certificates, name)
    with ground.outbox(name) as outbox:
        async with Link(address, mine.context, mine, told_into(lines)) as link:
            made = Node(outbox, ground.quorum, link, tell=told_into(lines))
            task = asyncio.create_task(made.run())
            try:
                yield made
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError, BaseExceptionGroup):
                    await task


@pytest.fixture
def ground(tmp_path):
    """An exercise's files; the centre takes any free port."""
    return Ground.laid_out(tmp_path / "ground", 0)


@pytest.fixture
def quick(monkeypatch):
    """Looks and tries come soon after one another."""
    monkeypatch.setattr(reaching, "LOOK_S", 0.3)
    monkeypatch.setattr(reaching, "GRACE_S", 0.2)
    monkeypatch.setattr(reaching, "UNWANTED_PAUSE_S", 0.3)
    monkeypatch.setattr(renewing, "LOOK_S", 0.1)


def foreign(ground):
    """A folder that trusts this centre, with a certificate of another authority."""
    folder = ground.folder / "foreign"
    make_certificates(folder, {NODE: "nato"})
    shutil.copy(ground.certificates / "ca.pem", folder / "ca.pem")
    shutil.copy(ground.certificates / "revoked.pem", folder / "revoked.pem")
    return folder


def of_elsewhere(ground):
    """A whole other exercise's folder."""
    make_certificates(ground.folder / "elsewhere", {NODE: "nato"})
    return ground.folder / "elsewhere"


def over(ground, monkeypatch):
    """A certificate that ended last year, of an authority that is trusted."""
    folder = ground.folder / "over"
    with monkeypatch.context() as then:
        then.setattr(certificates, "datetime", Then)
        make_certificates(folder, {NODE: "nato"})
    return folder


def unlisted(ground):
    """Revoked at the centre, and nobody has brought the list here."""
    folder = ground.folder / "unlisted"
    shutil.copytree(ground.certificates, folder)
    revoke(ground.certificates, NODE)
    return folder


def listed(ground):
    """Revoked, and the list is here."""
    revoke(ground.certificates, NODE)
    return ground.certificates


WRONG = {
    "foreign": (foreign, "nato-radar.pem: is not of the authority in ca.pem"),
    "elsewhere": (of_elsewhere, "elsewhere/ca.pem does not stand for"),
    "unlisted": (unlisted, "does not take this certificate: it was revoked, or"),
    "listed": (listed, "nato-radar.pem: is on the list of revoked ones"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_node_says_once_what_is_wrong_with_its_certificate_and_goes_on_trying(ground, quick, how):
    make, words = WRONG[how]

    async def tried():
        lines = []
        shows = make(ground)
        made = running(ground.settings, told_into([]))
        async with made as there, node(ground, there.node_address, lines, shows=shows) as mine:
            assert await until(lambda: of(lines, "line-down"))
            await asyncio.sleep(1.0)
            assert mine.link.reach.is_unwanted
        return lines

    (line,) = asyncio.run(tried())
    assert words in line["reason"]
    assert f"{NODE}.pem" in line["reason"] or how == "elsewhere"
    assert line["reason"].count("\n") == 0


def test_a_certificate_that_is_over_is_named_with_its_day(ground, quick, monkeypatch):
    shown = Papers(over(ground, monkeypatch), NODE)
    why = shown.why(ConnectionResetError(), "https://localhost:1")
    assert why.is_certificate
    assert f"nato-radar.pem: ended on {LONG_AGO + timedelta(days=90):%Y-%m-%d}" in why.words
    before = shown.fault(LONG_AGO - timedelta(days=1))
    assert "begins on" in before
    assert "set the clock" in before


def test_a_new_certificate_in_its_place_is_taken_up_without_a_restart(ground, quick):
    async def tried():
        lines, shows = [], foreign(ground)
        async with centre(ground, []) as made, node(ground, made.node_address, lines, shows=shows) as mine:
            said(ground, mine.outbox, made.service.clock())
            assert await until(lambda: of(lines, "line-down"))
            for kind in ("pem", "key"):
                shutil.copy(ground.certificates / f"{NODE}.{kind}", shows / f"{NODE}.{kind}")
            assert await until(lambda: mine.sent_to == 1)
        return [line["event"] for line in lines]

    assert asyncio.run(tried()) == ["line-down", "line-up"]


def test_where_the_line_is_down_no_certificate_is_blamed(ground, quick):
    async def tried():
        lines = []
        async with running(ground.settings, told_into([])) as made:
            address = made.node_address
        async with node(ground, address, lines):
            assert await until(lambda: of(lines, "line-down"))
        return lines

    (line,) = asyncio.run(tried())
    assert "Connection refused" in line["reason"]
    assert "pem" not in line["reason"]


def test_a_line_that_is_back_at_once_is_not_told_of():
    async def tried():
        lines = []
        reach = reaching.Reach("https://localhost:1", None, told_into(lines))
        reach.papers = Blames()
        for _ in range(2):
            reach.failed(ConnectionResetError())
            await asyncio.sleep(0.05)
            reach.answered()
            await asyncio.sleep(0.3)
            reach._next_look_s = 0.0
        return lines

    with pytest.MonkeyPatch.context() as quick:
        quick.setattr(reaching, "GRACE_S", 0.2)
        assert asyncio.run(tried()) == []


class Blames:
    """Papers that are always blamed."""

    def renew(self):
        pass

    def why(self, problem, address):
        return Why("no answer", False)


def test_who_ends_does_not_wait_for_the_reason(monkeypatch):
    monkeypatch.setattr(reaching, "GRACE_S", 0.0)

    class Ponders(Blames):
        def why(self, problem, address):
            time.sleep(3.0)
            return Why("no answer", False)

    async def ended():
        reach = reaching.Reach("https://localhost:1", Ponders())
        reach.failed(ConnectionResetError())
        await asyncio.sleep(0.1)
        reach.close()

    began_s = time.monotonic()
    asyncio.run(ended())
    assert time.monotonic() - began_s < 2.0


def test_who_is_revoked_while_the_centre_runs_is_let_go_and_kept_out(ground, quick):
    async def tried():
        lines, mine, theirs = [], [], []
        async with (
            centre(ground, lines) as made,
            node(ground, made.node_address, mine) as lost,
            node(ground, made.node_address, theirs, OTHER) as kept,
        ):
            assert await until(lambda: lost.run_of_centre and kept.run_of_centre)
            revoke(ground.certificates, NODE)
            assert await until(lambda: of(mine, "line-down"))
            assert of(lines, "certificates-read")[0]["revoked"] == 1
            assert {line["name"] for line in of(lines, "revoked-let-go")} == {f"{NODE}@nato"}
            said(ground, lost.outbox, made.service.clock())
            lost.spoke()
            await asyncio.sleep(1.5)
            assert lost.sent_to == 0
            assert kept.link.reach.is_up
        return mine, theirs

    mine, theirs = asyncio.run(tried())
    assert all("revoked" in line["reason"] for line in of(mine, "line-down"))
    assert theirs == []


def test_a_list_that_cannot_be_read_changes_nothing_and_is_told_of(ground, quick):
    async def tried():
        lines = []
        async with centre(ground, lines) as made:
            (ground.certificates / "revoked.pem").write_text("-----BEGIN X509 CRL-----\nno list\n")
            assert await until(lambda: of(lines, "certificates-unread"))
            async with httpx.AsyncClient(verify=ground.context(NODE), trust_env=False) as client:
                assert (await client.get(f"{made.node_address}/health")).status_code == 200
        return lines

    assert "revoked.pem" in of(asyncio.run(tried()), "certificates-unread")[0]["reason"]


def test_the_end_of_a_certificate_is_told_of_each_day(tmp_path, monkeypatch):
    make_certificates(tmp_path / "c", {"centre": "centre", "long": "nato"}, days=12)
    monkeypatch.setattr(renewing, "DAY_S", 0.05)

    async def days(name, soon_s):
        lines = []
        monkeypatch.setattr(renewing, "SOON_S", soon_s)
        with suppress(TimeoutError):
            await asyncio.wait_for(renewing.tell_of_the_end(tmp_path / "c", name, told_into(lines)), 0.4)
        return lines

    assert len(asyncio.run(days("centre", 30 * 86_400))) >= 3
    assert asyncio.run(days("centre", 86_400)) == []


def test_the_end_of_the_centres_certificate_is_a_figure(ground):
    async def tried():
        client = httpx.AsyncClient(verify=ground.context(NODE), trust_env=False)
        async with running(ground.settings, Teller(io.StringIO())) as made, client:
            return (await client.get(f"{made.node_address}/metrics")).text

    (left_s,) = [
        float(line.split()[1])
        for line in asyncio.run(tried()).splitlines()
        if line.startswith("entente_certificate_left")
    ]
    assert 89 * 86_400 < left_s <= 90 * 86_400


def test_a_node_put_back_to_an_older_day_sends_nothing(ground, quick):
    async def tried():
        async with centre(ground, []) as made:
            async with node(ground, made.node_address, []) as mine:
                said(ground, mine.outbox, made.service.clock())
                assert await until(lambda: mine.sent_to == 1)
            for file in (ground.folder / NODE).iterdir():
                file.unlink()
            with ground.outbox(NODE) as outbox:
                said(ground, outbox, made.service.clock())
                async with Link(made.node_address, ground.context(NODE)) as link:
                    with pytest.raises(LedgerError, match="begin a new outbox at a new boot"):
                        await asyncio.wait_for(Node(outbox, ground.quorum, link).run(), 10.0)
            return made.service.shell.counts["number-used"]

    assert asyncio.run(tried()) == 0


def test_a_node_whose_key_nobody_introduced_says_so_once(ground, quick):
    async def tried():
        lines = []
        async with running(ground.settings, told_into([])) as made, node(ground, made.node_address, lines) as mine:
            said(ground, mine.outbox, made.service.clock())
            assert await until(lambda: of(lines, "waits"))
            await asyncio.sleep(0.5)
        return lines

    (line,) = asyncio.run(tried())
    assert line["reason"] == "key-unknown"
    assert "entente centre introduce" in line["why"]


def test_a_witness_that_was_started_again_tells_of_no_refusal(ground, quick):
    async def tried():
        lines = []
        async with centre(ground, []) as made:
            for turn in range(2):
                async with asyncio.TaskGroup() as tasks:
                    running_now = []
                    for name in WITNESSES:
                        mine = Papers(ground.certificates, name)
                        link = Link(made.node_address, mine.context, mine, told_into(lines))
                        watch = Watch(ground.witness(name), key_of(name), link, told_into(lines))
                        running_now.append((watch, tasks.create_task(watch.run())))
                    assert await until(lambda: made.service.cosigned[0] == made.service.size)
                    for watch, task in running_now:
                        task.cancel()
                        await asyncio.gather(task, return_exceptions=True)
                        watch.witness.mirror.close()
                        await watch.link.close()
                if turn == 0:
                    async with httpx.AsyncClient(verify=ground.context(OTHER), trust_env=False) as client:
                        raw = said_by(ground, made.service.clock())
                        assert (await client.post(f"{made.node_address}/envelopes", content=raw)).status_code == 200
        return lines

    assert of(asyncio.run(tried()), "refused") == []


def said_by(ground, now_ns):
    """One envelope of the node."""
    with ground.outbox(NODE) as outbox:
        return said(ground, outbox, now_ns)


def test_an_address_that_is_none_and_papers_that_are_not_there(ground):
    from entente.exchange.serving.national import _linked

    with pytest.raises(StoreError, match="https://HOST:PORT"):
        _linked("http://localhost:8714", Papers(ground.certificates, NODE), told_into([]))
    with pytest.raises(StoreError, match="no certificate of nobody"):
        Papers(ground.certificates, "nobody")
