"""Signs credentials with openvc-core: `python sign_openvc.py GIVEN.json`.

The file holds {"seed": hex, "method": name of the key, "created": time, "credentials": [...], "contexts": {URL: ...}}; writes the list of the
credentials with their proofs.
"""

import json
import sys
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.keys import Ed25519SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given["seed"]))
key = Ed25519SigningKey(private, given["method"])
options = {
    "signing_key": key,
    "verification_method": given["method"],
    "created": datetime.fromisoformat(given["created"]),
    "extra_contexts": given["contexts"],
}
suite = DataIntegrityProofSuite()
print(json.dumps([suite.add_proof(credential, **options) for credential in given["credentials"]]))
