"""The models of ralph-malph on each statement of a file: `python validate.py FILE`. Fails if they refuse one, or none that is wrong."""

import json
import sys

from pydantic import ValidationError
from ralph.models.xapi.base.statements import BaseXapiStatement


def faults(statement):
    """They know the statements of 1.0.x, of which those of 2.0 that are given here differ by the version alone."""
    try:
        BaseXapiStatement.model_validate({**statement, "version": "1.0.3"})
    except ValidationError as error:
        return error.errors(include_url=False, include_context=False)
    return []


with open(sys.argv[1], encoding="utf-8") as file:
    statements = json.load(file)
for statement in statements:
    found = faults(statement)
    if found:
        sys.exit(f"{json.dumps(statement, ensure_ascii=False)}\n{found}")

# That they look: what is spoilt in one of them is found.
spoilt = {
    "actor": {"objectType": "Agent", "mbox": "mailto:a@a.example", "openid": "https://a.example"},
    "verb": {"id": "no iri", "display": {"en": "x"}},
    "object": {"objectType": "Activity", "id": "no iri"},
    "result": {"score": {"scaled": 1.5}},
    "context": {"registration": "no uuid"},
    "timestamp": "yesterday",
    "unknown": 1,
}
for name, value in spoilt.items():
    if not faults({**statements[0], name: value}):
        sys.exit(f"{name} may be anything")
print(f"{len(statements)} statements")
