"""A finding known again in a later run: the same although its line moved, another although its rule is the same."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from modelpromote.core.diagnostics import Diagnostic

# what a message may say differently in each run: lines, positions, counts, times that pass
_PASSING = re.compile(r"(?<![\w.-])(?:\d+[dhms])+(?![\w.-])|(?<![\w.-])\d+(?:[:.]\d+)*(?![\w-])")


def fingerprints(findings: Sequence[Diagnostic]) -> tuple[str, ...]:
    """One for each finding, 64 hex digits: of its code, file, key path and message without the numbers in it.

    Of findings that are alike but for numbers, the n-th has n in it.
    """
    seen: Counter[str] = Counter()
    found: list[str] = []
    for one in findings:
        text = "\0".join((one.code, one.location.path, one.location.key, _PASSING.sub("0", one.detail)))
        seen[text] += 1
        whole = f"{text}\0{seen[text]}".encode(errors="surrogatepass")
        found.append(hashlib.sha256(whole).hexdigest())
    return tuple(found)
