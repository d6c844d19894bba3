// A contest in full swing, for looking at the staff's screens without a hall: every kind of aspect, a second round, a stopped
// clock, a venue whose line is down, verdicts that wait. Deterministic; times count from the moment of the start.

const T = (zh, en) => ({ zh, en })
export const CONTEST = 'con_robot'
export const NOW = Date.now()
const ago = (minutes) => new Date(NOW - minutes * 60_000).toISOString()

export const abilities = [
  { code: 'mechanical', name: T('机械装调', 'Mechanical') },
  { code: 'electrical', name: T('电气连接', 'Electrical') },
  { code: 'programming', name: T('编程调试', 'Programming') },
  { code: 'diagnosis', name: T('故障诊断', 'Diagnosis') },
  { code: 'safety', name: T('职业素养与安全', 'Conduct and safety') },
]
export const modules = [
  { code: 'A', name: T('机械安装与调整', 'Mechanical assembly'), minutes: 60, max: '20.00' },
  { code: 'B', name: T('电气连接与检查', 'Electrical connection'), minutes: 60, max: '20.00' },
  { code: 'C', name: T('编程与联机调试', 'Programming and commissioning'), minutes: 90, max: '30.00' },
  { code: 'D', name: T('故障诊断与排除', 'Fault diagnosis'), minutes: 45, max: '20.00' },
  { code: 'E', name: T('职业素养与安全', 'Conduct and safety'), minutes: 0, max: '10.00' },
]
export const groups = [
  { code: 'workers', name: T('职工组', 'Workers') },
  { code: 'teachers', name: T('教师组', 'Teachers') },
  { code: 'students', name: T('学生组', 'Students') },
]
export const venues = [
  { id: 'ven_wz', name: T('温州主赛场', 'Wenzhou main venue') },
  { id: 'ven_xz', name: T('徐州分赛场', 'Xuzhou venue') },
]

const shownVenues = venues.map((each, at) => ({ ...each, stations: at ? 8 : 12 }))
const abilityParts = abilities.map((each, at) => ({ ...each, max: ['24.00', '21.00', '27.00', '18.00', '10.00'][at] }))
export const contests = [
  {
    id: CONTEST,
    name: T('2026 年全国工业机器人系统运维职工技能竞赛决赛', 'National final 2026: robot system maintenance'),
    state: process.env.GUILDHALL_STATE ?? 'live', entries: 77, venues: shownVenues, groups, modules, abilities: abilityParts, teams: [], starts_at: ago(190), started_at: ago(190),
    blind: true, max: '100.00', aspects: 64, scheme_id: 'robot-maintenance', scheme_version: 1, scheme_hash: 'b3:6f0c9e',
  },
  {
    id: 'con_weld', name: T('2026 年吴江区焊工技能比武', 'Wujiang welders’ contest 2026'), state: 'final', entries: 24,
    blind: false, scheme_version: 3, scheme_hash: 'b3:aa', venues: [shownVenues[0]], groups: [groups[0]], modules: modules.slice(0, 2), abilities: abilityParts, teams: [], starts_at: ago(60 * 24 * 12), started_at: ago(60 * 24 * 12), max: '100.00', aspects: 31, scheme_id: 'welding',
  },
  {
    id: 'con_plc', name: T('可编程控制系统集成应用职工职业技能竞赛（泰州市第三届、长三角邀请赛）', 'PLC integration invitational, Taizhou'), state: 'draft', entries: 0,
    blind: true, scheme_version: 1, scheme_hash: 'b3:bb', venues: shownVenues, groups, modules, abilities: abilityParts, teams: [], starts_at: ago(-60 * 24 * 20), started_at: null, max: '100.00', aspects: 52, scheme_id: 'plc-integration',
  },
]

const STATES = ['open', 'open', 'stopped', 'open', 'waiting', 'open', 'closed', 'open', 'open', 'waiting']
export const runs = Array.from({ length: 20 }, (_, at) => ({
  id: `run_${String(at + 1).padStart(2, '0')}`,
  entry_no: String(101 + ((at * 37) % 77)),
  station: `S${String(at + 1).padStart(2, '0')}`,
  venue: at < 12 ? 'ven_wz' : 'ven_xz',
  module: ['A', 'C', 'A', 'B', 'D'][at % 5],
  state: STATES[at % 10],
  elapsed_ms: STATES[at % 10] === 'waiting' ? 0 : 400_000 + at * 91_000,
  at: NOW,
  added_ms: at % 10 === 2 ? 300_000 : 0,
  opened_at: STATES[at % 10] === 'waiting' ? null : ago(8 + at),
}))

const level = (zh, en) => T(zh, en)
const aspect = (code, criterion, name, type, max, how, more = {}) => ({
  code, criterion, name, type, max, abilities: ['mechanical'], how, round: 1,
  rounds: [{ round: 1, reason: null, open: true }], mine: null, mark: null, policy: null, verdicts: [], assigned: true, before: [], state: 'waiting', reason: null, ...more,
})
const A1 = { code: 'A1', name: T('夹具安装', 'Gripper mounting') }
const A2 = { code: 'A2', name: T('精度与外观', 'Precision and workmanship') }
const A3 = { code: 'A3', name: T('运行判定', 'What the referee saw') }
const LEVELS = [
  level('低于行业标准：接线杂乱，返工', 'Below the industry’s standard: untidy, needs rework'),
  level('达到标准：布置可用', 'Meets it: usable layout'),
  level('部分超过标准：走线整齐、有标识', 'Exceeds it in parts: neat and labelled'),
  level('优秀：可作示范', 'Excellent: could be shown to others'),
]

const judged = (id, outcome, standing, marks, zh, en, more = {}) => ({ id, rule: 'lost-grip', outcome, standing, marks, waits: standing === 'waiting' || (outcome === 'undecided' && standing === 'counted'), at_ms: NOW - 180_000, evidence: { samples: [], sentence: T(zh, en) }, ...more })
const SLIP = ['夹爪在搬运中脱落：力从 18.4 N 降到 0.6 N。', 'The grip was lost in transfer: the force fell from 18.4 N to 0.6 N.']
const GONE = ['14:02:11 信号 grip_lost 中断 3.2 s，无法判定夹爪是否脱落。', 'At 14:02:11 the signal grip_lost was missing for 3.2 s; whether the grip was lost can’t be told.']
/** An aspect in each state that the referee's work can be in. */
function refereed() {
  const each = (code, zh, en, max, more) => aspect(code, A3, T(zh, en), 'automatic', max, { kind: 'automatic', rules: ['lost-grip'] }, { policy: 'automatic', ...more })
  return [
    each('A3.1', '试运行无脱落', 'No lost grip in the trial run', '3.00', { policy: 'confirm', state: 'undecided', verdicts: [judged('vrd_1', 'undecided', 'waiting', '-1.00', ...GONE)] }),
    each('A3.2', '节拍稳定', 'Steady cycles', '2.00', {}),
    each('A3.3', '夹紧力', 'Clamping force', '3.00', { state: 'marked', mark: '1.00', verdicts: [judged('vrd_a', 'missed', 'counted', '-1.00', ...SLIP), judged('vrd_b', 'missed', 'counted', '-1.00', ...SLIP), judged('vrd_c', 'missed', 'rejected', '-1.00', ...SLIP, { taken_back: true })] }),
    each('A3.4', '过流保护', 'Overcurrent', '2.00', { policy: 'confirm', state: 'to_confirm', mark: '1.50', verdicts: [judged('vrd_d', 'missed', 'counted', '-0.50', ...SLIP), judged('vrd_e', 'missed', 'waiting', '-0.50', ...SLIP)] }),
    each('A3.5', '到位判断', 'In place', '2.00', { state: 'undecided', assigned: false, verdicts: [judged('vrd_f', 'undecided', 'counted', '0.00', ...GONE)] }),
    each('A3.6', '复位顺序', 'Order of reset', '2.00', { state: 'marked', mark: '1.50', assigned: false, verdicts: [judged('vrd_g', 'undecided', 'by_hand', '0.00', ...GONE)] }),
    each('A3.8', '夹爪到位', 'Gripper in place', '2.00', { state: 'marked', mark: '2.00', verdicts: [judged('vrd_i', 'missed', 'amended', '-0.50', ...SLIP, { because: T('另一路网关补传的数据表明夹爪没有脱落。', 'What another gateway sent late shows that the grip was not lost.') })] }),
    each('A3.7', '温升', 'Heating', '1.00', { policy: 'shadow', verdicts: [judged('vrd_h', 'missed', 'shadow', '-0.50', ...SLIP)] }),
  ]
}

export function sheetOf(run) {
  return {
    run: run.id, entry_no: run.entry_no, station: run.station,
    module: { code: 'A', name: modules[0].name }, state: run.state, elapsed_ms: run.elapsed_ms,
    running_total: '2.00', max: '20.00',
    aspects: [
      aspect('A1.1', A1, T('法兰螺栓按对角顺序拧紧到规定力矩', 'Flange bolts tightened crosswise to torque'), 'measurement', '2.00', { kind: 'yes_no' }, {
        mine: { id: 'mrk_earlier', value: { kind: 'yes_no', yes: true }, given: '2.00', note: null, round: 1 }, mark: '2.00',
      }),
      aspect('A1.2', A1, T('夹爪开口尺寸', 'Gripper opening'), 'measurement', '3.00', { kind: 'tolerance', unit: 'mm', target: '10.00', full: '0.05', zero: '0.20' }),
      aspect('A1.3', A1, T('安装步骤', 'Mounting steps'), 'measurement', '3.00', {
        kind: 'steps',
        steps: [
          { code: 'a', name: T('断电并挂牌', 'Locked out and tagged'), marks: '1.00' },
          { code: 'b', name: T('清洁法兰面并检查定位销', 'Flange cleaned, dowel pins checked'), marks: '1.00' },
          { code: 'c', name: T('气路连接正确', 'Air lines right'), marks: '1.00' },
        ],
      }),
      aspect('A1.4', A1, T('装配质量扣分', 'Workmanship, deductions'), 'measurement', '2.00', {
        kind: 'deductions',
        deductions: [
          { code: 'loose', name: T('螺栓松动，每处', 'A loose bolt, each'), marks: '0.50' },
          { code: 'scratch', name: T('划伤工件，每处', 'A scratch, each'), marks: '0.25' },
        ],
      }),
      aspect('A2.1', A2, T('布线与标识的工艺水平', 'Workmanship of wiring and labels'), 'judgement', '3.00', { kind: 'levels', levels: LEVELS, judges: 3, spread_max: 1 }, {
        round: 2,
        rounds: [
          { round: 1, reason: null, open: false },
          { round: 2, reason: T('第一轮三位裁判给出 0、2、3 级，极差 3 超过限值 1。请合议后各自重新评分。', 'In round 1 the three judges gave levels 0, 2 and 3; a spread of 3 is above the limit of 1. Talk it over, then each mark again.'), open: true },
        ],
        before: [{ id: 'mrk_r1', value: { kind: 'level', level: 0 }, given: '0.00', note: '标识缺失', round: 1 }],
      }),
      aspect('A2.2', A2, T('整体外观（五人评分，去掉最高最低）', 'Overall look (five judges, extremes dropped)'), 'judgement', '4.00', { kind: 'panel', judges: 5, drop_extremes: true, step: '0.10' }),
      ...refereed(),
    ],
  }
}

const evidence = (from, sentence, low, high) => ({
  from: from * 1e6, to: (from + 4_000) * 1e6, sentence, scheme_hash: 'b3:6f0c9e',
  samples: Array.from({ length: 12 }, (_, at) => ({ signal: 'gripper_force', at: (from + at * 350) * 1e6, value: at < 6 ? high - at * 0.4 : low + at * 0.02 })),
})
const verdictAt = (minutes) => NOW - minutes * 60_000
export const verdicts = [
  ['vrd_1', 'run_01', 'A3.1', 'lost-grip', 3, 'undecided', '-1.00', T('信号 grip_lost 中断 3.2 s，无法判定夹爪是否脱落。', 'The signal grip_lost was missing for 3.2 s, so whether the grip was lost is not known.')],
  ['vrd_2', 'run_02', 'C2.3', 'cycle-time', 40, 'met', '4.00', T('连续 5 个节拍均不超过 12 s（最长 11.6 s）。', 'Five cycles in a row took at most 12 s (longest 11.6 s).')],
  ['vrd_5', 'run_02', 'C2.4', 'protective-stop', 52, 'missed', '-1.00', T('运行中出现 1 次保护性停止。', 'One protective stop during the run.')],
  ['vrd_3', 'run_04', 'B1.6', 'overcurrent', 9, 'missed', '-0.50', T('关节 3 电流高于 4.2 A 持续 2.4 s（限值 2 s）。', 'Joint 3 drew more than 4.2 A for 2.4 s (limit 2 s).')],
  ['vrd_4', 'run_06', 'A3.1', 'lost-grip', 14, 'missed', '-1.00', T('夹爪在搬运中脱落：力从 18.4 N 降到 0.6 N。', 'The grip was lost in transfer: the force fell from 18.4 N to 0.6 N.')],
  ['vrd_6', 'run_02', 'C2.4', 'protective-stop', 49, 'missed', '-1.00', T('运行中出现 1 次保护性停止。', 'One protective stop during the run.'), { standing: 'amended', waits: false, because: T('另一路网关补传的数据表明没有发生保护性停止。', 'What another gateway sent late shows that no protective stop happened.') }],
  ...[[2, 'A3.5', 'in-place'], [2.2, 'A3.1', 'lost-grip'], [2.6, 'A3.1', 'lost-grip'], [2.9, 'A3.1', 'lost-grip']].map(([minutes, aspectCode, rule], at) => [
    `vrd_${10 + at}`, 'run_08', aspectCode, rule, minutes, 'undecided', '0.00',
    T('夹爪脱落：从 12.000 秒至 15.200 秒之间数据不全（grip_lost），须由裁判判定。', 'Grip lost: from 12.000 s to 15.200 s not all was recorded (grip_lost). A judge is asked.'),
  ]),
].map(([id, run, aspectCode, rule, minutes, outcome, marks, sentence, more]) => ({
  id, run, entry_no: runs.find((each) => each.id === run).entry_no, aspect: aspectCode, rule, at_ms: verdictAt(minutes),
  outcome, marks, standing: id === 'vrd_5' ? 'counted' : 'waiting', waits: id !== 'vrd_5', reason: null, evidence: evidence(verdictAt(minutes), sentence, 0.6, 18.4), ...more,
}))

const ORGANISATIONS = [
  T('温州市总工会', 'Wenzhou Federation of Trade Unions'), T('徐州工程机械集团有限公司工会委员会', 'XCMG Union Committee'),
  T('国网江苏省电力有限公司苏州市吴江区供电分公司工会', 'State Grid Jiangsu, Wujiang Branch Union'), T('泰州职业技术学院', 'Taizhou Polytechnic College'),
]
export const judges = Array.from({ length: 12 }, (_, at) => ({
  account: `acc_j${at + 1}`, person: `per_j${at + 1}`, name: ['李国强', '王秀英', '欧阳建国', '陈伟', '赵敏', '古丽娜尔·买买提', '周涛', '吴芳', '孙磊', '马晓燕', '朱建华', '胡军'][at],
  organisation_name: ORGANISATIONS[at % 4], venue: at < 8 ? 'ven_wz' : 'ven_xz', venue_name: venues[at < 8 ? 0 : 1].name, modules: at % 3 ? ['A', 'C'] : [],
}))

const SURNAMES = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许'
export const entries = Array.from({ length: 77 }, (_, at) => ({
  id: `ent_${at + 1}`, no: String(101 + at), name: at === 8 ? '阿卜杜热合曼·买买提吐尔逊' : `${SURNAMES[at % 20]}${['伟', '建国', '晓明', '志强', '海燕'][at % 5]}`,
  organisation: `org_${at % 4}`, organisation_name: ORGANISATIONS[at % 4],
  group: ['workers', 'teachers', 'students'][at % 3], venue: at % 2 ? 'ven_xz' : 'ven_wz', venue_name: venues[at % 2].name, team: null, team_name: at % 4 ? T('江苏一队', 'Jiangsu 1') : null,
}))

export const recordings = [
  ['run_02', 'S02', 'C', 36, 486_120], ['run_06', 'S06', 'A', 61, 512_004], ['run_07', 'S07', 'C', 70, 1_204_551], ['run_19', 'S19', 'D', 22, 90_412],
].map(([run, station, module, minutes]) => ({
  run, station, entry_no: runs.find((each) => each.id === run).entry_no, module, state: 'closed', from: ago(minutes + 40), to: ago(minutes), verdicts: verdicts.filter((each) => each.run === run).length,
  signals: [
    { name: 'gripper_force', kind: 'real', unit: 'N' }, { name: 'joint3_current', kind: 'real', unit: 'A' }, { name: 'joint3_temperature', kind: 'real', unit: '°C' },
    { name: 'protective_stop', kind: 'bool', unit: '' }, { name: 'cycles', kind: 'integer', unit: '' },
  ],
}))

export function seriesOf(recording, names, points, from, to) {
  const [first, last] = [Date.parse(recording.from), Date.parse(recording.to)]
  const at = (share) => first + (last - first) * share
  const [start, end] = [from ?? first, to ?? last]
  return names.map((name) => {
    const signal = recording.signals.find((each) => each.name === name)
    const each = Array.from({ length: points }, (_, at) => {
      const t = Math.round(start + ((end - start) * at) / (points - 1))
      const phase = (t / 60_000) % 6
      if (signal.kind === 'bool') return [t, phase > 5.4 ? 1 : 0, phase > 5.3 ? 1 : 0]
      if (signal.kind === 'integer') return [t, Math.floor((t - first) / 90_000), Math.floor((t - first) / 90_000)]
      const base = name === 'joint3_temperature' ? 32 + (t - first) / 300_000 : name === 'joint3_current' ? 2.4 + Math.sin(phase) : phase > 4 ? 0.6 : 18 + Math.sin(phase * 3)
      return [t, +(base - 0.4 - (at % 3) * 0.1).toFixed(3), +(base + 0.5 + (at % 5) * 0.1).toFixed(3)]
    })
    // The line was cut for a while, and once more, shortly.
    const cut = (t) => [[0.35, 0.42], [0.7, 0.703]].some(([a, b]) => t > at(a) && t < at(b))
    return { name, kind: signal.kind, unit: signal.unit, points: each.filter(([t]) => !cut(t)) }
  })
}

export const scheme = {
  id: 'robot-maintenance', version: 1, hash: 'b3:6f0c9e', title: contests[0].name, max: '100.00', abilities: abilities.map((each, at) => ({ ...each, max: ['24.00', '21.00', '27.00', '18.00', '10.00'][at] })), groups,
  modules: modules.map((module) => ({
    ...module,
    criteria: [A1, A2, A3].map((criterion, at) => ({
      code: criterion.code.replace('A', module.code), name: criterion.name, max: ['10.00', '7.00', '3.00'][at],
      aspects: sheetOf(runs[0]).aspects.filter((each) => each.criterion.code === criterion.code)
        .map(({ code, name, type, max, how, policy }, index) => ({ code: code.replace('A', module.code), name, type, max, how, policy, abilities: [abilities[(index + at) % 5].code] })),
    })),
  })),
  signals: [{ name: 'gripper_force', kind: 'real', unit: 'N', stale_after_ms: 2000 }, { name: 'grip_lost', kind: 'bool', unit: null, stale_after_ms: 2000 }],
  rules: [
    { id: 'lost-grip', aspect: 'A3.1', says: T('夹爪脱落', 'The grip was lost'), on: { rises: 'grip_lost' }, deduct: '1.00', at_most: '3.00' },
    { id: 'cycle-time', aspect: 'C3.1', says: T('节拍合格', 'Cycle time met'), on: { held: 'cycle_ok', for: '2s' }, award: '4.00' },
  ],
  ranking: { ties: [{ module: 'A' }, { practice: true }, { time: true }], shared: true }, teams: { total: 'sum', then: 'time' },
}

export const organisations = [
  { id: 'org_0', name: ORGANISATIONS[0], parent: null, kind: 'federation', path: '/0' },
  { id: 'org_1', name: ORGANISATIONS[1], parent: 'org_0', kind: 'enterprise', path: '/0/1' },
  { id: 'org_2', name: ORGANISATIONS[2], parent: 'org_0', kind: 'enterprise', path: '/0/2' },
  { id: 'org_3', name: ORGANISATIONS[3], parent: null, kind: 'department', path: '/3' },
]
export const persons = entries.slice(0, 40).map((each, at) => ({ id: `per_${at}`, name: each.name, gender: null, organisation: each.organisation, organisation_name: each.organisation_name, phone: at % 3 ? null : `1380000${String(1000 + at)}` }))
export const accounts = judges.map((each, at) => ({ id: each.account, login: each.account.replace('acc_', 'judge-'), person: each.person, name: each.name, created_at: ago(9000), disabled_at: at === 7 ? ago(20) : null, has_password: at % 4 !== 1, roles: at === 8 ? [] : [{ role: at === 0 ? 'chief_judge' : 'judge', scope: { kind: 'contest', contest: CONTEST } }] }))

/** Nobody is left for one of them. */
function mayMark(verdict) {
  if (verdict.outcome !== 'undecided' || verdict.id === 'vrd_10') return []
  const venue = runs.find((each) => each.id === verdict.run).venue
  return judges.filter((each) => each.venue === venue).slice(1, 4).map((each) => [each.account, each.name])
}

export function controlTopic() {
  const set = {
    h: { contest: CONTEST, name: contests[0].name, state: contests[0].state, view: 'control', modules: [], abilities: [], groups: [], venues, teams: [], max: 10000, aspects: 64, started_at: NOW - 190 * 60_000 },
    s: { as_of: NOW, marks: 2418, verdicts: 913 },
    'v/ven_wz': { name: venues[0].name, state: 'open', link: 'up', lag_ms: 140, backlog: 0, seen_at: Date.now(), stations: 12, open_runs: 7 },
    'v/ven_xz': { name: venues[1].name, state: 'open', link: 'down', lag_ms: 41_300, backlog: 1820, seen_at: NOW - 41_300, stations: 8, open_runs: 4 },
  }
  for (const run of runs) {
    set[`c/${run.id}`] = { station: run.station, no: run.entry_no, module: run.module, state: run.state, elapsed_ms: run.elapsed_ms, at: run.at, added_ms: run.added_ms, venue: run.venue }
    if (run.state !== 'waiting') {
      const given = run.state === 'closed' ? 18 : 6 + (Number(run.entry_no) % 11)
      set[`sh/${run.id}`] = { no: run.entry_no, module: run.module, station: run.station, expected: 21, given, missing: run.state === 'closed' ? [{ judge: '王秀英', count: 2 }, { judge: '古丽娜尔·买买提', count: 1 }] : [{ judge: '陈伟', count: 21 - given }] }
    }
  }
  judges.forEach((judge, at) => (set[`j/${judge.account}`] = { name: judge.name, venue: judge.venue, seen_at: at === 5 ? NOW - 400_000 : Date.now() - at * 900, unsent: at === 5 ? 3 : 0 }))
  set['al/run_01/A2.1'] = { kind: 'spread', no: runs[0].entry_no, aspect: 'A2.1', detail: T('三位裁判给出 0、2、3 级，极差 3 超过限值 1，已开第二轮。', 'Levels 0, 2 and 3: a spread of 3 is above the limit of 1; round 2 is open.'), at: NOW - 240_000 }
  set['al/run_03/-'] = { kind: 'problem', no: runs[2].entry_no, aspect: '', detail: T('欧阳建国：护栏门锁松动，选手要求停表检查。', 'Ouyang Jianguo: the guard’s lock is loose; the competitor asks to stop the clock.'), at: NOW - 120_000 }
  set['al/run_15/D1.2'] = { kind: 'undecided', no: runs[14].entry_no, aspect: 'D1.2', detail: T('分赛场断线期间缺少数据，请裁判判定。', 'Samples are missing for the time the venue was cut off; a judge has to decide.'), at: NOW - 30_000 }
  for (const verdict of verdicts.filter((each) => each.waits)) {
    set[`vd/${verdict.id}`] = { run: verdict.run, no: verdict.entry_no, aspect: verdict.aspect, rule: verdict.rule, at: verdict.at_ms, marks: Math.round(Number(verdict.marks) * 100), outcome: verdict.outcome, unknown: verdict.evidence.unknown ?? [], by_hand: mayMark(verdict), sentence: verdict.evidence.sentence }
  }
  return set
}
