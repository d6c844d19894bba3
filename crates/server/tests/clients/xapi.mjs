// @xapi/xapi against a hall, by everything that it can do: statements, queries, pages, voiding, files, documents, agents, activities.
// `node xapi.mjs ENDPOINT LOGIN SECRET READS_ONLY_ITS_OWN_LOGIN READS_ONLY_ITS_OWN_SECRET`

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";

import XAPI from "@xapi/xapi";

import { all, client, more, refused, told } from "./hall.mjs";

const agent = (name) => ({ objectType: "Agent", account: { homePage: "https://union.example.org", name } });
const activity = (path) => ({ objectType: "Activity", id: `https://union.example.org/${path}` });
const verb = (name) => ({ id: `http://adlnet.gov/expapi/verbs/${name}`, display: { en: name, "zh-CN": `已${name}` } });
const ids = (statements) => statements.map((statement) => statement.id);

async function about(xapi) {
  const { data, headers } = await xapi.getAbout();
  assert.ok(data.version.includes("1.0.3") && data.version.some((version) => version.startsWith("2.0")), data.version);
  assert.equal(headers["x-experience-api-version"], "1.0.3");
}

/** Every filter finds what it should and nothing else. */
async function queries(xapi, run) {
  const [wang, li, teacher] = ["wang", "li", "teacher"].map((name) => agent(`${run}-${name}`));
  const [course, unit] = [activity(`${run}/course`), activity(`${run}/unit`)];
  const registration = randomUUID();
  const sent = [
    { actor: wang, verb: verb("registered"), object: course, context: { registration } },
    { actor: wang, verb: verb("completed"), object: unit, context: { contextActivities: { parent: [course] }, registration } },
    { actor: li, verb: verb("completed"), object: unit, context: { instructor: teacher } },
    { actor: { objectType: "Group", member: [li, wang] }, verb: verb("attended"), object: course },
    { actor: teacher, verb: verb("praised"), object: wang },
  ].map((statement) => ({ id: randomUUID(), ...statement }));

  const first = await xapi.sendStatement({ statement: sent[0] });
  assert.deepEqual(first.data, [sent[0].id]);
  const rest = await xapi.sendStatements({ statements: sent.slice(1) });
  assert.deepEqual(rest.data, ids(sent.slice(1)));

  const one = await xapi.getStatement({ statementId: sent[0].id, useCacheBuster: false });
  assert.deepEqual(one.data.actor, wang);
  assert.ok(one.data.stored && one.data.timestamp && one.data.authority && one.data.version);
  const named = await xapi.getStatement({ statementId: sent[0].id, format: "canonical" });
  assert.equal(Object.keys(named.data.verb.display).length, 1);
  const bare = await xapi.getStatement({ statementId: sent[0].id, format: "ids" });
  assert.equal(bare.data.verb.display, undefined);

  const stored = await Promise.all(sent.map(async ({ id }) => (await xapi.getStatement({ statementId: id })).data.stored));
  const expected = [
    [{ agent: wang }, [0, 1, 3, 4]],
    [{ agent: li }, [2, 3]],
    [{ agent: teacher }, [4]],
    [{ agent: teacher, related_agents: true }, [2, 4]],
    [{ activity: course.id }, [0, 3]],
    [{ activity: course.id, related_activities: true }, [0, 1, 3]],
    [{ activity: unit.id, verb: verb("completed").id }, [1, 2]],
    [{ agent: wang, verb: verb("completed").id }, [1]],
    [{ registration }, [0, 1]],
    [{ registration, agent: li }, []],
    [{ agent: wang, since: stored[0] }, [1, 3, 4]],
    [{ agent: wang, until: stored[0] }, [0]],
    [{ agent: wang, since: stored[4] }, []],
    [{ activity: activity(`${run}/nothing`).id }, []],
  ];
  for (const [query, which] of expected) {
    const wanted = which.map((at) => sent[at].id);
    assert.deepEqual(ids(await all(xapi, { ...query, ascending: true })), wanted, JSON.stringify(query));
    assert.deepEqual(ids(await all(xapi, query)), wanted.toReversed(), JSON.stringify(query));
    assert.deepEqual(ids(await all(xapi, { ...query, limit: 1 })), wanted.toReversed(), `by ones: ${JSON.stringify(query)}`);
  }

  // Sent again it is known; with other words under its id it is refused, and so is all that comes with it.
  assert.deepEqual((await xapi.sendStatement({ statement: sent[0] })).data, [sent[0].id]);
  const other = { ...sent[0], verb: verb("failed") };
  const alone = { id: randomUUID(), actor: li, verb: verb("passed"), object: course };
  await refused(xapi.sendStatements({ statements: [alone, other] }), 409);
  await refused(xapi.getStatement({ statementId: alone.id }), 404);
  const faulty = await refused(xapi.sendStatements({ statements: [alone, { ...alone, id: randomUUID(), actor: {} }] }), 400);
  assert.match(JSON.stringify(faulty.data.faults), /\[1\]\.actor/);
  await refused(xapi.getStatement({ statementId: alone.id }), 404);
}

async function voiding(xapi, run) {
  const actor = agent(`${run}-void`);
  const sent = [1, 2, 3].map((at) => ({ id: randomUUID(), actor, verb: verb("experienced"), object: activity(`${run}/${at}`) }));
  await xapi.sendStatements({ statements: sent });
  const [voider] = (await xapi.voidStatement({ actor, statementId: sent[0].id })).data;
  await xapi.voidStatements({ actor, statementIds: [sent[1].id] });
  await refused(xapi.getStatement({ statementId: sent[0].id }), 404);
  assert.deepEqual((await xapi.getVoidedStatement({ voidedStatementId: sent[0].id })).data.object.id, sent[0].object.id);
  await refused(xapi.getVoidedStatement({ voidedStatementId: sent[2].id }), 404);
  const left = ids(await all(xapi, { agent: actor }));
  assert.ok(left.includes(voider) && left.includes(sent[2].id) && !left.includes(sent[0].id) && !left.includes(sent[1].id));
  // What voids can't be voided: that is taken as a statement, and voids nothing.
  await xapi.voidStatement({ actor, statementId: voider });
  assert.equal((await xapi.getStatement({ statementId: voider })).data.object.id, sent[0].id);
}

async function files(xapi, run) {
  const content = "学习证明 --guildhall\n第二行";
  const bytes = Buffer.from(content);
  const attachment = {
    usageType: XAPI.AttachmentUsages.CERTIFICATE_OF_COMPLETION,
    display: { "zh-CN": "学习证明" },
    contentType: "text/plain; charset=utf-8",
    length: bytes.length,
    sha2: createHash("sha256").update(bytes).digest("hex"),
  };
  const statement = { id: randomUUID(), actor: agent(`${run}-files`), verb: verb("earned"), object: activity(`${run}/proof`), attachments: [attachment] };
  const there = new Uint8Array(bytes).buffer;
  assert.deepEqual((await xapi.sendStatement({ statement, attachments: [there] })).data, [statement.id]);
  const [one, file] = (await xapi.getStatement({ statementId: statement.id, attachments: true })).data;
  assert.deepEqual([one.id, file], [statement.id, content]);
  const [page, same] = (await xapi.getStatements({ agent: statement.actor, attachments: true })).data;
  assert.deepEqual([ids(page.statements), same], [[statement.id], content]);
  const wrong = { ...statement, id: randomUUID(), attachments: [{ ...attachment, sha2: "0".repeat(64) }] };
  await refused(xapi.sendStatement({ statement: wrong, attachments: [there] }), 400);
  await refused(xapi.sendStatement({ statement: { ...statement, id: randomUUID() } }), 400);
}

/** State, activity profiles and agent profiles have one law; only a profile's first write must say what it expects. */
async function documents(xapi, run) {
  const kinds = [
    ["State", { agent: agent(`${run}-docs`), activityId: activity(`${run}/docs`).id, registration: randomUUID() }, "stateId", "state", false],
    ["ActivityProfile", { activityId: activity(`${run}/docs`).id }, "profileId", "profile", true],
    ["AgentProfile", { agent: agent(`${run}-docs`) }, "profileId", "profile", true],
  ];
  for (const [kind, where, id, content, guarded] of kinds) {
    const at = { ...where, [id]: "bookmark" };
    const [create, set, get, list, drop] = ["create", "set", "get", "get", "delete"].map((does, n) => `${does}${kind}${n === 3 ? "s" : ""}`);
    await refused(xapi[get](at), 404);
    await xapi[create]({ ...at, [content]: { page: 1, seen: ["a"] } });
    await xapi[create]({ ...at, [content]: { page: 2, note: "第二页" } });
    let found = await xapi[get](at);
    assert.deepEqual(found.data, { page: 2, seen: ["a"], note: "第二页" }, kind);
    const etag = found.headers.etag;
    assert.match(etag, /^"[0-9a-f]{40,}"$/);

    // Somebody else was faster: the older one's write is refused, and nothing of it is kept.
    await xapi[set]({ ...at, [content]: { page: 3 }, etag, matchHeader: "If-Match" });
    await refused(xapi[set]({ ...at, [content]: { page: 4 }, etag, matchHeader: "If-Match" }), 412);
    await refused(xapi[set]({ ...at, [content]: { page: 5 }, etag: "*", matchHeader: "If-None-Match" }), 412);
    if (guarded) await refused(xapi[set]({ ...at, [content]: { page: 6 } }), 409);
    found = await xapi[get](at);
    assert.deepEqual(found.data, { page: 3 }, kind);

    // Eight at once with one ETag: one of them wins.
    const raced = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => xapi[set]({ ...at, [content]: { winner: n }, etag: found.headers.etag, matchHeader: "If-Match" })),
    );
    const won = raced.flatMap((one, n) => (one.status === "fulfilled" ? [n] : []));
    assert.equal(won.length, 1, `${kind}: ${won} have won`);
    found = await xapi[get](at);
    assert.deepEqual(found.data, { winner: won[0] });

    const before = found.headers["last-modified"];
    assert.ok(before);
    await xapi[set]({ ...where, [id]: "text", [content]: "纸条", etag: "*", matchHeader: "If-None-Match", contentType: "text/plain; charset=utf-8" });
    const text = await xapi[get]({ ...where, [id]: "text" });
    assert.deepEqual([text.data, text.headers["content-type"]], ["纸条", "text/plain; charset=utf-8"]);
    assert.deepEqual((await xapi[list](where)).data.toSorted(), ["bookmark", "text"]);
    assert.deepEqual((await xapi[list]({ ...where, since: "2020-01-01T00:00:00Z" })).data.toSorted(), ["bookmark", "text"]);
    assert.deepEqual((await xapi[list]({ ...where, since: "2999-01-01T00:00:00Z" })).data, []);
    await refused(xapi[drop]({ ...at, etag: '"0000000000000000000000000000000000000000"' }), 412);
    await xapi[drop]({ ...at, etag: found.headers.etag });
    await refused(xapi[get](at), 404);
    assert.deepEqual((await xapi[list](where)).data, ["text"]);
    if (kind === "State") {
      await xapi.deleteStates(where);
      assert.deepEqual((await xapi.getStates(where)).data, []);
    }
  }
}

async function agentsAndActivities(xapi, run) {
  const who = { ...agent(`${run}-person`), name: "王师傅" };
  const what = { ...activity(`${run}/thing`), definition: { name: { "zh-CN": "车床", en: "Lathe" }, type: "http://adlnet.gov/expapi/activities/course" } };
  await xapi.sendStatement({ statement: { actor: who, verb: verb("experienced"), object: what } });
  const person = (await xapi.getAgent({ agent: agent(`${run}-person`) })).data;
  assert.deepEqual([person.objectType, person.name, person.account], ["Person", ["王师傅"], [who.account]]);
  assert.deepEqual((await xapi.getActivity({ activityId: what.id })).data, what);
  assert.deepEqual((await xapi.getActivity({ activityId: `${what.id}/unknown` })).data.id, `${what.id}/unknown`);
}

async function who(xapi, run) {
  await refused(client("nobody", "nothing").getStatements(), 401);
  // A key that reads its own only.
  const own = client(...more);
  const actor = agent(`${run}-own`);
  const [theirs] = (await xapi.sendStatement({ statement: { actor, verb: verb("passed"), object: activity(`${run}/own`) } })).data;
  const mine = [];
  for (let at = 0; at < 3; at += 1) {
    mine.push(...(await own.sendStatement({ statement: { actor, verb: verb("passed"), object: activity(`${run}/own`) } })).data);
  }
  assert.deepEqual(ids(await all(own, { agent: actor, ascending: true, limit: 2 })), mine);
  await refused(own.getStatement({ statementId: theirs }), 404);
  // Nor by going on where another key's answer went on.
  const page = await xapi.getStatements({ agent: actor, ascending: true, limit: 1 });
  assert.deepEqual(ids(page.data.statements), [theirs]);
  const behind = await own.getMoreStatements({ more: page.data.more });
  assert.ok(ids(behind.data.statements).every((id) => mine.includes(id)));
  await refused(own.getState({ agent: actor, activityId: activity("x").id, stateId: "x" }), 403);
}

const parts = [about, queries, voiding, documents, agentsAndActivities, who];
// With files, its axios names the type of its blob and not of the content (3.0.3): nobody could take those.
const ways = [["axios", parts], ["fetch", [...parts, files]]];
for (const [adapter, through] of ways) {
  const xapi = client(undefined, undefined, adapter);
  for (const part of through) {
    await told(`${adapter} ${part.name}`, part(xapi, `${adapter}-${part.name}-${randomUUID().slice(0, 8)}`));
  }
}
