"""Who writes for the centre with other tools asks it what a body looks like."""

import json
import subprocess
import sys
from pathlib import Path

from entente.exchange.saying.schema import KINDS


def entente(*words):
    program = Path(sys.executable).with_name("entente")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=60)


def test_the_schema_of_one_kind_and_of_all():
    one = json.loads(entente("centre", "schema", "launch-detected").stdout)
    assert one["$ref"] == "#/$defs/LaunchDetected"
    assert {"observed", "observed_sigma_s", "launch_area", "origin"} <= set(one["$defs"]["LaunchDetected"]["required"])
    every = json.loads(entente("centre", "schema").stdout)
    assert set(every["discriminator"]["mapping"]) == set(KINDS)


def test_a_kind_that_is_not_there_is_named_with_its_neighbour():
    done = entente("centre", "schema", "launch-detect")
    assert (done.returncode, done.stdout) == (1, "")
    assert "'launch-detect' is not known; did you mean 'launch-detected'?" in done.stderr
    assert "Traceback" not in done.stderr
