// A contest that exists only in memory, for looking at the screens: it marks itself, has a weak line at one venue, and
// speaks on its topics exactly as docs/api-design.md says. Everything follows from one seed. No part of the build.

function seeded(seed) {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const REGIONS = [
  ['浙江温州', 'Wenzhou, Zhejiang'], ['江苏徐州', 'Xuzhou, Jiangsu'], ['江苏吴江', 'Wujiang, Jiangsu'], ['浙江台州', 'Taizhou, Zhejiang'],
  ['广东深圳', 'Shenzhen, Guangdong'], ['山东青岛', 'Qingdao, Shandong'], ['辽宁沈阳', 'Shenyang, Liaoning'], ['四川成都', 'Chengdu, Sichuan'],
  ['湖北武汉', 'Wuhan, Hubei'], ['重庆', 'Chongqing'], ['陕西西安', "Xi'an, Shaanxi"], ['安徽合肥', 'Hefei, Anhui'],
  ['新疆维吾尔自治区乌鲁木齐', 'Ürümqi, Xinjiang'], ['黑龙江哈尔滨', 'Harbin, Heilongjiang'], ['福建泉州', 'Quanzhou, Fujian'], ['上海', 'Shanghai'],
  ['内蒙古自治区呼和浩特', 'Hohhot, Inner Mongolia'],
]
const FAMILY = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹']
const GIVEN = ['伟', '芳', '秀英', '敏', '静', '志强', '磊', '洋', '艳', '勇', '建国', '杰', '娟', '涛', '明', '超', '秀兰', '霞', '平', '桂英', '文博', '子轩', '雨桐']
const LONG_NAMES = ['阿卜杜热西提·买买提伊明', '欧阳慕容婉清', '迪丽努尔·阿卜力米提']
const ORGS = ['第一机床集团有限责任公司', '精密制造厂', '职业技术学院', '智能装备股份有限公司', '机械冶金建材工会联合会下属自动化研究院有限责任公司', '技师学院']

const MODULES = [
  ['A', '机械安装', 'Mechanical assembly', 'mechanical'], ['B', '电气接线', 'Electrical wiring', 'electrical'],
  ['C', '编程调试', 'Programming', 'programming'], ['D', '故障诊断', 'Diagnosis', 'diagnosis'], ['E', '职业素养与安全', 'Conduct and safety', 'safety'],
]
const ABILITIES = [
  ['mechanical', '机械装调', 'Mechanical'], ['electrical', '电气控制', 'Electrical'], ['programming', '编程', 'Programming'],
  ['diagnosis', '故障诊断', 'Diagnosis'], ['safety', '安全规范', 'Safety'],
]
const MODULE_MAX = [2500, 2000, 2500, 2000, 1000]
const GROUPS = [['workers', '职工组', 'Workers'], ['teachers', '教师组', 'Teachers'], ['students', '学生组', 'Students']]
const VENUES = [['ven_east', '温州主赛场', 'Wenzhou main hall'], ['ven_west', '吴江分赛场', 'Wujiang second hall']]
const ASPECT_NAMES = [
  ['夹具定位精度', 'Gripper positioning'], ['紧固力矩', 'Fastening torque'], ['同轴度', 'Concentricity'], ['走线与标识', 'Routing and labels'],
  ['节拍时间', 'Cycle time'], ['轨迹平滑', 'Smoothness of path'], ['急停响应', 'Emergency stop response'], ['文明操作', 'Orderly work'],
]
const REASONS = [
  ['夹爪脱落 1 次，扣 1.00 分', 'The grip was lost once: 1.00 off'], ['轨迹平稳，全程未超限', 'Smooth throughout, no limit exceeded'],
  ['节拍 41.2 秒，优于 45 秒基准', 'Cycle of 41.2 s, better than the 45 s benchmark'],
  ['关节 3 温度连续 8 秒高于 60 ℃，按梯度扣分', 'Joint 3 above 60 °C for 8 s: deducted by the curve'],
  ['夹紧时气压稳定：17.168 秒至 20.609 秒，air_pressure 的最小值为 574.717 kPa，出现在 18.019 秒（31 个样本），应不小于 560 kPa。得 0.50 分。', 'Air pressure steady while gripping: 17.168 s to 20.609 s, the minimum of air_pressure is 574.717 kPa at 18.019 s (31 samples), at least 560 kPa wanted. 0.50 given.'],
  ['急停后 0.8 秒内停稳', 'At rest within 0.8 s of the emergency stop'],
]
const text = (zh, en) => ({ zh, en })
const pick = (random, list) => list[Math.floor(random() * list.length)]

export function createContest({ id, name, entries: count, state = 'live', blind = false, scale = 1, seed = 7, moving = true }) {
  const random = seeded(seed)
  const startedAt = Date.now() - 48 * 60_000
  const modules = MODULES.map(([code, zh, en], i) => ({ code, name: text(zh, en), max: MODULE_MAX[i] * scale }))
  const max = modules.reduce((sum, m) => sum + m.max, 0)
  const teams = REGIONS.map(([zh, en], i) => ({ id: `org_${String(i + 1).padStart(2, '0')}`, name: text(`${zh}代表队`, en) }))
  const aspects = modules.flatMap((m, mi) =>
    ASPECT_NAMES.map(([zh, en], ai) => ({
      code: `${m.code}${1 + Math.floor(ai / 4)}.${1 + (ai % 4)}`, module: mi, ability: MODULES[mi][3], name: text(zh, en),
      max: ai < 7 ? Math.floor(m.max / 200) * 25 : m.max - 7 * Math.floor(m.max / 200) * 25, type: ai > 4 && ai < 7 ? 'automatic' : ai % 3 === 2 ? 'judgement' : 'measurement',
    })),
  )
  const people = Array.from({ length: count }, (_, i) => {
    const long = i % 26 === 12
    return {
      id: `ent_${String(i + 1).padStart(4, '0')}`, no: String(101 + i), team: teams[i % teams.length].id, venue: VENUES[i % 2][0],
      group: GROUPS[i % 7 === 6 ? 2 : i % 5 === 4 ? 1 : 0][0],
      name: long ? LONG_NAMES[Math.floor(i / 26) % 3] : pick(random, FAMILY) + pick(random, GIVEN),
      org: REGIONS[i % 17][0] + pick(random, ORGS), skill: 0.5 + random() * 0.45, marks: new Map(), states: new Map(), falls: [],
    }
  })
  let seq = 0
  const ticker = []
  let markCount = 0
  let verdictCount = 0

  function give(person, aspect, when) {
    const share = Math.max(0, Math.min(1, person.skill + (random() - 0.5) * 0.5))
    const mark = Math.round((aspect.max * share) / 25) * 25
    const automatic = aspect.type === 'automatic'
    const undecided = automatic && random() < 0.04
    const reason = automatic ? pick(random, REASONS) : null
    const kind = automatic ? 'verdict' : person.marks.has(aspect.code) ? 'correction' : 'mark'
    if (undecided) person.states.set(aspect.code, [null, 'undecided', text('传感器信号中断 3.2 秒，请裁判判定', 'The signal was missing for 3.2 s; a judge decides')])
    else {
      person.marks.set(aspect.code, Math.min(mark, aspect.max))
      person.states.set(aspect.code, [Math.min(mark, aspect.max), 'marked', reason && text(...reason)])
    }
    if (automatic) verdictCount += 1
    else markCount += 1
    const amended = automatic && random() < 0.2
    const partly = aspect.type === 'judgement' && random() < 0.3
    const decided = automatic && random() < 0.3
    const rejected = decided && random() < 0.5
    const words = decided ? (rejected ? ['裁判驳回了自动判定', "A judge rejected the referee's verdict"] : ['裁判确认了自动判定', 'A judge confirmed the referee']) : reason
    const line = (mark, as, why) => [seq, when, person.id, aspect.code, mark, aspect.max, as, why]
    const full = Math.min(mark, aspect.max)
    if (amended) ticker[seq % 20] = line(null, 'amended', text('迟到的数据改变了自动判定', 'Samples that came late changed a verdict of the referee'))
    else if (decided && !undecided) ticker[seq % 20] = line(rejected ? null : full, 'decision', text(...words))
    else ticker[seq % 20] = line(undecided || partly ? null : full, undecided ? 'request' : kind, reason && text(...reason))
    person.falls.push(ticker[seq % 20])
    if (person.falls.length > 20) person.falls.shift()
    seq += 1
  }
  const done = state === 'final' ? 1 : state === 'draft' ? 0 : 0.55
  people.forEach((p, i) => aspects.forEach((a, j) => { if (random() < done * (0.8 + 0.4 * ((i * 7 + j) % 10) / 10) && i !== 4 && !(a.module === 3 && i % 5 === 1)) give(p, a, Date.now() - Math.floor(random() * 600_000)) }))

  const totalsOf = (p) => modules.map((_, mi) => {
    const own = aspects.filter((a) => a.module === mi && p.marks.has(a.code))
    return own.length ? own.reduce((sum, a) => sum + p.marks.get(a.code), 0) : null
  })
  const abilityOf = (p, code) => aspects.filter((a) => a.ability === code).reduce((sum, a) => sum + (p.marks.get(a.code) ?? 0), 0)
  const rankBy = (list, value) => {
    const sorted = [...list].sort((a, b) => value(b) - value(a))
    const ranks = new Map()
    sorted.forEach((p, i) => ranks.set(p.id, i > 0 && value(p) === value(sorted[i - 1]) ? ranks.get(sorted[i - 1].id) : i + 1))
    return ranks
  }
  const quartile = (sorted, q) => (sorted.length ? sorted[Math.round((sorted.length - 1) * q)] : null)

  let board
  function rerank() {
    const rows = people.map((p) => ({ id: p.id, person: p, modules: totalsOf(p), total: [...p.marks.values()].reduce((a, b) => a + b, 0) }))
    const ranks = rankBy(rows, (r) => r.total)
    const groupRanks = new Map(GROUPS.flatMap(([g]) => [...rankBy(rows.filter((r) => r.person.group === g), (r) => r.total)]))
    const teamTotals = teams.map((t) => ({ id: t.id, members: rows.filter((r) => r.person.team === t.id) })).map((t) => ({ ...t, total: t.members.reduce((s, r) => s + r.total, 0) }))
    board = { rows, byId: new Map(rows.map((r) => [r.id, r])), ranks, groupRanks, teamTotals, teamRanks: rankBy(teamTotals, (t) => t.total), abilities: new Map(ABILITIES.map(([c]) => [c, rankBy(rows, (r) => abilityOf(r.person, c))])) }
  }
  rerank()
  const before = new Map([...board.ranks].map(([k, r]) => [k, Math.max(1, Math.min(count, r + Math.round((random() - 0.5) * 9)))]))

  const head = (view) => ({
    contest: id, name, state, view, modules, abilities: ABILITIES.map(([code, zh, en]) => ({ code, name: text(zh, en), max: aspects.filter((a) => a.ability === code).reduce((s, a) => s + a.max, 0) })),
    groups: GROUPS.map(([code, zh, en]) => ({ code, name: text(zh, en) })), venues: VENUES.map(([v, zh, en]) => ({ id: v, name: text(zh, en) })), teams, max, aspects: aspects.length, started_at: state === 'draft' ? null : startedAt,
  })
  const entryOf = (p) => ({ no: blind ? p.no : null, name: blind ? null : p.name, org: blind ? null : p.org, team: p.team, venue: p.venue, group: p.group })
  const rowOf = (p) => {
    const row = board.byId.get(p.id)
    const any = p.marks.size > 0
    return [any ? board.ranks.get(p.id) : null, any ? board.groupRanks.get(p.id) : null, row.total, row.modules, p.marks.size, any ? before.get(p.id) : null]
  }
  const standing = () => ({ as_of: state === 'frozen' ? startedAt + 40 * 60_000 : Date.now() - (Date.now() % 1000), marks: markCount, verdicts: verdictCount })
  let tick = 0
  const venueState = (v, i) => {
    const cut = i === 1 && tick % 120 > 60 && tick % 120 < 90
    return { name: text(v[1], v[2]), state: state === 'draft' || state === 'final' ? 'closed' : 'open', link: cut ? 'down' : 'up', lag_ms: cut ? 18_000 + (tick % 120) * 250 : 40 + (tick % 7) * 12 + i * 60, backlog: cut ? (tick % 120) * 310 : 0, seen_at: Date.now() - (cut ? 20_000 : 100), stations: 12, open_runs: state === 'live' ? 11 - i : 0 }
  }
  const clockOf = (p, i) => ({ station: `S${String(1 + (i % 12)).padStart(2, '0')}`, entry: blind ? null : p.id, no: blind ? p.no : null, module: modules[(i * 3) % 5].code, state: i % 9 === 8 ? 'stopped' : i % 11 === 10 ? 'waiting' : 'open', elapsed_ms: i % 11 === 10 ? 0 : 600_000 + i * 47_000, at: startedAt + 48 * 60_000, added_ms: i % 9 === 8 ? 120_000 : 0 })

  function view(path) {
    const map = new Map([['h', { ...head(path), ...(path.startsWith('competitor/') ? { aspect_list: aspects.map((a) => ({ code: a.code, name: a.name, module: modules[a.module].code, max: a.max, type: a.type, abilities: [a.ability] })) } : {}) }], ['s', standing()]])
    const [kind, key] = path.split('/')
    const put = (list, withRanks = true) => { for (const p of list) { map.set(`e/${p.id}`, entryOf(p)); if (withRanks) map.set(`r/${p.id}`, rowOf(p)) } }
    const ringOf = (falls) => [...falls].sort((a, b) => b[0] - a[0]).slice(0, 20).reverse().forEach((t, i) => map.set(`t/${i}`, t))
    if (kind === 'overall') {
      put(people)
      board.teamTotals.forEach((t) => map.set(`T/${t.id}`, [board.teamRanks.get(t.id), t.total, t.members.length]))
      VENUES.forEach((v, i) => map.set(`v/${v[0]}`, venueState(v, i)))
      if (state === 'live') VENUES.forEach((v, i) => map.set(`vc/${v[0]}`, { module: modules[i].code, state: 'open', elapsed_ms: 900_000 + i * 61_000, at: startedAt + 48 * 60_000, added_ms: 0 }))
      ringOf(ticker)
    } else if (kind === 'team' && teams.some((t) => t.id === key)) {
      const members = people.filter((p) => p.team === key)
      put(members)
      const t = board.teamTotals.find((x) => x.id === key)
      map.set(`T/${key}`, [board.teamRanks.get(key), t.total, t.members.length])
      members.forEach((p) => { const clock = clockOf(p, people.indexOf(p)); map.set(`c/${p.id}/${clock.module}`, clock) })
      const mean = (list) => (list.length ? Math.round(list.reduce((a, b) => a + b, 0) / list.length) : null)
      modules.forEach((m, mi) => {
        const field = board.rows.map((r) => r.modules[mi]).filter((x) => x !== null).sort((a, b) => a - b)
        map.set(`m/${m.code}`, [mean(members.map((p) => board.byId.get(p.id).modules[mi] ?? 0)), m.max, field[0] ?? null, quartile(field, 0.25), quartile(field, 0.5), quartile(field, 0.75), field.at(-1) ?? null])
      })
      ABILITIES.forEach(([c]) => {
        const field = people.map((x) => abilityOf(x, c)).sort((a, b) => a - b)
        const means = board.teamTotals.map((each) => mean(each.members.map((r) => abilityOf(r.person, c))) ?? 0)
        const own = mean(members.map((p) => abilityOf(p, c)))
        map.set(`b/${c}`, [own, aspects.filter((a) => a.ability === c).reduce((s, a) => s + a.max, 0), quartile(field, 0.25), quartile(field, 0.5), quartile(field, 0.75), own ? 1 + means.filter((x) => x > own).length : null])
      })
      const next = board.teamTotals.filter((x) => x.total > t.total).sort((a, b) => a.total - b.total)[0]
      map.set('gap', next && t.total > 0 ? [next.total - t.total, next.id] : null)
      ringOf(members.flatMap((m) => m.falls))
    } else if (kind === 'venue' && VENUES.some((v) => v[0] === key)) {
      const index = VENUES.findIndex((v) => v[0] === key)
      const here = people.filter((p) => p.venue === key)
      put(here)
      map.set(`v/${key}`, venueState(VENUES[index], index))
      here.slice(0, 12).forEach((p, i) => map.set(`c/sta_${i}`, clockOf(p, i)))
      ringOf(here.flatMap((m) => m.falls))
    } else if (kind === 'ability' && ABILITIES.some(([c]) => c === key)) {
      put(people, false)
      for (const p of people) {
        const n = aspects.filter((a) => a.ability === key && p.marks.has(a.code)).length
        map.set(`r/${p.id}`, [n ? board.abilities.get(key).get(p.id) : null, abilityOf(p, key), n])
      }
    } else if (kind === 'competitor' && people.some((p) => p.id === key)) {
      const p = people.find((x) => x.id === key)
      const i = people.indexOf(p)
      map.set(`e/${key}`, entryOf(p))
      map.set('r', rowOf(p))
      modules.forEach((m, mi) => {
        const field = board.rows.map((r) => r.modules[mi]).filter((x) => x !== null).sort((a, b) => a - b)
        map.set(`m/${m.code}`, [board.byId.get(key).modules[mi], m.max, field[0] ?? null, quartile(field, 0.25), quartile(field, 0.5), quartile(field, 0.75), field.at(-1) ?? null])
      })
      ABILITIES.forEach(([c]) => {
        const field = people.map((x) => abilityOf(x, c)).sort((a, b) => a - b)
        map.set(`b/${c}`, [abilityOf(p, c), aspects.filter((a) => a.ability === c).reduce((s, a) => s + a.max, 0), quartile(field, 0.25), quartile(field, 0.5), quartile(field, 0.75), board.abilities.get(c).get(key)])
      })
      aspects.forEach((a) => map.set(`a/${a.code}`, p.states.get(a.code) ?? [null, 'waiting', null]))
      const sorted = [...board.rows].sort((a, b) => b.total - a.total)
      const place = sorted.findIndex((r) => r.id === key)
      const better = sorted.slice(0, place).reverse().find((r) => r.total > board.byId.get(key).total)
      map.set('gap', better && p.marks.size ? [better.total - board.byId.get(key).total, better.id] : null)
      map.set('why', p.marks.size ? text(`总分 ${(board.byId.get(key).total / 100).toFixed(2)} 分，列第 ${board.ranks.get(key)} 名；与同分者按模块 A 得分先后排列。`, `A total of ${(board.byId.get(key).total / 100).toFixed(2)} gives rank ${board.ranks.get(key)}; equal totals are ordered by module A.`) : null)
      map.set(`c/${clockOf(p, i).module}`, clockOf(p, i))
      ringOf(p.falls)
    } else return null
    return map
  }

  function step() {
    tick += 1
    if (!moving || state !== 'live') return
    for (let n = 0; n < 1 + Math.floor(random() * 3); n++) {
      const p = pick(random, people)
      if (p === people[4]) continue
      const open = aspects.filter((a) => !p.marks.has(a.code))
      give(p, open.length && random() < 0.7 ? pick(random, open) : pick(random, aspects), Date.now())
    }
    rerank()
  }

  const scheme = () => ({
    format: 'guildhall/scheme/1', id: 'robot-maintenance', version: 1, title: name,
    abilities: head('').abilities, groups: head('').groups,
    rules: aspects.filter((a) => a.type === 'automatic').map((a, i) => ({ id: `rule-${a.code}`, aspect: a.code, says: a.name, written: i % 3 ? { on: { rises: 'grip_lost' }, at_most: (a.max / 100).toFixed(2) } : { count: { rises: 'cycle_done' } } })),
    modules: modules.map((m, mi) => ({
      code: m.code, name: m.name, minutes: 60,
      criteria: [1, 2].map((c) => ({ code: `${m.code}${c}`, name: text(`标准 ${c}`, `Criterion ${c}`), aspects: aspects.filter((a) => a.module === mi && a.code.startsWith(`${m.code}${c}.`)).map((a) => ({ code: a.code, name: a.name, type: a.type, max: (a.max / 100).toFixed(2), abilities: [a.ability] })) })),
    })),
  })
  const summary = () => ({ id, name, state, entries: people.length, venues: VENUES.length, starts_at: new Date(startedAt).toISOString() })
  const setState = (to) => { state = to }
  return { id, view, step, scheme, summary, head, setState }
}
