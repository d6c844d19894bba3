// `node dev/fixture-server.mjs` answers what the spectators' screens ask, on 127.0.0.1:4180 (or PORT), so that they can be
// looked at and worked on without a hall. Contests: a named one, a blind one, 500 rows, frozen, under review, final, not
// started, and an empty one. The built pages are served as the hall does. `/fixture/cut?for=SECONDS` cuts every live line and refuses new ones for a while.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createContest } from './fixture-contest.mjs'

const name = (zh, en) => ({ zh, en })
const ROBOTS = ['第一届全国工业机器人系统运维职业技能竞赛总决赛', 'National final in robot system maintenance']

function contests() {
  const list = [
    createContest({ id: 'con_final', name: name(...ROBOTS), entries: 77 }),
    createContest({ id: 'con_blind', name: name('温州市机器人运维选拔赛（加密评分）', 'Wenzhou selection, blind marking'), entries: 77, blind: true, seed: 11 }),
    createContest({ id: 'con_mass', name: name('长三角职工技能大赛', 'Yangtze Delta skills games'), entries: 500, scale: 12, seed: 3 }),
    createContest({ id: 'con_frozen', name: name('苏州市数控加工技能竞赛', 'Suzhou CNC machining contest'), entries: 40, state: 'frozen', seed: 5 }),
    createContest({ id: 'con_review', name: name('台州市电工技能竞赛', 'Taizhou electricians contest'), entries: 9, state: 'review', seed: 6 }),
    createContest({ id: 'con_done', name: name('徐州市焊接技能竞赛', 'Xuzhou welding contest'), entries: 24, state: 'final', seed: 8 }),
    createContest({ id: 'con_draft', name: name('吴江区叉车司机技能竞赛', 'Wujiang forklift contest'), entries: 16, state: 'draft', seed: 9 }),
    createContest({ id: 'con_empty', name: name('尚无选手的竞赛', 'A contest without competitors'), entries: 0, state: 'draft', seed: 10 }),
  ]
  return new Map(list.map((c) => [c.id, c]))
}

const DIST = process.env.DIST ?? fileURLToPath(new URL('../dist', import.meta.url))
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json' }

async function page(path, response) {
  const entry = /^\/(stage|judge|desk)(\/|$)/.exec(path)
  const file = normalize(path === '/' ? '/index.html' : entry ? `/${entry[1]}.html` : path)
  const body = await readFile(join(DIST, file)).catch(() => null)
  if (body === null) return false
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
  response.end(body)
  return true
}

const ROLES = [
  ['chief', '裁判长', 'Chief judge', '看全场、确认判定、停表', 'Sees the whole field, confirms verdicts, stops clocks', '/desk/contests/con_final/control'],
  ['judge', '裁判', 'Judge', '在平板上打分，断网也能用', 'Marks on the tablet, with or without a network', '/judge/'],
  ['organiser', '组织者', 'Organiser', '导入选手与裁判，查看录制', 'Imports competitors and judges, looks at recordings', '/desk/'],
  ['supervisor', '监督员', 'Supervisor', '监督过程与发布', 'Watches the process and the publication', '/desk/'],
  ['operator', '赛场管理员', 'Venue operator', '管理本赛场的工位与时钟', 'Runs the stations and clocks of a venue', '/desk/'],
  ['spectator', '观众', 'Spectator', '跟看整场、队伍、选手和单项能力', 'Follows the field, a team, a competitor, an ability', '/stage/con_final'],
]

/** Prizes by the ranks of a contest that is final; all else of its result the stage doesn't read. */
function resultsOf(contest) {
  const board = [...contest.view('overall')]
  const kinds = [['first', '一等奖', 'first prize', 1, 2], ['second', '二等奖', 'second prize', 3, 7], ['third', '三等奖', 'third prize', 8, 14]]
  const prizes = board.flatMap(([key, value]) => {
    const [kind, id] = key.split('/')
    if (kind !== 'r' && kind !== 'T') return []
    const found = kinds.find(([, , , from, to]) => value[0] !== null && value[0] >= from && value[0] <= to)
    if (!found) return []
    const [prize, zh, en, from, to] = found
    return [{ prize, name: kind === 'T' ? name(`团体${zh}`, `team ${en}`) : name(zh, en), group: null, rank: value[0], points: null, entry: kind === 'r' ? id : null, team: kind === 'T' ? id : null, why: name(`第 ${value[0]} 名。${zh}授予第 ${from} 至 ${to} 位。`, `Rank ${value[0]}. ${en} goes to places ${from} to ${to}.`) }]
  })
  return { state: 'final', digest: 'sha256:0', signatures: [], standing: { prizes, entries: [], teams: [] }, names: [] }
}

export function startFixture({ port = 0, hall = contests(), stepMs = 500 } = {}) {
  const epoch = `f${Date.now().toString(36)}`
  const topics = new Map()
  let cutUntil = 0

  function topicOf(contest, path) {
    const key = `${contest.id}/${path}`
    let topic = topics.get(key)
    if (!topic) {
      const first = contest.view(path)
      if (!first) return null
      topic = { contest, path, version: 1, map: new Map([...first].map(([k, v]) => [k, JSON.stringify(v)])), ring: [], readers: new Set() }
      topics.set(key, topic)
    }
    return topic
  }
  const frame = (event, topic, set, del) =>
    `event: ${event}\nid: ${epoch}-${topic.version}\ndata: {"v":${topic.version},"set":{${[...set].map(([k, v]) => `${JSON.stringify(k)}:${v}`).join(',')}}${del?.length ? `,"del":${JSON.stringify(del)}` : ''}}\n\n`

  function refresh(topic) {
    const next = new Map([...topic.contest.view(topic.path)].map(([k, v]) => [k, JSON.stringify(v)]))
    const set = new Map([...next].filter(([k, v]) => topic.map.get(k) !== v))
    const del = [...topic.map.keys()].filter((k) => !next.has(k))
    if (set.size + del.length === 0) return
    topic.version += 1
    topic.map = next
    topic.ring.push({ version: topic.version, keys: [...set.keys(), ...del] })
    if (topic.ring.length > 64) topic.ring.shift()
    const bytes = frame('delta', topic, set, del)
    for (const reader of topic.readers) reader.write(bytes)
  }
  function greeting(topic, lastId) {
    const [, at] = /-(\d+)$/.exec(lastId ?? '') ?? []
    const missed = topic.ring.filter((r) => r.version > Number(at))
    if (lastId?.startsWith(`${epoch}-`) && (Number(at) === topic.version || missed[0]?.version === Number(at) + 1)) {
      const keys = [...new Set(missed.flatMap((r) => r.keys))]
      return keys.length ? frame('delta', topic, new Map(keys.filter((k) => topic.map.has(k)).map((k) => [k, topic.map.get(k)])), keys.filter((k) => !topic.map.has(k))) : ': here\n\n'
    }
    return frame('snapshot', topic, topic.map)
  }

  const json = (response, status, body) => {
    response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' })
    response.end(JSON.stringify(body))
  }
  const problem = (response, status, code, zh, en) => json(response, status, { type: `/errors/${code}`, code, status, title: name(zh, en), request_id: 'req_fixture' })

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://fixture')
    const parts = url.pathname.split('/').filter(Boolean)
    if (parts[0] === 'fixture' && parts[1] === 'cut') {
      cutUntil = Date.now() + Number(url.searchParams.get('for') ?? 10) * 1000
      for (const topic of topics.values()) for (const reader of topic.readers) reader.destroy()
      return json(response, 200, {})
    }
    if (Date.now() < cutUntil && /^\/(api|live)/.test(url.pathname)) return request.socket.destroy()
    if (url.pathname === '/api/demo/roles') return json(response, 200, { items: ROLES.map(([key, zh, en, nz, ne, to]) => ({ key, role: key, title: name(zh, en), note: name(nz, ne), lands_on: to })) })
    if (url.pathname === '/api/demo/session') return json(response, 200, { account: 'acc_1', person: null, name: '演示', roles: [], csrf_token: 'x', demo: true })
    if (url.pathname === '/api/session') return problem(response, 401, 'not_signed_in', '尚未登录', 'Nobody is signed in')
    if (url.pathname === '/api/contests') return json(response, 200, { items: [...hall.values()].map((c) => c.summary()), next: null })
    if (parts[0] === 'api' && parts[1] === 'contests') {
      const contest = hall.get(parts[2])
      if (!contest) return problem(response, 404, 'not_found', '没有找到这场竞赛', 'There is no such contest')
      if (parts[3] === 'scheme') return json(response, 200, contest.scheme())
      if (parts[3] === 'results' && parts[4] === 'pack') return json(response, 200, {})
      if (parts[3] === 'results') return contest.summary().state === 'final' ? json(response, 200, resultsOf(contest)) : problem(response, 409, 'contest_not_open', '赛事当前不接受此操作', 'The contest doesn\'t take this now')
      if (parts.length === 3) return json(response, 200, { ...contest.summary(), ...contest.head('') })
    }
    if (parts[0] === 'live' && parts[1] === 'contests') {
      const contest = hall.get(parts[2])
      const topic = contest && topicOf(contest, parts.slice(3).join('/'))
      if (!topic) return problem(response, 404, 'not_found', '没有这个画面', 'There is no such view')
      refresh(topic)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(`retry: 1500\n\n${greeting(topic, request.headers['last-event-id'])}`)
      topic.readers.add(response)
      response.on('close', () => topic.readers.delete(response))
      return
    }
    if (await page(decodeURIComponent(url.pathname), response)) return
    problem(response, 404, 'not_found', '没有这个地址', 'There is no such address')
  })
  const timers = [
    setInterval(() => {
      for (const contest of hall.values()) contest.step()
      for (const topic of topics.values()) if (topic.readers.size > 0) refresh(topic)
    }, stepMs),
    setInterval(() => { for (const t of topics.values()) for (const r of t.readers) r.write(': heartbeat\n\n') }, 15_000),
  ]
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () =>
      resolve({ port: server.address().port, hall, cut: (seconds) => { cutUntil = Date.now() + seconds * 1000; for (const t of topics.values()) for (const r of t.readers) r.destroy() }, close: () => { timers.forEach(clearInterval); server.closeAllConnections(); server.close() } }),
    )
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { port } = await startFixture({ port: Number(process.env.PORT ?? 4180) })
  console.log(`fixture on http://127.0.0.1:${port}`)
}
