// `cargo xtask bench paint`: a hall with a board of 77 and of 500 who move, and a browser like a cheap phone's on a crowded line. When does it
// first paint, when do the first rows stand, when the whole board; what does it load; how evenly is it drawn while ranks change? The peer is
// the same hall's shortest page under the same throttle: what the line and the browser cost by themselves. The last line is one JSON object.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { evenness, firstPaint, frames, median, open, round, SLOW } from './page.mjs'
import { workbook } from './workbook.mjs'

const { values: asked } = parseArgs({
  options: {
    binary: { type: 'string', default: 'target/release/guildhall' },
    competitors: { type: 'string', default: '77,500' },
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
  },
})
const PASSWORD = 'a phrase that nobody guesses'
const PAPER = 'E3.1'
const MOVE_EVERY_MS = 250
/** So many marks change four times a second: one is a final at full speed (60,000 marks in eight hours are two a second), twenty a storm. */
const PACES = { final: 1, storm: 20 }

/** The same field and the same marks each time. */
let state = 7
const random = (below) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return Math.floor((state / 0x80000000) * below)
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

class Organiser {
  constructor(base) {
    this.base = base
    this.nth = 0
  }
  async ask(path, how) {
    this.nth += 1
    const headers = { ...(this.cookie ? { cookie: this.cookie, 'x-csrf-token': this.csrf } : {}), 'idempotency-key': `paint-${process.pid}-${this.nth}`, ...how?.headers }
    const response = await fetch(this.base + path, { ...how, headers })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }
  async post(path, body) {
    return (await this.ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })).json()
  }
  async signIn() {
    const response = await this.ask('/api/session', { method: 'POST', body: JSON.stringify({ login: 'admin', password: PASSWORD }), headers: { 'content-type': 'application/json' } })
    const cookie = response.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ')
    this.csrf = (await response.json()).csrf_token
    this.cookie = cookie
  }
}

/** A live contest of so many, each with a mark. */
async function staged(organiser, competitors) {
  const schemes = await (await organiser.ask('/api/schemes')).json()
  const { id } = await organiser.post('/api/contests', {
    name: { zh: `${competitors} 人的工业机器人系统运维员职业技能竞赛总决赛`, en: `Final of ${competitors} in robot system maintenance` },
    scheme: schemes.items.find((each) => each.name === 'robot-maintenance').source,
    blind: false,
    starts_at: new Date().toISOString(),
    venues: [
      { name: { zh: '东赛场', en: 'East venue' }, stations: ['E1', 'E2', 'E3', 'E4'] },
      { name: { zh: '西赛场', en: 'West venue' }, stations: ['W1', 'W2', 'W3', 'W4'] },
    ],
  })
  const [family, given] = ['王李张刘陈杨黄赵吴周', '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平']
  const rows = Array.from({ length: competitors }, (_, at) => [
    family[at % 10] + given[Math.floor(at / 10) % 20] + given[(at * 7 + Math.floor(at / 200)) % 20], `机器人制造有限公司第${at % 40}分厂`, `第${at % 32}代表队`, at % 3 ? '职工组' : '学生组', at % 2 ? '东赛场' : '西赛场', `K${at + 1}`, '',
  ])
  const form = new FormData()
  form.set('file', new Blob([workbook([['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号'], ...rows])]), 'field.xlsx')
  await organiser.ask(`/api/contests/${id}/imports/competitors?commit=true`, { method: 'POST', body: form })
  await organiser.post(`/api/contests/${id}/state`, { to: 'live', reason: null })
  const move = (numbers) => organiser.post(`/api/contests/${id}/theory`, { aspect: PAPER, marks: numbers.map((no) => ({ entry_no: `K${no}`, mark: (random(2000) / 100).toFixed(2) })) })
  for (let at = 0; at < competitors; at += 100) await move(Array.from({ length: Math.min(100, competitors - at) }, (_, n) => at + n + 1))
  /** Some of them get other marks, again and again; ends when told. */
  const moving = (atOnce) => {
    let goes = true
    const ended = (async () => {
      while (goes) {
        await move([...new Set(Array.from({ length: atOnce }, () => 1 + random(competitors)))])
        await new Promise((wait) => setTimeout(wait, MOVE_EVERY_MS))
      }
    })()
    return async () => {
      goes = false
      await ended
    }
  }
  return { id, moving }
}

const folder = mkdtempSync(join(tmpdir(), 'guildhall-paint-'))
const secret = join(folder, 'secret')
writeFileSync(secret, `${PASSWORD}\n`)
const database = `sqlite://${join(folder, 'hall.db')}`
const port = await freePort()
const base = `http://127.0.0.1:${port}`
const migrated = spawnSync(asked.binary, ['migrate', '--database', database, '--admin', 'admin', '--admin-password-file', secret], { stdio: ['ignore', 'ignore', 'inherit'] })
if (migrated.status !== 0) throw new Error(`${asked.binary} can't prepare its database`)
const hall = spawn(asked.binary, ['serve', '--listen', `127.0.0.1:${port}`, '--database', database], { stdio: 'ignore' })
const browser = await open()
const figures = {}
try {
  for (let n = 0; ; n += 1) {
    if (await fetch(`${base}/healthz`).then((response) => response.ok, () => false)) break
    if (n > 600 || hall.exitCode !== null) throw new Error('the hall did not open')
    await new Promise((wait) => setTimeout(wait, 100))
  }
  const organiser = new Organiser(base)
  await organiser.signIn()
  // Once without counting: the browser's own first page.
  await firstPaint(browser, `${base}/healthz`, SLOW, false)
  for (const competitors of asked.competitors.split(',').map(Number)) {
    const { id, moving } = await staged(organiser, competitors)
    const board = `${base}/stage/${id}`
    const [peers, pages] = [[], []]
    for (let n = 0; n < Number(asked.runs); n += 1) {
      peers.push(await firstPaint(browser, `${base}/healthz`, SLOW, false))
      pages.push(await firstPaint(browser, board, SLOW, true))
    }
    const of = (all, key) => round(median(all.map((each) => each[key])))
    const still = await frames(browser, `${base}/healthz`, SLOW, { size: { width: 1440, height: 900 }, rows: false, begin: async () => moving(PACES.final), forMs: 3_000 })
    const drawn = {}
    for (const [pace, atOnce] of Object.entries(PACES)) {
      for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
        drawn[`${pace}_${size.width}`] = evenness((await frames(browser, board, SLOW, { size, rows: true, begin: async () => moving(atOnce), forMs: Number(asked.seconds) * 1_000 })).spans)
      }
    }
    const [last] = pages.slice(-1)
    figures[competitors] = {
      empty_page_fcp_ms: of(peers, 'fcp_ms'), fcp_ms: of(pages, 'fcp_ms'), first_rows_ms: of(pages, 'rows_ms'), board_ms: of(pages, 'board_ms'),
      worst_first_rows_ms: round(Math.max(...pages.map((each) => each.rows_ms))), ratio_first_rows: round(of(peers, 'fcp_ms') / of(pages, 'rows_ms'), 2),
      requests: last.requests, js_bytes: last.js_bytes, other_bytes: last.other_bytes,
      empty_page_frames: evenness(still.spans), frames: drawn,
    }
    const it = figures[competitors]
    console.log(`${competitors} competitors: empty page ${it.empty_page_fcp_ms} ms, first paint ${it.fcp_ms} ms, first rows ${it.first_rows_ms} ms, board ${it.board_ms} ms; ${it.requests} requests, ${round(it.js_bytes / 1024)} KB of scripts, ${round(it.other_bytes / 1024)} KB else`)
    for (const [how, each] of Object.entries(drawn)) console.log(`  moving, ${how}: p50 ${each.p50_ms} ms, p99 ${each.p99_ms} ms, over 33 ms ${round(each.over_33_ms * 100, 2)} % (empty page ${round(it.empty_page_frames.over_33_ms * 100, 2)} %)`)
  }
} finally {
  await browser.close()
  hall.kill('SIGTERM')
  await new Promise((gone) => (hall.exitCode === null ? hall.once('exit', gone) : gone()))
  rmSync(folder, { recursive: true, force: true })
}
console.log(JSON.stringify({ paint: { throttle: SLOW, ...figures } }))
