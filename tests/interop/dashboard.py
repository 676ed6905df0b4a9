#!/usr/bin/env python3
"""Whether a dashboard of Grafana and alert rules of Prometheus ask for nothing but metrics and labels that an agent has.

usage: dashboard.py DASHBOARD.json RULES.yml METRICS, which is what the agent answers
"""
import json
import re
import sys

# Words of PromQL that are no metrics.
WORDS = {"sum", "by", "rate", "increase", "delta", "deriv", "histogram_quantile", "time", "and", "up", "label_values"}

# Of metrics that may have no line yet, and what Prometheus adds.
LABELS = ["instance", "job", "le", "operation", "error", "reason", "principal"]


def metrics_of(text):
    names, labels = set(), set(LABELS)
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            names |= {name + part for part in ("_bucket", "_sum", "_count")} if kind == "histogram" else {name}
        elif not line.startswith("#"):
            labels |= set(re.findall(r'(\w+)="', line))
    return names, labels


def check(what, expression, names, labels):
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", expression)
    for selected in re.findall(r"\{([^}]*)\}|\bby \(([^)]*)\)", bare):
        for label in re.findall(r"[a-z_]+", " ".join(selected)):
            assert label in labels, f"{what}: no metric has a label {label}"
    bare = re.sub(r"\{[^}]*\}|\bby \([^)]*\)", "", bare)
    for name in re.findall(r"[a-zA-Z_:][a-zA-Z_:0-9]*", bare):
        assert name in names | WORDS, f"{what}: there is no metric {name}"


def main(dashboard_path, rules_path, metrics_path):
    with open(metrics_path, encoding="utf-8") as file:
        names, labels = metrics_of(file.read())
    with open(dashboard_path, encoding="utf-8") as file:
        dashboard = json.load(file)
    assert dashboard["title"] and dashboard["uid"] and dashboard["panels"]
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids)), "two panels have one id"
    used = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert 0 <= place["x"] and place["x"] + place["w"] <= 24, f"{panel['title']} is out of the grid"
        for target in panel["targets"]:
            check(panel["title"], target["expr"], names, labels)
            used |= set(re.findall(r"kmsctl_\w+", target["expr"]))
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            check(variable["name"], variable["query"]["query"].replace(", instance", ""), names, labels)
    with open(rules_path, encoding="utf-8") as file:
        for expression in re.findall(r"^ *expr: (.*)$", file.read(), re.MULTILINE):
            check("rules", expression, names, labels)
    print(f"{len(ids)} panels ask for {len(used)} metrics, which there are")


if __name__ == "__main__":
    main(*sys.argv[1:])
