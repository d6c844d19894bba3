"""Checks credentials with openbadgeslib, which knows Open Badges 3.0: `python verify_openbadgeslib.py CASES.json`.

The file holds {"cases": [{"name", "credential" or "jwt"}], "documents": {URL: ...}}; writes a JSON list of {"name", "verified", "says"}.
A status list has to be a JWT, which is the only form in which this library checks a list's signature. Offline: what isn't in the file is not at hand.
"""

import json
import sys

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)


def at_hand(url, *_args, **_named):
    document = given["documents"][url]
    return (document if isinstance(document, str) else json.dumps(document)).encode()


def issuer_of(token):
    return OB3Verifier._decode_unverified(token)["iss"]


answers = []
for case in given["cases"]:
    try:
        if "jwt" in case:
            verifier = OB3Verifier.for_issuer_did(issuer_of(case["jwt"]), download=at_hand)
            verifier.verify(case["jwt"], check_status=True, download=at_hand)
        else:
            OB3LdpVerifier().verify(case["credential"], check_status=True, download=at_hand)
        answers.append({"name": case["name"], "verified": True, "says": ""})
    except (LibOpenBadgesException, KeyError) as error:
        answers.append({"name": case["name"], "verified": False, "says": f"{type(error).__name__}: {error}"})
print(json.dumps(answers))
