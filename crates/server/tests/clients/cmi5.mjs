// @xapi/cmi5 as a lesson, this script as the system that launches it, a hall as the record store between them.
// `node cmi5.mjs ENDPOINT LOGIN SECRET`

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";

import { all, client, endpoint, login, secret, told } from "./hall.mjs";
import "./xhr.mjs";

// Its package names an ES module that Node takes for CommonJS.
const Cmi5 = createRequire(import.meta.url)("@xapi/cmi5/dist/Cmi5.umd.js");

const xapi = client();
const actor = { objectType: "Agent", account: { homePage: "https://union.example.org", name: randomUUID() } };
const verbs = (statements) => statements.map((statement) => statement.verb.id.split("/").at(-1));

/** What the launching system gives a lesson: a key for it, its launch data, and how the learner likes it. */
async function launched(activityId, masteryScore) {
  const registration = randomUUID();
  const tokens = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ "auth-token": Buffer.from(`${login}:${secret}`).toString("base64") }));
  });
  tokens.listen(0, "127.0.0.1");
  await once(tokens, "listening");
  const contextTemplate = {
    contextActivities: { grouping: [{ objectType: "Activity", id: "https://union.example.org/courses/1" }] },
    extensions: { "https://w3id.org/xapi/cmi5/context/extensions/sessionid": randomUUID() },
  };
  const state = { contextTemplate, launchMode: "Normal", moveOn: "CompletedAndPassed", masteryScore, returnURL: "https://union.example.org/back" };
  await xapi.setState({ agent: actor, activityId, stateId: "LMS.LaunchData", registration, state });
  const lesson = new Cmi5({ endpoint, fetch: `http://127.0.0.1:${tokens.address().port}/`, actor, activityId, registration });
  await lesson.initialize();
  tokens.close();
  return { lesson, registration, state };
}

async function passed() {
  const profile = { languagePreference: "zh-CN,en", audioPreference: "off" };
  await xapi.setAgentProfile({ agent: actor, profileId: "cmi5LearnerPreferences", profile, etag: "*", matchHeader: "If-None-Match" });
  const { lesson, registration, state } = await launched("https://union.example.org/courses/1/units/1", 0.6);
  assert.deepEqual(lesson.getLaunchData(), state);
  assert.deepEqual(lesson.getLearnerPreferences(), profile);

  const parts = (...ids) => ids.map((id) => ({ id, description: { "zh-CN": `第 ${id} 项`, en: `Item ${id}` } }));
  const [name, about] = [{ "zh-CN": "题", en: "Question" }, { "zh-CN": "说明", en: "About it" }];
  const took = { start: new Date(0), end: new Date(61_500) };
  const objective = { objectType: "Activity", id: "https://union.example.org/goals/1", definition: { type: "http://adlnet.gov/expapi/activities/objective" } };
  await lesson.interactionTrueFalse("t", "1", true, true, name, about, true, took, objective);
  await lesson.interactionChoice("t", "2", ["a", "b"], ["a"], parts("a", "b"), name, about, false, took);
  await lesson.interactionFillIn("t", "3", ["急停"], ["急停", "停机"], name, about, true, took);
  await lesson.interactionLongFillIn("t", "4", ["先断电。\n再开门。"], undefined, name, about);
  await lesson.interactionLikert("t", "5", "3", undefined, parts("1", "2", "3"), name, about);
  await lesson.interactionMatching("t", "6", { 1: "x", 2: "y" }, { 1: "x", 2: "y" }, parts("1", "2"), parts("x", "y"), name, about, true);
  await lesson.interactionPerformance("t", "7", { p: "3", q: "x" }, { p: { min: 1, max: 4 }, q: { exact: "x" } }, parts("p", "q"), name, about, true);
  await lesson.interactionSequencing("t", "8", ["a", "b"], ["b", "a"], parts("a", "b"), name, about, false);
  await lesson.interactionNumeric("t", "9", 4.2, { min: 4, max: 4.5 }, name, about, true);
  await lesson.interactionOther("t", "10", "(3,4)", "(3,4)", name, about, true);
  await lesson.progress(80);
  await lesson.pass({ scaled: 0.8, raw: 80, min: 0, max: 100 }, objective);
  await lesson.complete();
  await lesson.terminate();

  const found = await all(xapi, { registration, ascending: true });
  const answered = Array.from({ length: 10 }, () => "answered");
  assert.deepEqual(verbs(found), ["initialized", ...answered, "progressed", "passed", "completed", "terminated"]);
  const session = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
  assert.ok(found.every((one) => one.context.extensions[session] === state.contextTemplate.extensions[session]));
  // By what a system that launches asks for: whether this registration may move on.
  const moveOn = await all(xapi, { registration, activity: "https://w3id.org/xapi/cmi5/context/categories/moveon", related_activities: true });
  assert.deepEqual(verbs(moveOn), ["completed", "passed"]);
  const answer = await all(xapi, { registration, activity: "https://union.example.org/courses/1/units/1/test/t/question/2" });
  assert.deepEqual([answer.length, answer[0].result.response], [1, "a[,]b"]);
}

async function failed() {
  const { lesson, registration } = await launched("https://union.example.org/courses/1/units/2", 0.6);
  await lesson.moveOn({ score: 0.3 });
  assert.deepEqual(verbs(await all(xapi, { registration, ascending: true })), ["initialized", "failed", "completed", "terminated"]);
}

/** A lesson that was closed and is opened again goes on with its key, and says nothing twice. */
async function resumed() {
  const { lesson, registration } = await launched("https://union.example.org/courses/1/units/3");
  await lesson.xapi.setState({ agent: actor, activityId: "https://union.example.org/courses/1/units/3", stateId: "bookmark", registration, state: { seconds: 410.5 } });
  const again = new Cmi5(lesson.getLaunchParameters());
  await again.initialize({ authToken: lesson.getAuthToken(), initializedDate: lesson.getInitializedDate() });
  const at = await again.xapi.getState({ agent: actor, activityId: "https://union.example.org/courses/1/units/3", stateId: "bookmark", registration });
  assert.deepEqual(at.data, { seconds: 410.5 });
  await again.complete();
  assert.deepEqual(verbs(await all(xapi, { registration, ascending: true })), ["initialized", "completed"]);
}

for (const part of [passed, failed, resumed]) await told(`cmi5 ${part.name}`, part());
