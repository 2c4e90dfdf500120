"""Secrets do not get into what is written about a run."""

import time

import pytest

from supervisor import events
from supervisor.digests import Call, Cause, Diagnostic, Digest, Verdict
from supervisor.redaction import Redactor

HEX = "0123456789abcdef" * 4
MIXED = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8" * 3
TOKENS = {
    "AWS": "AK" + "IA" + MIXED.upper()[:16],
    "GitHub": "gh" + "p_" + MIXED[:36],
    "GitHub, fine-grained": "github" + "_pat_" + MIXED[:40],
    "GitLab": "gl" + "pat-" + MIXED[:20],
    "OpenAI": "sk" + "-" + MIXED[:48],
    "OpenAI, project": "sk" + "-proj-" + MIXED[:64],
    "Anthropic": "sk" + "-ant-api03-" + MIXED[:64],
    "OpenRouter": "sk" + "-or-v1-" + HEX,
    "Stripe": "sk" + "_live_" + MIXED[:24],
    "Slack": "xox" + "b-123456789012-" + MIXED[:24],
    "Google": "AI" + "za" + MIXED[:35],
    "Google OAuth": "ya" + "29." + MIXED[:60],
    "npm": "npm" + "_" + MIXED[:36],
    "PyPI": "pypi" + "-" + MIXED[:80],
    "Hugging Face": "hf" + "_" + "aBcDeFgHiJ" * 4,
    "Groq": "gsk" + "_" + MIXED[:52],
    "Shopify": "shp" + "at_" + HEX[:32],
    "SendGrid": "SG" + "." + MIXED[:22] + "." + MIXED[:43],
    "Docker": "dckr" + "_pat_" + MIXED[:27],
    "Vault": "hv" + "s." + MIXED[:24],
    "DigitalOcean": "dop" + "_v1_" + HEX,
    "JWT": "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0." + MIXED[:43],
}
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\nabc\n-----END RSA " + "PRIVATE KEY-----"


@pytest.mark.parametrize("issuer", TOKENS)
def test_token_is_known_by_its_form(issuer: str) -> None:
    """Wherever it stands in a line."""
    token = TOKENS[issuer]
    redactor = Redactor({})
    for text in (token, f"401 for key={token}.", f'{{"token":"{token}"}}', f"({token})"):
        clean = redactor.text(text)
        assert token not in clean
        assert "[redacted]" in clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("clone https://me:hunter2@host.org/x", "clone https://me:[redacted]@host.org/x"),
        ("postgres://u:p%40ss@db:5432/x", "postgres://u:[redacted]@db:5432/x"),
        (f"Authorization: Bearer {MIXED}", "Authorization: Bearer [redacted]"),
        ("DB_PASSWORD=swordfish ok", "DB_PASSWORD=[redacted] ok"),
        ("API_KEY='abcd1234' ok", "API_KEY='[redacted]' ok"),
        (f"before {PEM} after", "before [redacted] after"),
        (PEM[:50], "[redacted]"),
    ],
)
def test_secret_is_known_by_what_stands_around_it(text: str, clean: str) -> None:
    """What says whose it is stays."""
    assert Redactor({}).text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "src/a.py:3:1: F401 `os` imported but unused",
        "risk-assessment-of-the-supply-chain-2024 failed",
        "https://host.org:8080/path?x=1",
        "KeyError: 'token'",
        "token: expected string, got 12345678",
        "sha256:" + HEX,
        "scikit: sk-learn-contrib-and-much-more-to-come",
        "bearer of bad news everybody",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "hf_hub_download() missing 1 argument",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Findings that look a little like one."""
    assert Redactor({}).text(text) == text


def test_secret_of_the_environment() -> None:
    """By its name there, whatever it looks like; what is too short could be any word."""
    redactor = Redactor(
        {
            "MY_API_KEY": "plain words",
            "DB_PASSWORD": "short",
            "HOME": "/home/me",
            "TOKEN": "a.b+c(d)",
        }
    )
    said = "got plain words and short in /home/me, a.b+c(d)"
    assert redactor.text(said) == "got [redacted] and short in /home/me, [redacted]"


def test_secret_inside_an_event() -> None:
    """At any depth, and behind a flag; the rest is as it was."""
    secret = TOKENS["GitHub"]
    digest = Digest(
        tool="git",
        kind="vcs",
        verdict=Verdict.FAILED,
        summary=f"git: denied for {secret}",
        fingerprint="v1:0",
        first=Diagnostic(message=f"fatal: {secret}"),
        causes=(Cause(f"bad {secret}", 2),),
        by_code={secret: 1},
        declared={},
        counted={},
        files=None,
        fixable=None,
        fix=None,
        lines=(1, 1),
    )
    event = events.Digested(run="0" * 8, digest=digest)
    clean = Redactor({}).value(event)
    assert secret not in repr(clean)
    assert clean.digest.summary == "git: denied for [redacted]"
    assert (clean.run, clean.digest.verdict) == (event.run, digest.verdict)

    member = events.Member(pid=1, argv=("curl", "--api-key", "swordfish", "x"))
    assert Redactor({}).value(member).argv == ("curl", "--api-key", "[redacted]", "x")
    call = Call(source="stream", command="x --api-key=swordfish -k y --token 'a b' z", code=0)
    assert Redactor({}).value(call).command == ("x --api-key=[redacted] -k y --token [redacted] z")
    plain = events.Adopted(run=None, member=events.Member(pid=1, argv=("sleep", "1")))
    assert Redactor({}).value(plain) is plain


def test_long_texts_are_quick() -> None:
    """No form makes a search start over and over."""
    begun = time.process_time()
    for piece in ("sk-", "eyJ", "a_", "://a:", "Bearer ", "-----BEGIN PRIVATE KEY-----", "KEY="):
        Redactor({}).text(piece * 4000)
    assert time.process_time() - begun < 2
