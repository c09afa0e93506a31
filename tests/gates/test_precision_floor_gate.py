from builders import BASELINE, INT2, INT4, case, codes, digest_of, genuine, kept, packed, run, subject

from modelpromote.core.gates.gate import Outcome
from modelpromote.core.gates.precision_floor import Settings, judge

FOUR = Settings(gate="precision-floor")


def test_four_bits_pass() -> None:
    verdict = judge(FOUR, case(genuine(INT4)))
    assert (verdict.outcome, verdict.value, verdict.bound) == (Outcome.PASS, 4, 4)
    assert verdict.figure == "4 bits (int4 g64)"
    assert verdict.limit == "at least 4 bits"


def test_two_bits_are_below_the_floor() -> None:
    verdict = judge(FOUR, case(genuine(INT2)))
    assert verdict.outcome is Outcome.FAIL
    assert codes(verdict.findings) == ["MP301"]
    assert verdict.findings[0].detail == "int2 g64: 2 bits, at least 4 bits are asked"


def test_a_lower_floor_lets_two_bits_through() -> None:
    assert judge(Settings(gate="precision-floor", bits=2), case(genuine(INT2))).passes


def test_sixteen_bits_are_read_from_what_is_stored() -> None:
    verdict = judge(FOUR, case(genuine(BASELINE)))
    assert (verdict.outcome, verdict.value, verdict.figure) == (Outcome.PASS, 16, "16 bits (stored as F16)")


def test_a_name_alone_never_passes() -> None:
    verdict = judge(FOUR, case(subject(INT4)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert codes(verdict.findings) == ["MP302"]


def test_an_unusable_run_shows_its_problems() -> None:
    files = {**kept(INT4, "artifact"), "config.json": b"{}"}
    verdict = judge(FOUR, case(subject(INT4, run("artifact", files, digest_of(INT4)))))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert codes(verdict.findings) == ["MP302", "MP315"]


def test_the_header_tells_the_bits_that_the_config_hides() -> None:
    config = kept(INT2, "artifact")["config.json"].replace(b'"num_bits": 2', b'"num_bits": 4')
    files, digest = packed(config, kept(INT2, "artifact")["headers/model.safetensors.json"])
    verdict = judge(FOUR, case(subject(INT4, run("artifact", files, digest), digest=digest)))
    assert (verdict.outcome, verdict.value) == (Outcome.FAIL, 2)


def test_a_method_that_is_not_read_leaves_the_bits_unknown() -> None:
    config = kept(INT4, "artifact")["config.json"].replace(b"compressed-tensors", b"aqlm")
    files, digest = packed(config, kept(BASELINE, "artifact")["headers/model.safetensors.json"])
    verdict = judge(FOUR, case(subject(INT4, run("artifact", files, digest), digest=digest)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert codes(verdict.findings) == ["MP302"]
    assert "aqlm" in verdict.findings[0].detail


def test_a_decoy_in_the_header_tells_no_bits_of_a_method_that_is_not_read() -> None:
    config = kept(INT4, "artifact")["config.json"].replace(b"compressed-tensors", b"aqlm")
    files, digest = packed(config, kept(INT4, "artifact")["headers/model.safetensors.json"])
    verdict = judge(FOUR, case(subject(INT4, run("artifact", files, digest), digest=digest)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP302"])


def test_a_run_of_another_artifact_is_none() -> None:
    other = run("artifact", kept(INT4, "artifact"), digest_of(INT4))
    assert codes(judge(FOUR, case(subject(INT2, other))).findings) == ["MP302"]


def test_the_newest_run_decides_and_the_other_is_listed() -> None:
    older = run("artifact", kept(INT4, "artifact"), digest_of(INT4), hour=1, path="older")
    newer = run("artifact", kept(INT4, "artifact"), digest_of(INT4), hour=2, path="newer")
    verdict = judge(FOUR, case(subject(INT4, older, newer)))
    assert verdict.evidence == (newer.digest,)
    assert verdict.others == (older.path,)
