"""Does the disk of the simulator lose what was not synced, and only that? SQLite itself is the witness."""

from random import Random

import apsw
import pytest
from tests.attacks.simulator.disk import WAYS, Disk, Disks


@pytest.fixture
def disks():
    held = Disks()
    yield held
    held.unregister()


def lost_rows(disks, folder, synchronous, tmp_path):
    """Commit 15 rows; cut the power after every operation, in every way; the worst loss of committed rows."""
    disk = disks.hold(Disk(folder))
    draws, committed, images = Random(1), 0, []
    disk.watch = lambda _: images.extend((committed, disk.image(way, draws)) for way in WAYS)
    connection = apsw.Connection(str(folder / "rows.db"))
    connection.execute(
        f"pragma journal_mode=wal; pragma wal_autocheckpoint=8; pragma synchronous={synchronous}"
    ).fetchall()
    connection.execute("create table row(i integer primary key, b blob)")
    for _ in range(15):
        connection.execute("insert into row(b) values (randomblob(700))")
        committed += 1
    disk.watch = None
    disks.drop(disk)
    connection.close()
    worst = 0
    for n, (count, image) in enumerate(images):
        left = tmp_path / str(n)
        left.mkdir()
        for name, data in image.items():
            (left / name).write_bytes(data)
        reader = apsw.Connection(str(left / "rows.db"))
        assert reader.execute("pragma integrity_check").fetchall() == [("ok",)]
        there = reader.execute("select count(*) from sqlite_schema").get
        worst = max(worst, count - (reader.execute("select count(*) from row").get if there else 0))
        reader.close()
    assert len(images) > 200
    return worst


def test_full_loses_nothing_and_normal_does(disks, tmp_path):
    losses = {}
    for how in ("full", "normal"):
        (tmp_path / f"{how}-cuts").mkdir()
        losses[how] = lost_rows(disks, tmp_path / how, how, tmp_path / f"{how}-cuts")
    assert losses["full"] == 0
    assert losses["normal"] > 0, "the disk loses nothing, so it proves nothing"
