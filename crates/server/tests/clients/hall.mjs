// What the scripts of this folder share: where the hall is, and a client of @xapi/xapi.

import assert from "node:assert/strict";

import XAPI from "@xapi/xapi";

/** What the test hands over: `node SCRIPT ENDPOINT LOGIN SECRET …`. */
export const [endpoint, login, secret, ...more] = process.argv.slice(2);

export function client(login_ = login, secret_ = secret, adapter = "axios") {
  return new XAPI({ endpoint, auth: XAPI.toBasicAuth(login_, secret_), version: "1.0.3", adapter });
}

/** The status with which a request is refused. Answers it with the answer's headers and content, where one came. */
export async function refused(request, status) {
  const error = await request.then(
    (answer) => assert.fail(`answered with ${answer.status}: ${JSON.stringify(answer.data)}`),
    (error) => error,
  );
  // One adapter throws its library's error, the other the text of the answer: a problem that names its status.
  const answer = error.response ?? problem(error.message);
  assert.equal(answer.status, status, error.message);
  return answer;
}

function problem(text) {
  const data = JSON.parse(text);
  return { status: data.status, data };
}

/** All pages of a query. */
export async function all(xapi, query) {
  const found = [];
  let answer = await xapi.getStatements(query);
  for (;;) {
    found.push(...answer.data.statements);
    if (!answer.data.more) return found;
    answer = await xapi.getMoreStatements({ more: answer.data.more });
  }
}

/** Says that a part is as it should be, or what is not: an error of a client holds its whole request and more. */
export async function told(name, part) {
  try {
    await part;
  } catch (error) {
    const answer = error.response ?? error;
    const said = answer.data === undefined ? "" : `\n${answer.status} ${JSON.stringify(answer.data)}`;
    console.error(`${name}: ${error.stack ?? ""}${said}`);
    process.exit(1);
  }
  console.log(name);
}
