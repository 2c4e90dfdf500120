"""Documents and records that we know, by tool; the order decides where two could claim one."""

from supervisor.analyzer.form import Form
from supervisor.analyzer.forms import (
    agents,
    files,
    javascript,
    junit,
    languages,
    php,
    python,
    ruby,
    security,
    shared,
    tests,
)
from supervisor.analyzer.grammars import (
    cargo_json,
    go_test_json,
    json_lines,
    libtest_json,
    logs,
    terraform_json,
)
from supervisor.analyzer.records import RecordForm

FORMS: tuple[Form, ...] = (
    *tests.FORMS,
    *junit.FORMS,
    *python.FORMS,
    *javascript.FORMS,
    *php.FORMS,
    *ruby.FORMS,
    *languages.FORMS,
    *files.FORMS,
    *security.FORMS,
    *shared.FORMS,
)
RECORDS: tuple[RecordForm, ...] = (
    go_test_json.RECORDS,
    cargo_json.RECORDS,
    libtest_json.RECORDS,
    terraform_json.RECORDS,
    *json_lines.RECORDS,
    logs.RECORDS,
)
AGENT_FORMS, AGENT_RECORDS = agents.FORMS, agents.RECORDS
"""Those in which the commands of agents stand."""
