// Tells a hall what learning.json says of a learner, voids one of it, and writes all statements that the hall then gives out to a file.
// `node gather.mjs ENDPOINT LOGIN SECRET FILE`

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { all, client, more } from "./hall.mjs";

const xapi = client();
const person = (name) => ({ objectType: "Agent", account: { homePage: "urn:x-guildhall:persons", name } });
const learning = JSON.parse(readFileSync(new URL("learning.json", import.meta.url)));
const registration = randomUUID();
const statements = learning.map((one, at) => ({
  id: randomUUID(),
  actor: person("per_wang"),
  ...one,
  context: { registration, ...one.context },
  timestamp: new Date(Date.UTC(2026, 10, 22, 8, at)).toISOString(),
}));
const { data: ids } = await xapi.sendStatements({ statements });
assert.equal(ids.length, learning.length);
await xapi.voidStatement({ actor: person("per_teacher"), statementId: ids[0] });

const found = await all(xapi, { ascending: true, limit: 7 });
const { data: voided } = await xapi.getVoidedStatement({ voidedStatementId: ids[0] });
writeFileSync(more[0], JSON.stringify([...found, voided]));
