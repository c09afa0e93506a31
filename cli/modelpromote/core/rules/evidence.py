"""Rules of evidence, MP2xx."""

from modelpromote.core.diagnostics import Rule

EVIDENCE_DIGEST = Rule(
    "MP201",
    "evidence file differs from its entry",
    "restore the file from git; evidence is only ever added, with `promote evidence add`",
)
EVIDENCE_FILES = Rule(
    "MP202",
    "evidence folder and its entry disagree",
    "restore the folder from git; evidence is only ever added, with `promote evidence add`",
)
OTHER_ARTIFACT = Rule(
    "MP203",
    "evidence filed for another artifact",
    "measure the artifact that variant.yaml names, and add that run",
)
CLAIM_DISAGREES = Rule(
    "MP204",
    "evidence names another artifact inside",
    "it was measured on something else: measure the artifact that variant.yaml names, and add that run",
)
UNREADABLE_EVIDENCE = Rule("MP205", "evidence that cannot be read", "add the tool's own output file, unchanged")
INCOMPLETE_EVIDENCE = Rule(
    "MP206", "run that is not complete", "run it whole: no limit, no crash, every item and every test"
)
RECOMPUTED = Rule(
    "MP207",
    "figure that its own samples do not give",
    "add the results and the samples of one run, both unchanged",
)
EVIDENCE_ID = Rule(
    "MP208",
    "evidence folder not named by its content",
    "add the run with `promote evidence add`; it names the folder",
)
UNKNOWN_EVIDENCE = Rule(
    "MP209",
    "file of no known kind",
    "known kinds: an artifact directory, lm-eval results and samples, JUnit XML, GuideLLM and vllm bench JSON",
)
ONLY_SAMPLES = Rule("MP210", "samples without their results", "add the results_*.json of the same run with them")
NO_TIME = Rule("MP211", "run without a time", "add a file that says when the run ended")
SPEED_FIGURE = Rule(
    "MP212", "figure of a load test that cannot be", "add the tool's own JSON, unchanged: numbers, above 0, all of them"
)
SPEED_ARITHMETIC = Rule(
    "MP213",
    "figures of a load test that contradict each other",
    "add the tool's own JSON, unchanged: its counts, durations, tokens and rates give each other",
)
SPEED_EMPTY = Rule(
    "MP214", "load without an answered request", "see that the server answers, then run the load test again"
)
SPEED_PARTIAL = Rule("MP215", "load test that was cut short", "run it to its end: every planned load and request")
SPEED_FORM = Rule(
    "MP216",
    "report of a load test in no known form",
    "known are the JSON of GuideLLM 0.2 to 0.8 and of `vllm bench serve --save-result`; no CSV",
)
FROM_THE_FUTURE = Rule(
    "MP217", "run that ended in the future", "mend the clock of the machine that measured, and measure again"
)
NOT_A_COUNT = Rule(
    "MP220",
    "accuracy that no number of right answers gives",
    "add the results file that lm-eval wrote, unchanged",
)
WRONG_STDERR = Rule(
    "MP221",
    "standard error that its accuracy does not give",
    "add the results file that lm-eval wrote, unchanged",
)
NOT_MEAN_OF_PARTS = Rule(
    "MP222",
    "group that is not the mean of its tasks",
    "add the results file that lm-eval wrote, unchanged",
)
WORDS_NOT_BYTES = Rule(
    "MP223",
    "perplexities by word and by byte that do not belong together",
    "add the results file that lm-eval wrote, unchanged",
)
