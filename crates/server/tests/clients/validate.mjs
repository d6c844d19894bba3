// @learninglocker/xapi-validation on each statement of a file: `node validate.mjs FILE`. Fails if it warns of one, or of none that is wrong.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import validation from "@learninglocker/xapi-validation/dist/factory.js";

/** It knows the statements of 1.0.x, of which those of 2.0 that are given here differ by the version alone. */
const warnings = (statement) =>
  validation.statement({ ...statement, version: "1.0.3" }, ["statement"]).map((one) => `${one.constructor.name} ${JSON.stringify(one)}`);

const statements = JSON.parse(readFileSync(process.argv[2]));
for (const statement of statements) {
  for (const property of ["contextAgents", "contextGroups"]) assert.equal(statement.context?.[property], undefined);
  assert.deepEqual(warnings(statement), [], JSON.stringify(statement));
}

/** That it looks: what is spoilt in one of them is found. */
const spoilt = {
  actor: { objectType: "Agent", mbox: "mailto:a@a.example", openid: "https://a.example" },
  verb: { id: "no iri", display: { en: "x" } },
  object: { objectType: "Activity", id: "no iri" },
  result: { score: { scaled: 1.5 } },
  context: { registration: "no uuid" },
  timestamp: "yesterday",
  unknown: 1,
};
for (const [property, value] of Object.entries(spoilt)) {
  assert.notDeepEqual(warnings({ ...statements[0], [property]: value }), [], `${property} may be anything`);
}
console.log(`${statements.length} statements`);
