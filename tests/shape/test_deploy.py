"""The files of deploy/ are strict YAML, say nothing that the program does not know, and lay out three sites that work."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import typer.main
from tests.attacks.live.brokers import free_ports
from tests.attacks.live.processes import free_port
from typer.testing import CliRunner

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
PARTIES = ["nato", "russia"]
SERVER = BIN / "nats-server"
KEYS = {
    "centre": {"centre"},
    "hub": {"hub-0", "hub-1", "hub-2"},
    **{f"{party}-leaf": {f"{party}-leaf"} for party in PARTIES},
    **{party: {f"{party}-{what}" for what in ("node", "desk", "witness")} for party in PARTIES},
}  # of certificates, at each site
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
    yield from (each["command"] for each in services().values() if each["image"] == "entente")
    yield from (each["args"] for _, each in containers() if each["image"] == "entente")


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
    hubs = {f"hub-{i}" for i in range(3)}
    assert set(mounts) == {"centre", *hubs, *(f"{p}-{what}" for p in PARTIES for what in ("witness", "node", "leaf"))}
    for name, each in services().items():
        party = name.split("-")[0]
        site = name if name.endswith("-leaf") else party
        assert mounts[name] == {f"./sites/{site}"}
        assert each["networks"] == ([party] if party in PARTIES else ["neutral", *PARTIES])
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
    published = {port for each in services().values() for port in each.get("ports", ())}
    assert published == {"8714:8714", "8715:8715"}, "who is on the same machine reaches no broker"


def test_kubernetes_knows_its_kinds_and_is_hardened():
    for item in items():
        assert KINDS[item["kind"]] == item["apiVersion"]
    namespaces = {item["metadata"]["name"] for item in items() if item["kind"] == "Namespace"}
    used = {item["metadata"]["namespace"] for item in items() if item["kind"] != "Namespace"}
    assert used == namespaces == {"entente-centre", "entente-nato", "entente-russia"}
    assert {item["metadata"]["namespace"] for item in items() if item["kind"] == "NetworkPolicy"} == namespaces
    for item, each in containers():
        assert each["securityContext"] == HARDENED
        assert item["spec"]["replicas"] == (3 if item["metadata"]["name"] == "hub" else 1), "one log has one writer"
        assert item["spec"]["selector"]["matchLabels"] == item["spec"]["template"]["metadata"]["labels"]
        claims = {claim["metadata"]["name"] for claim in item["spec"]["volumeClaimTemplates"]}
        volumes = {volume["name"] for volume in item["spec"]["template"]["spec"]["volumes"]}
        assert {mount["name"] for mount in each["volumeMounts"]} <= claims | volumes


def test_every_broker_of_compose_is_one_whose_file_the_command_writes(tmp_path):
    prepared = prepared_with_brokers(tmp_path, hosts=("centre", "localhost"))
    brokers = {name: each for name, each in services().items() if each["image"] != "entente"}
    for name, each in brokers.items():
        site = Path(each["volumes"][0]["source"]).name
        assert each["working_dir"] == each["volumes"][0]["target"]
        text = taken(prepared / "sites" / site, each["command"])
        assert set(hosts_in(text)) <= set(brokers), f"{name} calls a host that is none of these services"
    used = {word for each in services().values() for word in bus_of(each["command"])}
    assert used == prepared_buses(prepared) == {f"tls://{name}:4222" for name in brokers}


def test_every_broker_of_kubernetes_is_one_whose_file_the_command_writes(tmp_path):
    hubs = [f"hub-{i}.hub.entente-centre.svc" for i in range(3)]
    leaves = [f"leaf.entente-{party}.svc" for party in PARTIES]
    hosts = [
        *(word for host in hubs for word in ("--hub", host)),
        *(word for host in leaves for word in ("--leaf", host)),
    ]
    prepared = prepared_with_brokers(tmp_path, *hosts, hosts=("centre.entente-centre.svc", "localhost"))
    for item, each in containers():
        if each["image"] == "entente":
            continue
        for number in range(item["spec"]["replicas"]):
            words = [word.replace("$(POD)", f"{item['metadata']['name']}-{number}") for word in each["args"]]
            text = taken(prepared / "sites" / words[1].split("/")[0], words)
            assert set(hosts_in(text)) <= set(hubs)
            assert {port["containerPort"] for port in each["ports"]} == set(ports_in(text))
            assert each["workingDir"] == each["volumeMounts"][0]["mountPath"]
    used = {word for _, each in containers() for word in bus_of(each["args"])}
    assert used == prepared_buses(prepared)
    assert used == {f"tls://{host}:4222" for host in hubs + leaves}


def test_who_calls_whom_is_open_at_both_ends():
    """Of each line there are two rules, one for who calls and one for who is called; and no others."""
    allowed = {"out": set(), "in": set()}
    for item in items():
        if item["kind"] != "NetworkPolicy":
            continue
        here, spec = item["metadata"]["namespace"].removeprefix("entente-"), item["spec"]
        assert set(spec["policyTypes"]) == {"Ingress", "Egress"}
        mine = (here, spec["podSelector"]["matchLabels"]["app"])
        for kind, rules, ends in (("out", "egress", "to"), ("in", "ingress", "from")):
            for rule in spec.get(rules, ()):
                for end, port in ((end, port["port"]) for end in rule[ends] for port in rule["ports"]):
                    if port != 53:
                        allowed[kind] |= {(mine, other, port) for other in ends_of(end, here)}
    calls = {
        *((("centre", "centre"), ("centre", "hub"), 4222), (("centre", "hub"), ("centre", "hub"), 6222)),
        *((((party, "party"), (party, "leaf"), 4222)) for party in PARTIES),
        *((((party, "party"), ("centre", None), 8714)) for party in PARTIES),
        *((((party, "leaf"), ("centre", None), 7422)) for party in PARTIES),
    }
    assert allowed["out"] == calls
    taken_in = {(other, mine, port) for mine, other, port in allowed["in"]}
    for caller, called, port in calls:
        other = called if called[1] else (called[0], "hub" if port == 7422 else "centre")
        assert {(caller, other, port), ((caller[0], None), other, port)} & taken_in, (caller, other, port)
    consoles = {((party, None), ("centre", "centre"), 8715) for party in PARTIES}
    assert len(taken_in) == len(calls) + len(consoles)
    assert consoles <= taken_in


def ends_of(end, here):
    """(site, application) that a peer of a rule names; None: every application of that site."""
    if "podSelector" in end:
        return [(here, end["podSelector"]["matchLabels"]["app"])]
    selector = end["namespaceSelector"]
    sites = (
        [selector["matchLabels"]["entente"]] if "matchLabels" in selector else selector["matchExpressions"][0]["values"]
    )
    return [(site, None) for site in sites]


def prepared_with_brokers(folder, *words, hosts):
    """An exercise, its brokers' files, and its sites."""
    exercise = folder / "exercise"
    said("centre", "prepare", str(exercise), "--name", "trial", *(word for p in PARTIES for word in ("--party", p)),
            *(word for host in hosts for word in ("--host", host)))  # fmt: skip
    (folder / "said").write_text(said("centre", "broker", str(exercise), "--listen", "0.0.0.0", *words))
    subprocess.run([DEPLOY / "sites.sh", exercise, folder / "sites"], check=True, timeout=60)
    return folder


def said(*words):
    """What a command prints, in this process."""
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.stdout


def prepared_buses(folder):
    """Where the command says that the centre and the nodes find their brokers."""
    return {word for line in (folder / "said").read_text().splitlines() for word in bus_of(line.split())}


def bus_of(words):
    """The addresses after --bus."""
    return words[words.index("--bus") + 1].split(",") if "--bus" in words else []


def taken(folder, words):
    """The file with which a server is started in this folder; the server takes it."""
    done = subprocess.run([SERVER, "-t", *words], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return (folder / words[1]).read_text()


def hosts_in(text):
    """Whom a broker calls."""
    return re.findall(r"(?:tls|nats-route)://([^:]+):", text)


def ports_in(text):
    """Where it listens."""
    return [int(port) for port in re.findall(r'listen: "0\.0\.0\.0:(\d+)"', text)]


def entente(*words):
    done = subprocess.run([BIN / "entente", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_three_sites_hold_only_their_own_and_work_together(tmp_path):
    """As docs/how-to/deploy.md says, with the program itself; each process sees the folder of its site alone."""
    exercise, sites, port, consoles = tmp_path / "exercise", tmp_path / "sites", free_port(), free_port()
    said("centre", "prepare", str(exercise), "--name", "three-sites", "--party", "nato", "--party", "russia",
            "--host", "centre", "--host", "localhost")  # fmt: skip
    brokers = [f"127.0.0.1:{port}" for port in free_ports(5)]
    options = [word for i, place in enumerate(brokers) for word in ("--hub" if i < 3 else "--leaf", place)]
    said("centre", "broker", str(exercise), *options)
    subprocess.run([DEPLOY / "sites.sh", exercise, sites], check=True, timeout=60)
    held = {
        site.name: {str(file.relative_to(site)) for file in site.rglob("*") if file.is_file()}
        for site in sites.iterdir()
    }
    assert set(held) == {"centre", "hub", "nato", "nato-leaf", "russia", "russia-leaf"}
    for site, files in held.items():
        own = {file for file in files if not file.startswith("certificates/") and file != "pins.toml"}
        assert own
        assert all(Path(file).parts[0] == site for file in own), "nothing of the others"
        assert not any("root" in file or "ca.key" in file for file in files), "what speaks for a party stays at home"
        assert {f"certificates/{name}" for name in ("ca.pem", "revoked.pem")} <= files
        keys = {Path(file).stem for file in files if file.startswith("certificates/") and file.endswith(".key")}
        assert keys == KEYS[site]
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
            "--bus",
            ",".join(f"tls://{place}" for place in brokers[:3]),
        ],
        *(["node", "witness", sites / party, party, *where] for party in ("nato", "russia")),
        *(
            ["node", "run", sites / party, f"{party}-node", *where, "--bus", f"tls://{place}"]
            for party, place in zip(PARTIES, brokers[3:], strict=True)
        ),
    ]
    running, servers = [], []
    try:
        for site, name in (*(("hub", f"hub-{i}") for i in range(3)), *((f"{p}-leaf", f"{p}-leaf") for p in PARTIES)):
            with (tmp_path / f"{name}.log").open("w") as told:
                servers.append(subprocess.Popen([SERVER, "-c", f"{site}/{name}.conf"], cwd=sites / site, stderr=told))
        for line in lines:
            told = (tmp_path / f"{len(running)}.jsonl").open("w")
            running.append(subprocess.Popen(
                [BIN / "entente", *map(str, line)], stdin=subprocess.PIPE, stdout=told, stderr=told, env=dict(os.environ),
            ))  # fmt: skip
            told.close()
        context = client_context(sites / "centre" / "certificates", "centre")
        with httpx.Client(base_url=f"https://localhost:{port}", verify=context, trust_env=False) as client:
            until_up(client)
            introduced = entente("centre", "introduce", str(exercise), *where)
            assert introduced.count("accepted") == len(introduced.splitlines()) >= 4
            until_up(client, cosigned=4)
        until_told([tmp_path / f"{i}.jsonl" for i in (0, 3, 4)], '"bus-up"')
    finally:
        for process in running:
            process.stdin.close()
            process.terminate()
        codes = [process.wait(20) for process in running]
        for server in servers:
            server.terminate()
            server.wait(20)
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


def until_told(files, words):
    """Until each of the processes said it."""
    until_s = time.monotonic() + 20.0
    while time.monotonic() < until_s:
        if all(words in file.read_text() for file in files):
            return
        time.sleep(0.2)
    pytest.fail("\n".join(file.read_text()[-500:] for file in files))
