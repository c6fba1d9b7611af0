"""The files of deploy/ are strict YAML, say nothing that the program does not know, and lay out three sites that work."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import typer.main
from tests.attacks.live.processes import free_port

from entente.cli import app
from entente.exchange.serving.certificates import client_context
from entente.scenario.yaml12 import compose

DEPLOY = Path(__file__).parents[2] / "deploy"
BIN = Path(sys.executable).parent
FILES = ("compose.yaml", "kubernetes.yaml")
KINDS = {
    "Namespace": "v1",
    "Service": "v1",
    "StatefulSet": "apps/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
}
HARDENED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def read(name):
    page = compose((DEPLOY / name).read_text(encoding="utf-8"), name)
    assert not page.findings, page.findings
    return page.value(())


def services():
    return read("compose.yaml")["services"]


def items():
    return read("kubernetes.yaml")["items"]


def containers():
    for item in items():
        if item["kind"] == "StatefulSet":
            yield from ((item, each) for each in item["spec"]["template"]["spec"]["containers"])


def words():
    """What `entente` is called with, everywhere."""
    yield from (each["command"] for each in services().values())
    yield from (each["args"] for _, each in containers())


def test_every_command_is_one_of_the_program_with_options_that_it_has():
    said = list(words())
    assert len(said) == 10
    for line in said:
        command, rest = typer.main.get_command(app), list(line)
        while hasattr(command, "commands"):
            command = command.commands[rest.pop(0)]
        command.make_context(line[0], rest, resilient_parsing=False).close()


def test_compose_keeps_the_parties_apart():
    mounts = {name: {volume["source"] for volume in each["volumes"]} for name, each in services().items()}
    assert set(mounts) == {"centre", "nato-witness", "nato-node", "russia-witness", "russia-node"}
    for name, each in services().items():
        site = name.split("-")[0]
        assert mounts[name] == {f"./sites/{site}"}
        assert each["networks"] == (["nato", "russia"] if name == "centre" else [site])
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]


def test_kubernetes_knows_its_kinds_and_is_hardened():
    for item in items():
        assert KINDS[item["kind"]] == item["apiVersion"]
    namespaces = {item["metadata"]["name"] for item in items() if item["kind"] == "Namespace"}
    used = {item["metadata"]["namespace"] for item in items() if item["kind"] != "Namespace"}
    assert used == namespaces == {"entente-centre", "entente-nato", "entente-russia"}
    assert {item["metadata"]["namespace"] for item in items() if item["kind"] == "NetworkPolicy"} == namespaces
    for item, each in containers():
        assert each["securityContext"] == HARDENED
        assert item["spec"]["replicas"] == 1
        assert item["spec"]["selector"]["matchLabels"] == item["spec"]["template"]["metadata"]["labels"]
        claims = {claim["metadata"]["name"] for claim in item["spec"]["volumeClaimTemplates"]}
        volumes = {volume["name"] for volume in item["spec"]["template"]["spec"]["volumes"]}
        assert {mount["name"] for mount in each["volumeMounts"]} <= claims | volumes


def entente(*words):
    done = subprocess.run([BIN / "entente", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_three_sites_hold_only_their_own_and_work_together(tmp_path):
    """As docs/how-to/deploy.md says, with the program itself; each process sees the folder of its site alone."""
    exercise, sites, port, consoles = tmp_path / "exercise", tmp_path / "sites", free_port(), free_port()
    entente("centre", "prepare", str(exercise), "--name", "three-sites", "--party", "nato", "--party", "russia",
            "--host", "centre", "--host", "localhost")  # fmt: skip
    subprocess.run([DEPLOY / "sites.sh", exercise, sites], check=True, timeout=60)
    held = {
        site.name: {str(file.relative_to(site)) for file in site.rglob("*") if file.is_file()}
        for site in sites.iterdir()
    }
    assert set(held) == {"centre", "nato", "russia"}
    for site, files in held.items():
        own = {file for file in files if not file.startswith("certificates/") and file != "pins.toml"}
        assert own
        assert all(Path(file).parts[0] == site for file in own), "nothing of the others"
        assert not any("root" in file or "ca.key" in file for file in files), "what speaks for a party stays at home"
        assert {f"certificates/{name}" for name in ("ca.pem", "revoked.pem")} <= files
        others = set(held) - {site}
        assert not any(Path(file).name.startswith(other) for other in others for file in files)
    where = ["--centre", f"https://localhost:{port}"]
    lines = [
        [
            "centre",
            "serve",
            sites / "centre",
            "--port",
            str(port),
            "--console-port",
            str(consoles),
            "--host",
            "localhost",
        ],
        *(["node", "witness", sites / party, party, *where] for party in ("nato", "russia")),
        *(["node", "run", sites / party, f"{party}-node", *where] for party in ("nato", "russia")),
    ]
    running = []
    try:
        for line in lines:
            told = (tmp_path / f"{len(running)}.jsonl").open("w")
            running.append(subprocess.Popen(
                [BIN / "entente", *map(str, line)], stdin=subprocess.PIPE, stdout=told, stderr=told, env=dict(os.environ),
            ))  # fmt: skip
            told.close()
        context = client_context(sites / "centre" / "certificates")
        with httpx.Client(base_url=f"https://localhost:{consoles}", verify=context, trust_env=False) as client:
            until_up(client)
            said = entente("centre", "introduce", str(exercise), *where)
            assert said.count("accepted") == len(said.splitlines()) >= 4
            until_up(client, cosigned=4)
    finally:
        for process in running:
            process.stdin.close()
            process.terminate()
        codes = [process.wait(20) for process in running]
    assert codes == [0] * 5, [(tmp_path / f"{i}.jsonl").read_text()[-500:] for i in range(5)]


def until_up(client, cosigned=0):
    """Until the centre answers, and so many entries are signed by both."""
    until_s = time.monotonic() + 40.0
    while time.monotonic() < until_s:
        try:
            if client.get("/health").json()["cosigned"] >= cosigned:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(f"not up, or not {cosigned} entries signed by both, within 40 s")
