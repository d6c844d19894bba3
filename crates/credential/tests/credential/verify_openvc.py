"""Checks credentials with openvc-core: `python verify_openvc.py CASES.json`.

The file holds {"cases": [{"name", "credential"}], "documents": {URL: ...}}; writes a JSON list of {"name", "verified", "says"}.
Offline: what isn't in the file is not at hand.
"""

import json
import sys

from openvc.errors import OpenvcError
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.verify import VerificationPolicy, verify_credential

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)


def at_hand(url, *_args, **_named):
    return given["documents"][url]


def status_list(url):
    document = at_hand(url)
    verify_credential(document, resolver=resolver, policy=VerificationPolicy(), extra_contexts=contexts)
    return document


# It brings the vocabulary of credentials along, and not that of Open Badges.
contexts = {url: document for url, document in given["documents"].items() if "purl.imsglobal.org" in url}
resolver = DidResolverRegistry([DidKeyResolver(), DidWebResolver(at_hand)])
answers = []
for case in given["cases"]:
    try:
        verify_credential(
            case["credential"], resolver=resolver, resolve_status_list=status_list, extra_contexts=contexts
        )
        answers.append({"name": case["name"], "verified": True, "says": ""})
    except (OpenvcError, KeyError) as error:
        answers.append({"name": case["name"], "verified": False, "says": f"{type(error).__name__}: {error}"})
print(json.dumps(answers))
