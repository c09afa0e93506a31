"""Every label that a rule, a panel, a selector or a relabelling reads is on the pods that real Kustomize builds."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from stage import Stage

from modelpromote.adapters.kustomize import find_kustomize
from repo.acts import call, done
from repo.change_acts import PROD, V1_3, accepted, edit, refused

pytestmark = pytest.mark.skipif(find_kustomize() is None, reason="no kustomize, kubectl or oc on PATH")
SETTINGS = "environments/prod/environment.yaml"
# what the metrics of vLLM and of its HTTP server have themselves
OF_METRICS = {"le", "handler", "method", "status"}
BOTH = ["v1.0-fp16", V1_3]


def built(stage: Stage) -> list[Any]:
    kustomize = find_kustomize()
    assert kustomize
    done = subprocess.run([*kustomize.command, str(stage.repo / PROD)], capture_output=True, check=True)
    assert done.stderr == b""
    return list(yaml.safe_load_all(done.stdout))


def of_kind(objects: list[Any], kind: str) -> list[Any]:
    return [one for one in objects if one["kind"] == kind]


def monitor(objects: list[Any]) -> Any:
    (found,) = of_kind(objects, "PodMonitor")
    return found


def pods(objects: list[Any]) -> list[tuple[str, dict[str, str]]]:
    """Namespace and labels of the pods, as the pod templates of the InferenceServices give them."""
    services = of_kind(objects, "InferenceService")
    return [(one["metadata"]["namespace"], one["spec"]["predictor"]["labels"]) for one in services]


def targets(objects: list[Any]) -> list[dict[str, str]]:
    """The labels that the operator and the PodMonitor put on every series of each pod."""
    (endpoint,) = monitor(objects)["spec"]["podMetricsEndpoints"]
    found = []
    for namespace, labels in pods(objects):
        meta = {f"__meta_kubernetes_pod_label_{re.sub('[^a-zA-Z0-9_]', '_', key)}": labels[key] for key in labels}
        relabelled = {rule["targetLabel"]: meta[rule["sourceLabels"][0]] for rule in endpoint["relabelings"]}
        assert all(len(rule["sourceLabels"]) == 1 for rule in endpoint["relabelings"])
        found.append({"namespace": namespace, **relabelled})
    return found


def expressions(objects: list[Any]) -> Iterator[str]:
    for rules in of_kind(objects, "PrometheusRule"):
        yield from (rule["expr"] for group in rules["spec"]["groups"] for rule in group["rules"])
    for panel in dashboard(objects)["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def dashboard(objects: list[Any]) -> Any:
    (found,) = of_kind(objects, "ConfigMap")
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    (text,) = found["data"].values()
    return json.loads(text)


def test_the_pod_monitor_selects_every_pod_and_reads_labels_that_it_has(grown: Stage) -> None:
    objects = built(grown)
    spec = monitor(objects)["spec"]
    assert len(pods(objects)) == 2
    for namespace, labels in pods(objects):
        assert [namespace] == spec["namespaceSelector"]["matchNames"] == [monitor(objects)["metadata"]["namespace"]]
        assert spec["selector"]["matchLabels"].items() <= labels.items()
        assert {one["key"] for one in spec["selector"]["matchExpressions"]} <= set(labels)
        assert {one["operator"] for one in spec["selector"]["matchExpressions"]} == {"Exists"}
    assert [target["variant"] for target in targets(objects)] == BOTH
    port = spec["podMetricsEndpoints"][0]["portNumber"]
    for runtime in of_kind(objects, "ServingRuntime"):
        (container,) = runtime["spec"]["containers"]
        assert port in [one["containerPort"] for one in container["ports"]]


def test_every_selector_names_namespace_and_model_as_the_pods_have_them(grown: Stage) -> None:
    objects = built(grown)
    found = targets(objects)
    selectors = [inside for expr in expressions(objects) for inside in re.findall(r"\{(.*?)\}", expr)]
    assert len(selectors) > 40
    for selector in selectors:
        matchers = dict(re.findall(r"(\w+)=(?!~)'([^']*)'", selector))
        assert all(matchers[name] == target[name] for target in found for name in ("namespace", "model"))
        assert set(re.findall(r"(\w+)(?:=~|!=|!~|=)", selector)) <= {*found[0], *OF_METRICS}


def test_every_label_that_is_grouped_or_joined_by_is_on_the_series(grown: Stage) -> None:
    objects = built(grown)
    (known,) = {frozenset(target) for target in targets(objects)}
    grouped = [names for expr in expressions(objects) for names in re.findall(r"\b(?:by|on) \(([^)]*)\)", expr)]
    assert len(grouped) > 15
    assert {name for names in grouped for name in names.split(", ")} == {*known, "le"}
    (rules,) = of_kind(objects, "PrometheusRule")
    texts = json.dumps([rule.get("annotations") for group in rules["spec"]["groups"] for rule in group["rules"]])
    assert set(re.findall(r"\$labels\.(\w+)", texts)) <= known
    legends = {target["legendFormat"] for panel in dashboard(objects)["panels"] for target in panel["targets"]}
    assert legends == {"{{variant}}"}


def test_everything_recorded_is_read_and_everything_read_is_recorded(grown: Stage) -> None:
    objects = built(grown)
    (rules,) = of_kind(objects, "PrometheusRule")
    recorded = {rule["record"] for group in rules["spec"]["groups"] for rule in group["rules"] if "record" in rule}
    read = {name for expr in expressions(objects) for name in re.findall(r"\bvariant:[\w:]+", expr)}
    assert read == recorded


def test_a_dashboard_is_the_same_to_grafana_whatever_the_release(grown: Stage) -> None:
    before = dashboard(built(grown))
    done(grown, "rollback", "--env", "prod", "--yes")
    assert dashboard(built(grown)) == before
    assert len(before["uid"]) <= 40  # Grafana takes no more
    assert [panel["id"] for panel in before["panels"]] == list(range(1, 12))
    lines = {panel["title"]: panel["fieldConfig"]["defaults"]["thresholds"]["steps"] for panel in before["panels"]}
    assert lines["Latency, p95"] == [{"color": "green", "value": None}, {"color": "red", "value": 5}]
    assert lines["Tokens per decode-second"] == [{"color": "red", "value": None}, {"color": "green", "value": 15}]
    assert lines["Requests"] == [{"color": "green", "value": None}]


def test_alerts_may_change_while_a_variant_climbs(grown: Stage) -> None:
    edit(grown, SETTINGS, "errorRatio: 2%", "errorRatio: 1%")
    done(grown, "render")
    change = accepted(grown, "environment prod, 3 files")
    rendered = [f"{PROD}/common/{name}" for name in ("dashboard.yaml", "prometheusrule.yaml")]
    assert [one["path"] for one in change["touched"]] == [SETTINGS, *rendered]  # type: ignore[attr-defined]


def test_alerts_that_change_and_rules_that_do_not_are_refused(grown: Stage) -> None:
    edit(grown, SETTINGS, "errorRatio: 2%", "errorRatio: 1%")
    refused(grown, "environment", "MP401")


def test_without_the_operator_nothing_of_it_is_there(grown: Stage) -> None:
    text = (grown.repo / SETTINGS).read_text("utf-8")
    (grown.repo / SETTINGS).write_text(text[: text.index("alerts:")] + "monitoring: none\n", "utf-8")
    said = call(grown, "validate", "--json")
    strays = {found["path"] for found in said.json["findings"] if found["code"] == "MP403"}
    assert strays == {f"{PROD}/common/{name}.yaml" for name in ("dashboard", "podmonitor", "prometheusrule")}
    grown.git("rm", "-q", *strays)
    done(grown, "render")
    assert {one["kind"] for one in built(grown)} == {"InferenceService", "ServingRuntime", "HTTPRoute"}
    assert accepted(grown, "environment prod, 5 files")["kind"] == "environment"
