"""Every rule that a diagnostic can break: code, title, hint. Codes are never reused and never renumbered.

MP0xx reading files, MP1xx names and manifests, MP2xx evidence, MP3xx gates, MP4xx rendering and builds,
MP5xx transitions, history and changes. One file each; a rule is one line there.
"""

from modelpromote.core.diagnostics import Rule
from modelpromote.core.rules.beside import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.changes import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.evidence import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.field import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.gates import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.manifests import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.reading import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.rendering import *  # noqa: F403 - named `rules.X` everywhere
from modelpromote.core.rules.transitions import *  # noqa: F403 - named `rules.X` everywhere

ALL: tuple[Rule, ...] = tuple(
    sorted((value for value in list(globals().values()) if isinstance(value, Rule)), key=lambda rule: rule.code)
)
