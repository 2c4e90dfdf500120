"""Secrets in what is told about a run: known by their form, or because the environment has them.

Sources: the prefixes that GitHub, GitLab, AWS, Google, Slack, Stripe, OpenAI, Anthropic and the
others document for the tokens that they issue; RFC 7519 (JWT), RFC 6750 (Bearer), RFC 3986
(user information in a URL), RFC 7468 (private keys).
"""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from supervisor.digests import Call

_MARK = "[redacted]"
_LEAST_CHARS = 8
"""A shorter value of the environment may well be a word that stands anywhere."""
_SAYS_SO = r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)"
_SECRET_NAME = re.compile(rf"(?:\w*_)?{_SAYS_SO}", re.IGNORECASE)
_FLAG = re.compile(
    r"--?(?:[\w-]*-)?(?:key|token|secret|password|passwd|passphrase|credentials?)", re.IGNORECASE
)
_FLAG_IN_COMMAND = re.compile(
    rf"(?<![^\s'\"])({_FLAG.pattern}(?:=|\s++))(?:'[^']*'|\"[^\"]*\"|[^\s'\"]++)", re.IGNORECASE
)
_TOKENS = (
    *(r"(?:AKIA|ASIA)[A-Z0-9]{16}\b", r"gh[opsur]_[A-Za-z0-9]{30,}", r"github_pat_\w{22,}"),
    *(r"gl[a-z]{2,5}-[\w-]{20,}", r"sk-(?=[\w-]*\d)[\w-]{20,}", r"[rs]k_(?:live|test)_\w{16,}"),
    *(r"whsec_[\w+/=]{20,}", r"xox[a-z]-[\w-]{10,}", r"xapp-[\w-]{20,}", r"AIza[\w-]{35}"),
    *(r"ya29\.[\w-]{20,}", r"npm_[A-Za-z0-9]{36}", r"pypi-[\w-]{50,}", r"hf_[A-Za-z]{30,}"),
    *(r"gsk_\w{40,}", r"xai-\w{40,}", r"r8_\w{30,}", r"do[opr]_v1_[0-9a-f]{64}"),
    *(r"shp[a-z]{2}_[0-9a-fA-F]{32}", r"SG\.[\w-]{16,}\.[\w-]{16,}", r"dckr_pat_[\w-]{20,}"),
    *(r"hv[bsr]\.[\w-]{20,}", r"lin_api_\w{30,}", r"AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
)
_T = TypeVar("_T")


class Redactor:
    """Replaces secrets in texts and in values that hold texts.

    ``environ`` is what the run gets; what its names call a key, a token, a secret or a password
    is replaced wherever it stands.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        held = {
            value
            for name, value in environ.items()
            if len(value) >= _LEAST_CHARS and _SECRET_NAME.fullmatch(name)
        }
        longest_first = sorted(held, key=len, reverse=True)
        self._held = re.compile("|".join(map(re.escape, longest_first))) if held else None

    def text(self, text: str) -> str:
        """The text without secrets."""
        if self._held is not None:
            text = self._held.sub(_MARK, text)
        return _forms().sub(_shown, text)

    def command(self, command: str) -> str:
        """A shell command without secrets, of which some may stand behind a flag."""
        return self.text(_FLAG_IN_COMMAND.sub(rf"\1{_MARK}", command))

    def value(self, value: _T) -> _T:
        """The same value, or one of its kind whose texts have no secrets in them."""
        return self._clean(value)  # type: ignore[no-any-return]

    def _clean(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value) if type(value) is str else value
            case tuple() if type(value) is tuple:
                return self._items(value)
            case dict():
                return {self._clean(key): self._clean(item) for key, item in value.items()}
            case Call():
                return replace(value, command=self.command(value.command))
            case _ if is_dataclass(value) and not isinstance(value, type):
                return self._fields(value)
        return value

    def _items(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """A command line may have a secret behind its flag."""
        clean = [self._clean(item) for item in items]
        for place in range(1, len(clean)):
            flag, text = items[place - 1], clean[place]
            if isinstance(flag, str) and isinstance(text, str) and _FLAG.fullmatch(flag):
                clean[place] = _MARK
        return tuple(clean)

    def _fields(self, value: Any) -> Any:
        changed = {}
        for field in fields(value):
            old = getattr(value, field.name)
            new = self._clean(old)
            if field.init and new != old:
                changed[field.name] = new
        return replace(value, **changed) if changed else value


@cache  # It takes a tenth of the time in which a run should have started.
def _forms() -> re.Pattern[str]:
    """What has the form of a secret, whoever has it."""
    return re.compile(
        rf"(?<![A-Za-z0-9])(?:{'|'.join(_TOKENS)})"
        r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:.*?-----END (?:[A-Z]+ )*PRIVATE KEY-----|.*)"
        r"|(?<=://)(?P<user>[^\s/:@]*):[^\s/@]+(?=@)"
        r"|\b(?P<scheme>[Bb]earer|[Bb]asic) (?=\S*[\d=])[\w.~+/=-]{16,}"
        rf"|\b(?P<name>(?:[A-Z][A-Z0-9]*_)*{_SAYS_SO})(?P<equals>=[\"']?)[^\s\"'&;]{{4,}}",
        re.DOTALL,
    )


def _shown(match: re.Match[str]) -> str:
    """What stays of a text that was recognised: what says whose it is."""
    user, scheme, name = match["user"], match["scheme"], match["name"]
    if user is not None:
        return f"{user}:{_MARK}"
    if scheme is not None:
        return f"{scheme} {_MARK}"
    return _MARK if name is None else f"{name}{match['equals']}{_MARK}"
