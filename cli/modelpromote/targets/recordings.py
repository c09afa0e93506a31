"""What Prometheus records of each variant, from the metrics of vLLM and its HTTP server.

Every selector names namespace and model; every record keeps `namespace`, `model` and `variant`. The variant comes from
the pod, by the PodMonitor: vLLM's own `model_name` is the same for stable and canary. PromQL takes single quotes, which
JSON and YAML leave as they are.
"""

from dataclasses import dataclass

from modelpromote.core.environment import Environment

WINDOW = "5m"
OWNER = "namespace, model, variant"

REQUESTS = "variant:http_requests:rate5m"
ERROR_RATIO = "variant:vllm_request_error_ratio:rate5m"
LATENCY = "variant:vllm_e2e_request_latency_seconds:p95_5m"
TTFT = "variant:vllm_time_to_first_token_seconds:p95_5m"
ITL = "variant:vllm_inter_token_latency_seconds:p95_5m"
STARTED = "variant:vllm_requests_started:increase5m"
FINISHED = "variant:vllm_requests_finished:increase5m"
TOKENS = "variant:vllm_generation_tokens:rate5m"
DECODE_SPEED = "variant:vllm_tokens_per_decode_second:rate5m"
WAITING = "variant:vllm_num_requests_waiting:sum"
KV_CACHE = "variant:vllm_kv_cache_usage:max"
PODS_UP = "variant:pods_up:sum"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording rule: the name of what is recorded, and how it is computed."""

    record: str
    expr: str


@dataclass(frozen=True, slots=True)
class Watched:
    """One model in one environment, as a selector of series."""

    namespace: str
    model: str

    def series(self, metric: str, *matchers: str) -> str:
        """The series of a metric that belong to it."""
        owner = (f"namespace='{self.namespace}'", f"model='{self.model}'")
        return f"{metric}{{{','.join((*owner, *matchers))}}}"

    def rate(self, metric: str, *matchers: str) -> str:
        """Per second, by variant."""
        return f"sum by ({OWNER}) (rate({self.series(metric, *matchers)}[{WINDOW}]))"

    def increase(self, metric: str) -> str:
        """How many in the window, by variant."""
        return f"sum by ({OWNER}) (increase({self.series(metric)}[{WINDOW}]))"

    def p95(self, histogram: str) -> str:
        """The 95th percentile by variant; `>= 0` leaves out the NaN of a time without traffic."""
        buckets = f"rate({self.series(f'{histogram}_bucket')}[{WINDOW}])"
        return f"histogram_quantile(0.95, sum by ({OWNER}, le) ({buckets})) >= 0"


def watched(model: str, environment: Environment) -> Watched:
    """A model in an environment."""
    return Watched(environment.cluster.namespace, model)


def recordings(of: Watched) -> tuple[Recording, ...]:
    """Every recording rule; a later one may read an earlier one. Where nothing came in, no ratio is recorded."""
    asked = ("handler=~'/v1/.*'", "method='POST'")
    errors = of.rate("http_requests_total", *asked, "status=~'5..'")
    requests = of.series(REQUESTS)
    tokens, decoding = of.rate("vllm:request_generation_tokens_sum"), of.rate("vllm:request_decode_time_seconds_sum")
    return (
        Recording(REQUESTS, of.rate("http_requests_total", *asked)),
        Recording(ERROR_RATIO, f"({errors} or 0 * {requests}) / ({requests} > 0)"),
        Recording(LATENCY, of.p95("vllm:e2e_request_latency_seconds")),
        Recording(TTFT, of.p95("vllm:time_to_first_token_seconds")),
        Recording(ITL, of.p95("vllm:inter_token_latency_seconds")),
        Recording(STARTED, of.increase("vllm:time_to_first_token_seconds_count")),
        Recording(FINISHED, of.increase("vllm:e2e_request_latency_seconds_count")),
        Recording(TOKENS, of.rate("vllm:generation_tokens_total")),
        Recording(DECODE_SPEED, f"{tokens} / ({decoding} > 0)"),
        Recording(WAITING, f"sum by ({OWNER}) ({of.series('vllm:num_requests_waiting')})"),
        Recording(KV_CACHE, f"max by ({OWNER}) ({of.series('vllm:kv_cache_usage_perc')})"),
        Recording(PODS_UP, f"sum by ({OWNER}) ({of.series('up')})"),
    )
