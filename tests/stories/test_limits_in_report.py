"""The report of a scenario that proposes limits has a table of what they would change."""

from entente.report.describe import files
from entente.scenario.load import EXAMPLES, load
from entente.study import explore

LIMIT = "{name: slow, title: No fast interceptors, measure: interceptor_speed, value: 5, unit: km/s, source: 'invented: one'}"


def test_the_report_says_what_limits_would_change(tmp_path):
    path = tmp_path / "mine.yaml"
    text = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")
    path.write_text(text + f"\nlimits:\n  - {LIMIT}\n", encoding="utf-8")
    made = dict(files(explore(load(path), seeds=2, workers=1)))
    page = made["report.html"]
    assert 'id="limited"' in page
    assert "No fast interceptors" in page
    assert made["data/limits.csv"].count("\n") >= 5
    assert "Что изменили бы предложенные ограничения" in made["report.ru.html"]
