"""Rules of gates, MP3xx."""

from modelpromote.core.diagnostics import Rule, Severity

BELOW_FLOOR = Rule("MP301", "precision below the floor", "use a variant with more bits")
FLOOR_UNKNOWN = Rule(
    "MP302",
    "bits of the weights unknown",
    "run `promote evidence add MODEL/VARIANT ARTIFACT_DIR` on the artifact itself",
)
NO_ARTIFACT_EVIDENCE = Rule(
    "MP311",
    "no evidence of the artifact itself",
    "run `promote evidence add MODEL/VARIANT ARTIFACT_DIR` on the artifact itself",
)
NAME_NOT_CONFIG = Rule("MP312", "name and config.json disagree", "rename the variant, or ship the build that it names")
CONFIG_NOT_HEADER = Rule(
    "MP313",
    "config.json and the weights disagree",
    "export the artifact anew: one of the two was changed afterwards",
)
RECIPE_NOT_CONFIG = Rule(
    "MP314", "variant.yaml and config.json disagree", "correct the quantization block of variant.yaml"
)
DIGESTS_DISAGREE = Rule(
    "MP315",
    "digests disagree",
    "variant.yaml, the artifact's files and its evidence must name the same bytes",
)
LEFT_UNQUANTISED = Rule("MP316", "layer left unquantised", "list it under `ignore` in the recipe, or quantise it")
UNKNOWN_METHOD = Rule(
    "MP317",
    "quantisation method that cannot be checked",
    "export it in a format that is read: compressed-tensors, GPTQ, AWQ, bitsandbytes, FP8, ModelOpt or MXFP4",
)
NOT_BOUND = Rule(
    "MP318",
    "what the cluster pulls is not proven",
    "this version cannot prove it yet: set `bound: false` in environment.yaml to accept that",
)
NO_PERPLEXITY = Rule(
    "MP321",
    "no perplexity to judge",
    "run lm-eval with --log_samples on this artifact and add it: promote evidence add MODEL/VARIANT DIR",
)
NOT_COMPARABLE = Rule(
    "MP322",
    "runs that cannot be compared",
    "run both with the same settings; the field that differs is named",
)
PERPLEXITY_LOSS = Rule("MP323", "perplexity beyond the limit", "do not promote this build")
PERPLEXITY_UNSURE = Rule(
    "MP324",
    "interval reaches beyond the limit",
    "measure on more documents, so that the interval is narrower",
)
CATEGORY_MISSING = Rule(
    "MP331",
    "required category without a test",
    "run the whole suite; each test needs the property `category`",
)
TEST_NOT_PASSED = Rule("MP332", "system test that did not pass", "do not promote this build; see the test's output")
TEST_FLAKY = Rule("MP333", "system test with two outcomes", "mend the test or the build: a flaky test has not passed")
NO_SYSTEM_TESTS = Rule(
    "MP334",
    "no system tests to judge",
    "run the suite with --junitxml and add it: promote evidence add MODEL/VARIANT FILE",
)
NO_BENCHMARK = Rule(
    "MP360",
    "no benchmark to judge",
    "run lm-eval with --log_samples on this artifact and add it: promote evidence add MODEL/VARIANT DIR",
)
METRIC_UNCLEAR = Rule(
    "MP361",
    "metric of a task that is not clear",
    'name it in environment.yaml under `metrics`, as lm-eval\'s results do: {gsm8k: "exact_match,strict-match"}',
)
BENCHMARK_LOSS = Rule("MP362", "benchmark loss beyond the limit", "do not promote this build")
BENCHMARK_UNSURE = Rule(
    "MP363",
    "benchmark interval reaches beyond the limit",
    "measure on more documents, so that the interval is narrower",
)
AVERAGE_LOSS = Rule("MP364", "average benchmark loss beyond the limit", "do not promote this build")
BENCHMARK_BETTER = Rule(
    "MP365",
    "better than the baseline beyond chance",
    "compression adds nothing: check that both runs were made the same way, and which file is whose",
    Severity.WARNING,
)
BENCHMARK_NOTABLE = Rule(
    "MP366",
    "benchmark loss within the limit, but over 1%",
    "look at the answers that flipped before you go on",
    Severity.WARNING,
)
UNKNOWN_PROFILE = Rule(
    "MP369", "profile that promote.yaml does not define", "define it under `profiles`, or correct its name"
)
SOAK_SHORT = Rule("MP341", "not long enough in the environment before", "wait; the time is in the message")
NO_SPEED = Rule(
    "MP351",
    "no load test to judge",
    "run GuideLLM or `vllm bench serve` on this artifact and add its JSON: promote evidence add MODEL/VARIANT FILE",
)
SPEED_APART = Rule(
    "MP352",
    "load tests that cannot be compared",
    "run both with the same loads and settings on the same hardware with the same image; what differs is named",
)
SPEED_WORSE = Rule("MP353", "slower than the tolerance allows", "do not promote this build for its speed")
SPEED_ERRORS = Rule("MP354", "too many failed requests", "see why the server refused them; then measure again")
SPEED_FEW = Rule("MP355", "too few requests to tell", "run each load for longer, or with more requests")
SPEED_HARDWARE = Rule(
    "MP356",
    "measured on other hardware than asked",
    "measure on the hardware that the gate names, and name it: `--label hardware=...` (GuideLLM), "
    "`--metadata hardware=...` (vllm bench)",
)
SPEED_ABSENT = Rule(
    "MP357",
    "figure that the load test does not have",
    "ask the tool for it: `--percentile-metrics ttft,tpot,itl,e2el --metric-percentiles 50,95,99` (vllm bench)",
)
