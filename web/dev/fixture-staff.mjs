// The staff's doors of a hall, played: `node dev/fixture-staff.mjs [port]`, then `HALL=http://127.0.0.1:<port> npm run dev`.
// It keeps what it is told until it ends. With `GUILDHALL_EMPTY=1` it has nothing to show, with `GUILDHALL_BROKEN=1` it fails. `GUILDHALL_STATE=review`
// has a result to sign (`GUILDHALL_SIGNED=chief_judge`: signed by one); `POST /fixture/change` changes a mark of it. `CATALOGUE`: another folder of texts.
import { createServer } from 'node:http'
import * as outcome from './staff/results.mjs'
import * as scene from './staff/scene.mjs'
import * as texts from './staff/texts.mjs'

const T = (zh, en) => ({ zh, en })
const ROLES = [
  { key: 'chief', role: 'chief_judge', title: T('裁判长', 'Chief judge'), note: T('总控台：场地、计时、判定', 'The control room'), lands_on: `/desk/contests/${scene.CONTEST}/control`, account: 'acc_j1', name: '李国强' },
  { key: 'judge', role: 'judge', title: T('裁判', 'Judge'), note: T('平板打分', 'Marks on a tablet'), lands_on: '/judge/', account: 'acc_j2', name: '王秀英' },
  { key: 'judge-2', role: 'judge', title: T('裁判（分赛场）', 'Judge, second venue'), note: T('平板打分', 'Marks on a tablet'), lands_on: '/judge/', account: 'acc_j9', name: '孙磊' },
  { key: 'operator', role: 'venue_operator', title: T('赛场管理员', 'Venue operator'), note: T('本赛场的时钟', 'The clocks of a venue'), lands_on: '/desk', account: 'acc_op', name: '韩东升', scope: { kind: 'venue', contest: scene.CONTEST, venue: 'ven_wz' } },
  { key: 'supervisor', role: 'supervisor', title: T('监督员', 'Supervisor'), note: T('监督过程与发布', 'Watches the process and the publication'), lands_on: '/desk', account: 'acc_sup', name: '沈文斌' },
  { key: 'organiser', role: 'organiser', title: T('赛事组织者', 'Organiser'), note: T('工作台', 'The desk'), lands_on: '/desk', account: 'acc_org', name: '沈静' },
  { key: 'administrator', role: 'administrator', title: T('系统管理员', 'Administrator'), note: T('人员与角色', 'People and roles'), lands_on: '/desk', account: 'acc_adm', name: '管理员' },
]
const empty = process.env.GUILDHALL_EMPTY === '1'
const broken = process.env.GUILDHALL_BROKEN === '1'
const answers = new Map()
const marks = new Map()
const readers = new Set()
let version = 1
let position = 100

const problem = (status, code, zh, en, more = {}) => ({
  status,
  body: { type: `/errors/${code}`, code, title: T(zh, en), status, detail: more.detail ?? T(zh, en), advice: more.advice ?? T('核对后重试。', 'Check and try again.'), request_id: 'req_fixture', fields: more.fields ?? [] },
})
const ok = (body, status = 200) => ({ status, body })
const items = (list) => ok({ items: empty ? [] : list, next: null })
const whoIs = (request) => ROLES.find((role) => (request.headers.cookie ?? '').includes(`guildhall_session=${role.key}`))
const sessionOf = (role) => ({ account: role.account, person: `per_${role.key}`, name: role.name, roles: [{ role: role.role, scope: role.scope ?? (role.role === 'administrator' ? { kind: 'hall' } : { kind: 'contest', contest: scene.CONTEST }) }], csrf_token: 'fixture', demo: true })

function sheet(runId, account) {
  const run = scene.runs.find((each) => each.id === runId)
  if (!run) return problem(404, 'not_found', '没有找到', 'There is no such thing here')
  const page = scene.sheetOf({ ...run, elapsed_ms: elapsed(run) })
  for (const aspect of page.aspects) {
    const given = [...marks.values()].filter((each) => each.run === runId && each.aspect === aspect.code && each.account === account && each.round === aspect.round).at(-1)
    if (given) aspect.mine = { id: given.id, value: given.value, given: given.given, note: given.note, round: given.round }
  }
  return ok(page)
}
const elapsed = (run) => (run.state === 'open' ? run.elapsed_ms + Date.now() - run.at : run.elapsed_ms)

function given(mark, aspect) {
  const max = Number(aspect.max)
  const { value, how } = { value: mark.value, how: aspect.how }
  if (value.kind === 'level') return (value.level / 3) * max
  if (value.kind === 'yes_no') return value.yes ? max : 0
  if (value.kind === 'marks') return Number(value.marks)
  if (value.kind === 'steps') return how.steps.filter((s) => value.met.includes(s.code)).reduce((sum, s) => sum + Number(s.marks), 0)
  if (value.kind === 'deductions') return Math.max(0, max - how.deductions.reduce((sum, d) => sum + Number(d.marks) * (value.counts[d.code] ?? 0), 0))
  const off = Math.abs(Number(value.value) - Number(how.target))
  return off <= Number(how.full) ? max : off >= Number(how.zero) ? 0 : (max * (Number(how.zero) - off)) / (Number(how.zero) - Number(how.full))
}

function submit(body, account) {
  const faults = []
  const fresh = []
  body.marks.forEach((mark, at) => {
    const aspect = scene.sheetOf(scene.runs[0]).aspects.find((each) => each.code === mark.aspect)
    if (!aspect) return faults.push({ path: `marks[${at}].aspect`, detail: T(`本场没有评分项 ${mark.aspect}`, `This contest has no aspect ${mark.aspect}`) })
    const worth = given(mark, aspect)
    if (mark.value.kind === 'marks' && worth > 3.9) return faults.push({ path: `marks[${at}].value`, detail: T('4.00 需要裁判长先确认满分依据', 'Full marks of 4.00 need the chief judge’s reasons first') })
    fresh.push({ ...mark, account, given: worth.toFixed(2), position: ++position })
  })
  if (faults.length) return problem(422, 'mark_out_of_range', '分值超出该评分项范围', 'The mark is outside the aspect’s range', { fields: faults, advice: T('按该项满分和步长重新打分', 'Give a mark within the aspect’s maximum and steps') })
  for (const mark of fresh) marks.set(mark.id, mark)
  return ok({ accepted: fresh.map(({ id, aspect, given: worth, position: at }) => ({ id, aspect, given: worth, position: at })) })
}

function clock(runId, act) {
  const run = scene.runs.find((each) => each.id === runId)
  const next = { start: 'open', stop: 'stopped', resume: 'open', close: 'closed' }[act.act]
  if (act.act !== 'add_time' && (!next || (act.act === 'start' && run.state !== 'waiting'))) return problem(409, 'run_state', '计时状态不允许此操作', 'The clock’s state doesn’t allow this')
  run.elapsed_ms = elapsed(run)
  run.at = Date.now()
  if (act.act === 'add_time') run.added_ms += act.add_ms
  else run.state = next
  tell()
  return ok({ id: run.id, state: run.state, elapsed_ms: run.elapsed_ms, added_ms: run.added_ms })
}

function decide(id, body) {
  const verdict = scene.verdicts.find((each) => each.id === id)
  if (!verdict || !verdict.waits) return problem(409, 'verdict_decided', '该判定已处理', 'This verdict has been decided already', { advice: T('刷新列表', 'Reload the list') })
  verdict.waits = false
  verdict.standing = body.decision === 'confirm' ? 'counted' : 'rejected'
  verdict.reason = body.reason
  tell()
  return ok(verdict)
}

const SHEET = [
  [{ name: '李晓明', organisation: '温州市总工会', team: '温州一队', group: 'workers', venue: '温州主赛场', no: '', login: 'lixiaoming' }],
  [{ name: '', organisation: '徐州工程机械集团有限公司工会委员会', team: '', group: 'workers', venue: '徐州分赛场', no: '', login: '' }, ['name', T('姓名为空', 'the name is empty')]],
  [{ name: '阿卜杜热合曼·买买提吐尔逊', organisation: '国网江苏省电力有限公司苏州市吴江区供电分公司工会', team: '江苏一队', group: 'teachers', venue: '温州主赛场', no: '109', login: 'abdurahman' }],
  [{ name: '王芳', organisation: '温州市总工会', team: '', group: '青年组', venue: '杭州', no: '', login: '' }, ['group', T('没有“青年组”，可用：workers、teachers、students', 'there is no such group; use workers, teachers or students')], ['venue', T('没有赛场“杭州”', 'there is no such venue')]],
  [{ name: '陈伟', organisation: '温州市总工会', team: '', group: 'students', venue: '温州主赛场', no: '', login: 'chenwei' }],
]
/** A file named ok.xlsx is fine, broken.xlsx is no sheet, any other has two bad rows. */
const runOf = (run) => ({ id: run.id, entry_no: run.entry_no, station: run.station, module: run.module, state: run.state, elapsed_ms: elapsed(run), added_ms: run.added_ms, opened_at_ms: null, planned: 0, expected: 21, given: 12, mine_missing: run.state === 'closed' ? 2 : 6 })

function importSheet(raw, commit) {
  const body = raw.toString('latin1')
  if (body.includes('filename="broken')) return problem(422, 'sheet_unreadable', '无法读取该 Excel 文件', 'This Excel file can\'t be read', { advice: T('另存为 .xlsx 后再上传', 'Save it as .xlsx and upload again') })
  const rows = SHEET.map(([cells, ...faults], at) => ({ row: at + 2, cells, faults })).filter((row) => !body.includes('filename="ok') || row.faults.length === 0)
  const problems = rows.flatMap((row) => row.faults.map(([column, detail]) => ({ row: row.row, column, detail })))
  if (commit && problems.length) return problem(422, 'rows_invalid', '有的行不符合要求', 'Some rows are not acceptable')
  return ok({ rows: rows.length, valid: rows.filter((row) => row.faults.length === 0).length, committed: commit, problems, preview: rows.map(({ row, cells }) => ({ row, cells })) })
}

function route(request, url, body, raw) {
  const me = whoIs(request)
  const { pathname } = url
  const is = (method, pattern) => request.method === method && pattern.exec(pathname)
  let m
  if (is('GET', /^\/api\/demo\/roles$/)) return ok({ items: ROLES.map(({ account: _a, name: _n, ...role }) => role) })
  if (is('POST', /^\/api\/demo\/session$/)) {
    const role = ROLES.find((each) => each.key === body.key)
    return role ? { ...ok(sessionOf(role)), cookie: role.key } : problem(404, 'not_found', '没有找到', 'There is no such thing here')
  }
  if (is('POST', /^\/api\/session$/)) {
    const role = ROLES.find((each) => each.key === body.login && body.password === 'demo')
    return role ? { ...ok(sessionOf(role)), cookie: role.key } : problem(401, 'bad_credentials', '账号或密码不对', 'The login or the password is wrong', { advice: T('核对后再试，多次失败会暂停登录', 'Check both and try again; repeated failures pause sign-in') })
  }
  if (is('GET', /^\/api\/session$/)) return me ? ok(sessionOf(me)) : problem(401, 'not_signed_in', '尚未登录或登录已过期', 'You are not signed in, or the sign-in has expired')
  if (is('DELETE', /^\/api\/session$/)) return { ...ok({}), cookie: '' }
  if (broken) return problem(503, 'overloaded', '系统繁忙', 'The hall is busy', { advice: T('内容未丢失，请稍后再试', 'Nothing was lost; try again shortly') })
  if (is('GET', /^\/api\/contests$/)) return items(scene.contests)
  if (is('POST', /^\/fixture\/change$/)) {
    outcome.changeAMark()
    tell()
    return ok({})
  }
  if (is('GET', /^\/api\/hall\/key$/)) return ok({ algorithm: 'Ed25519', key: '19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1' })
  if (is('GET', /^\/api\/schemes$/)) return items(texts.schemes)
  if (is('POST', /^\/api\/schemes\/check$/)) return ok(texts.checked(body.scheme, () => texts.schemes[0].summary))
  if (is('GET', /^\/api\/rule-sets$/)) return items(texts.ruleSets)
  if (is('POST', /^\/api\/rule-sets\/check$/)) {
    const { summary, faults } = texts.checked(body.rule_set, (head) => head)
    return ok({ summary, faults: body.scheme && summary && /^theory:/m.test(body.rule_set) ? texts.withTheory(faults) : faults })
  }
  if (is('POST', /^\/api\/contests$/)) return problem(422, 'rows_invalid', '有的内容不符合要求', 'Something is not acceptable', { fields: [{ path: 'rule_set:3:1', detail: T('没有 `versoin` 这个字段', 'There is no field `versoin`') }] })
  if (!me) return problem(401, 'not_signed_in', '尚未登录或登录已过期', 'You are not signed in, or the sign-in has expired')
  if (is('GET', /^\/api\/organisations$/)) return items(scene.organisations)
  if (is('GET', /^\/api\/persons$/)) return items(scene.persons)
  if (is('GET', /^\/api\/accounts$/)) return items(scene.accounts)
  if (is('POST', /^\/api\/(organisations|persons|accounts)$/)) {
    const kind = pathname.split('/')[2]
    const made = { id: `${kind.slice(0, 3)}_${++position}`, roles: [], ...body }
    scene[kind].unshift(made)
    return ok(made, 201)
  }
  if ((m = is('POST', /^\/api\/accounts\/([^/]+)\/roles$/))) {
    scene.accounts.find((each) => each.id === m[1])?.roles.push(body)
    return ok(body, 201)
  }
  if (!(m = /^\/api\/contests\/([^/]+)(\/.*)?$/.exec(pathname))) return problem(404, 'not_found', '没有找到', 'There is no such thing here')
  const contest = scene.contests.find((each) => each.id === m[1])
  if (!contest) return problem(404, 'not_found', '没有找到', 'There is no such thing here')
  const rest = m[2] ?? ''
  const at = (method, pattern) => request.method === method && pattern.exec(rest)
  if (at('GET', /^$/)) return ok(contest)
  if (at('GET', /^\/scheme$/)) return ok(scene.scheme)
  if (at('GET', /^\/stations$/)) return items(scene.runs.map((run) => ({ id: `sta_${run.station}`, code: run.station, venue: run.venue, venue_name: scene.venues.find((each) => each.id === run.venue).name, run: runOf(run), runs: 4, runs_closed: 1, owing: run.station === 'S03' ? 2 : 0 })))
  if (at('GET', /^\/runs$/)) return items(scene.runs.map(runOf))
  if ((m = at('GET', /^\/runs\/([^/]+)\/sheet$/))) return sheet(m[1], me.account)
  if (at('POST', /^\/presence$/)) return { status: 204 }
  if (at('POST', /^\/marks$/)) return submit(body, me.account)
  if (at('POST', /^\/runs\/[^/]+\/problems$/)) return ok({ id: `prb_${++position}` }, 201)
  if ((m = at('POST', /^\/runs\/([^/]+)\/clock$/))) return clock(m[1], body)
  if (at('GET', /^\/verdicts$/)) {
    const { state, run } = Object.fromEntries(url.searchParams)
    return items(scene.verdicts.filter((each) => (!state || each.waits === (state === 'waiting')) && (!run || each.run === run)))
  }
  if ((m = at('POST', /^\/verdicts\/([^/]+)\/decision$/))) return decide(m[1], body)
  if (at('GET', /^\/control$/)) return ok({ v: version, set: topic() })
  if (at('GET', /^\/entries$/)) return items(scene.entries)
  if (at('GET', /^\/judges$/)) return items(scene.judges)
  if (at('GET', /^\/ranking$/)) return items([])
  if (at('GET', /^\/rule-set$/)) return texts.ruleSets[0] ? ok(texts.ruleSets[0]) : problem(404, 'not_found', '没有找到', 'There is no such thing here')
  if (at('GET', /^\/results$/)) return ['review', 'final'].includes(contest.state) ? ok(outcome.results()) : problem(409, 'contest_not_open', '赛事当前不接受此操作', 'The contest doesn’t take this now')
  if (at('GET', /^\/results\/pack$/)) return { status: 200, raw: Buffer.from('PK fixture'), type: 'application/zip' }
  if (at('POST', /^\/results\/signatures$/)) {
    if (me.role !== body.role) return problem(403, 'forbidden', '没有这项权限', 'You may not do this')
    if (!outcome.isCurrent(body.digest)) return problem(409, 'stale', '页面内容已过时', 'What you changed has been changed meanwhile')
    outcome.sign(body.role, me.name)
    return ok(outcome.results())
  }
  if (at('POST', /^\/state$/)) {
    if (body.to === 'final' && outcome.missing().length) return problem(409, 'results_not_ready', '还有未完成的事项，不能公布', 'Something is still out, so results can’t be published', { fields: outcome.missing().map((role) => ({ path: `signatures[${role}]`, detail: T(`缺少${role === 'supervisor' ? '监督员' : '裁判长'}的签字`, `The ${role === 'supervisor' ? 'supervisor' : 'chief judge'} has not signed`) })) })
    contest.state = body.to
    tell()
    return ok({ state: contest.state })
  }
  if ((m = at('GET', /^\/imports\/(competitors|judges)\/template$/))) return { status: 200, raw: Buffer.from('PK fixture'), type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }
  if ((m = at('POST', /^\/imports\/(competitors|judges)$/))) return importSheet(raw, url.searchParams.get('commit') === 'true')
  if (at('GET', /^\/recordings$/)) return items(scene.recordings)
  if ((m = at('GET', /^\/runs\/([^/]+)\/signals$/))) {
    const recording = scene.recordings.find((each) => each.run === m[1])
    if (!recording) return problem(404, 'not_found', '没有找到', 'There is no such thing here')
    const asked = (url.searchParams.get('names') ?? '').split(',').filter(Boolean)
    const number = (name) => (url.searchParams.has(name) ? Number(url.searchParams.get(name)) : undefined)
    const moment = (name) => (url.searchParams.has(name) ? Date.parse(url.searchParams.get(name)) : undefined)
    return ok({ run: recording.run, from: url.searchParams.get('from') ?? recording.from, to: url.searchParams.get('to') ?? recording.to, series: scene.seriesOf(recording, asked.length ? asked : recording.signals.map((s) => s.name), Math.min(2000, number('points') ?? 800), moment('from'), moment('to')) })
  }
  return problem(404, 'not_found', '没有找到', 'There is no such thing here')
}

const topic = () => {
  const set = scene.controlTopic()
  return { ...set, h: { ...set.h, state: scene.contests[0].state }, s: { ...set.s, as_of: Math.max(set.s.as_of, outcome.changedAt) } }
}
let told = topic()
function tell() {
  const next = topic()
  const set = Object.fromEntries(Object.entries(next).filter(([key, value]) => JSON.stringify(told[key]) !== JSON.stringify(value)))
  const del = Object.keys(told).filter((key) => !(key in next))
  told = next
  version += 1
  for (const reader of readers) reader.write(`event: delta\nid: fix-${version}\ndata: ${JSON.stringify({ v: version, set, del })}\n\n`)
}
setInterval(tell, 3_000).unref()

createServer((request, response) => {
  const url = new URL(request.url, 'http://hall')
  if (url.pathname.startsWith('/live/staff/')) {
    if (!url.pathname.includes(scene.CONTEST)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(`retry: 1500\n\nevent: snapshot\nid: fix-${version}\ndata: ${JSON.stringify({ v: version, set: empty ? { h: told.h, s: told.s } : told })}\n\n`)
    readers.add(response)
    response.on('close', () => readers.delete(response))
    return
  }
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const raw = Buffer.concat(pieces)
    const key = request.headers['idempotency-key']
    const writing = request.method !== 'GET'
    let answer = writing && key ? answers.get(key) : undefined
    if (!answer) {
      try {
        const json = (request.headers['content-type'] ?? '').includes('json') ? JSON.parse(raw.toString() || 'null') : null
        const meant = request.headers['x-account']
        const role = whoIs(request)
        answer = meant && role && role.account !== meant ? problem(409, 'other_account', '现在登录的是另一个账号', 'Another account is signed in now', { advice: T('请用原来的账号登录后再发', 'Sign in with the account that this belongs to, then send it again') }) : writing && !key ? problem(400, 'idempotency_key_missing', '缺少 Idempotency-Key', 'The Idempotency-Key header is missing') : route(request, url, json, raw)
      } catch (error) {
        answer = problem(400, 'malformed', '请求无法读懂', 'The request can’t be read', { detail: T(String(error), String(error)) })
      }
      if (writing && key) answers.set(key, answer)
    }
    response.writeHead(answer.status, {
      'content-type': answer.type ?? (answer.status >= 400 ? 'application/problem+json' : 'application/json'),
      ...(answer.cookie === undefined ? {} : { 'set-cookie': `guildhall_session=${answer.cookie}; Path=/; HttpOnly; SameSite=Lax${answer.cookie ? '' : '; Max-Age=0'}` }),
    })
    response.end(answer.raw ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)))
  })
}).listen(Number(process.argv[2] ?? 4180), '127.0.0.1', function () {
  console.log(`staff fixture on http://127.0.0.1:${this.address().port}`)
})
