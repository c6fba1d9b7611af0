"""Both ports against their own OpenAPI: whatever fits the description, and much that does not, has an answer that it names."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from tests.attacks.live.hall import hall

from entente.exchange.serving.preparing import CERTIFICATES

EXAMPLES = 8  # of each operation
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
WAITS = {"/proposal", "/vouch"}  # these wait for seconds when nothing is there to be told


def drive(port, made, name):
    """Let Schemathesis ask all that one port offers; paths and statuses."""
    at = made.folder / CERTIFICATES
    with made.client(name) as client:
        described = client.get("/openapi.json").json()
    described["paths"] = {path: told for path, told in described["paths"].items() if path not in WAITS}
    how = {"base_url": port, "verify": str(at / "ca.pem")}
    if name:
        how["cert"] = (str(at / f"{name}.pem"), str(at / f"{name}.key"))
    asked = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=strategies.data())
    def one(operation, data):
        case = data.draw(operation.as_strategy(generation_mode=data.draw(strategies.sampled_from(GenerationMode))))
        answer = case.call(**how)
        case.validate_response(answer, checks=CHECKS)
        asked.append((operation.path, answer.status_code))

    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        one(found.ok())
    return asked


def test_every_question_has_an_answer_that_is_described(tmp_path):
    with hall(tmp_path) as made:
        nodes = drive(made.centre.node_address, made, "russia-1")
        consoles = drive(made.centre.console_address, made, "")
        with made.client("nato-0") as client:
            assert client.get("/health").json()["status"] == "up"
    assert {path for path, _ in nodes} >= {"/envelopes", "/batches", "/entries", "/proof", "/receipts", "/cosignature"}
    assert {path for path, _ in consoles} >= {"/envelopes", "/session", "/challenge"}
    assert len({status for _, status in nodes}) > 3
