"""Rules and dashboard of a model in an environment, for every target alike: a function of the two, of no release."""

from modelpromote.core.environment import Environment
from modelpromote.core.names import slug
from modelpromote.core.render import Renderer
from modelpromote.targets.alerting import alerts
from modelpromote.targets.dashboard import panels, uid
from modelpromote.targets.recordings import recordings, watched

# what it renders, and the PodMonitor that each target renders beside it: (API group, kind)
KINDS: tuple[tuple[str, str], ...] = (
    ("monitoring.coreos.com", "PodMonitor"),
    ("monitoring.coreos.com", "PrometheusRule"),
    ("", "ConfigMap"),
)


def is_monitored(environment: Environment) -> bool:
    """Whether the Prometheus Operator is there."""
    return environment.monitoring == "prometheus-operator"


def monitoring(renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
    """The files of `common/` that watch a model, by name; its pods need the labels that the PodMonitor reads."""
    of = watched(model, environment)
    values = {"environment": environment, "model": model, "slug": slug(model)}
    return {
        "prometheusrule.yaml": renderer.render(
            "monitoring/prometheusrule.yaml.j2",
            recordings=recordings(of),
            alerts=[(alert, str(alert.hold)) for alert in alerts(of, environment)],
            **values,
        ),
        "dashboard.yaml": renderer.render(
            "monitoring/dashboard.yaml.j2",
            panels=panels(of, environment),
            uid=uid(model, environment),
            legend="{{variant}}",
            **values,
        ),
    }
