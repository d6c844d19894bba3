// The result of the fixture's contest: 77 competitors in three groups, 17 teams, prizes by shares, who has signed. Deterministic; a mark
// can be changed, and then the digest is another and the signatures are stale.
import { createHash } from 'node:crypto'
import { CONTEST, contests, entries, groups, modules, scheme } from './scene.mjs'

const T = (zh, en) => ({ zh, en })
let seed = 20261205
const chance = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32
const marks = (hundredths) => `${hundredths < 0 ? '-' : ''}${Math.trunc(Math.abs(hundredths) / 100)}.${String(Math.abs(hundredths) % 100).padStart(2, '0')}`
const CITIES = [['温州', 'Wenzhou'], ['徐州', 'Xuzhou'], ['苏州', 'Suzhou'], ['泰州', 'Taizhou'], ['杭州', 'Hangzhou'], ['宁波', 'Ningbo'], ['台州', 'Taizhou (Zhejiang)'], ['无锡', 'Wuxi'], ['常州', 'Changzhou'], ['南通', 'Nantong'], ['扬州', 'Yangzhou'], ['合肥', 'Hefei'], ['芜湖', 'Wuhu'], ['上海', 'Shanghai'], ['吴江', 'Wujiang'], ['绍兴', 'Shaoxing'], ['国网江苏省电力有限公司苏州市吴江区供电分公司', 'State Grid Jiangsu, Wujiang Branch']]
const aspects = scheme.modules.flatMap((module) => module.criteria.flatMap((criterion) => criterion.aspects.map((aspect) => ({ ...aspect, module: module.code }))))
const hundredths = (text) => Math.round(Number(text) * 100)

const given = entries.map((entry, at) => {
  const skill = 0.35 + chance() * 0.6
  const each = Object.fromEntries(aspects.map((aspect) => [aspect.code, at === 76 ? null : Math.round((hundredths(aspect.max) * Math.min(1, Math.max(0, skill + (chance() - 0.5) * 0.5))) / 25) * 25]))
  return { entry, team: at < 68 ? `org_t${at % 17}` : null, each, theory: at === 76 ? 0 : Math.round(skill * 1500) + 300, time_ms: at === 76 ? null : 9_000_000 + Math.round(chance() * 3_600_000) }
})

/** Equal totals share a rank. */
function ranks(rows, value) {
  const sorted = [...rows].sort((a, b) => value(b) - value(a))
  return new Map(sorted.map((row) => [row, sorted.findIndex((other) => value(other) === value(row)) + 1]))
}

let told = null
function standing() {
  if (told) return told
  const rows = given.map(({ entry, team, each, theory, time_ms: time }) => {
    const sum = (keep) => aspects.filter(keep).reduce((all, aspect) => all + (each[aspect.code] ?? 0), 0)
    const raw = Object.fromEntries(modules.map((module) => [module.code, sum((aspect) => aspect.module === module.code)]))
    const most = Object.fromEntries(modules.map((module) => [module.code, aspects.filter((aspect) => aspect.module === module.code).reduce((all, aspect) => all + hundredths(aspect.max), 0)]))
    const module = Object.fromEntries(modules.map(({ code, max }) => [code, Math.round((raw[code] / most[code]) * hundredths(max) * 0.8)]))
    const practice = Object.values(module).reduce((all, mark) => all + mark, 0)
    const total = time === null ? null : practice + theory
    return {
      entry: entry.id, no: entry.no, group: entry.group, team, total, practice, theory, time_ms: time, module,
      abilities: Object.fromEntries(scheme.abilities.map((ability) => {
        const keep = (aspect) => aspect.abilities.includes(ability.code)
        const most = aspects.filter(keep).reduce((all, aspect) => all + hundredths(aspect.max), 0)
        return [ability.code, marks(Math.round((sum(keep) / most) * hundredths(ability.max)))]
      })),
      aspects: Object.fromEntries(aspects.map((aspect) => [aspect.code, marks(each[aspect.code] ?? 0)]).filter(([code]) => each[code] !== null)),
    }
  })
  const field = rows.filter((row) => row.total !== null)
  const overall = ranks(field, (row) => row.total)
  const inGroups = new Map(groups.flatMap(({ code }) => [...ranks(field.filter((row) => row.group === code), (row) => row.total)]))
  const ahead = (row, all, rankOf) => [...all].filter((other) => rankOf.get(other) > rankOf.get(row)).sort((a, b) => rankOf.get(a) - rankOf.get(b))[0]
  const why = (row, all, rankOf) => {
    if (row.total === null) return T('没有成绩，不排名。', 'Has no marks and is not ranked.')
    const shares = all.filter((other) => other !== row && rankOf.get(other) === rankOf.get(row))
    if (shares.length) return T(`与 ${shares.map((other) => other.no).join('、')} 并列：总分同为 ${marks(row.total)}，各模块和用时也相同。`, `Level with ${shares.map((other) => other.no).join(', ')}: ${marks(row.total)} each, and the same in every module and in time.`)
    const other = ahead(row, all, rankOf)
    return other ? T(`领先于 ${other.no}：总分 ${marks(row.total)} 对 ${marks(other.total)}。`, `Ahead of ${other.no} by total, ${marks(row.total)} to ${marks(other.total)}.`) : T('排在最后：没有人的总分更低。', 'Last: nobody has a lower total.')
  }
  const teams = CITIES.map(([zh, en], at) => {
    const members = field.filter((row) => row.team === `org_t${at}`)
    return { team: `org_t${at}`, name: T(`${zh}代表队`, `${en} team`), sum: members.reduce((all, row) => all + row.total, 0), time_ms: members.reduce((all, row) => all + row.time_ms, 0) }
  })
  const teamRank = ranks(teams, (team) => team.sum)
  const prizes = []
  const KINDS = [['first', T('一等奖', 'first prize'), 0, 0.1], ['second', T('二等奖', 'second prize'), 0.1, 0.3], ['third', T('三等奖', 'third prize'), 0.3, 0.6]]
  for (const { code } of groups) {
    const ranked = field.filter((row) => row.group === code).sort((a, b) => inGroups.get(a) - inGroups.get(b))
    for (const [prize, name, from, to] of KINDS) {
      const [first, last] = [Math.round(ranked.length * from) + 1, Math.round(ranked.length * to)]
      for (const row of ranked.filter((each) => inGroups.get(each) >= first && inGroups.get(each) <= last)) {
        const unmet = row.total < 4000
        if (!unmet) prizes.push({ prize, name, group: code, rank: inGroups.get(row), points: null, entry: row.entry, team: null, why: T(`第 ${inGroups.get(row)} 名。${name.zh}为有名次的 ${ranked.length} 人的 ${Math.round((to - from) * 100)}%（四舍五入），共 ${last - first + 1} 个，授予第 ${first} 至 ${last} 位。`, `Rank ${inGroups.get(row)}. ${name.en[0].toUpperCase()}${name.en.slice(1)} is for ${Math.round((to - from) * 100)}% of the ${ranked.length} ranked, rounded to the nearest: ${last - first + 1}, places ${first} to ${last}.`) })
      }
    }
  }
  for (const [prize, name, from, to] of [['team-first', T('团体一等奖', 'first team prize'), 1, 5], ['team-second', T('团体二等奖', 'second team prize'), 6, 20]]) {
    for (const team of teams.filter((each) => teamRank.get(each) >= from && teamRank.get(each) <= to).sort((a, b) => teamRank.get(a) - teamRank.get(b))) {
      prizes.push({ prize, name, group: null, rank: teamRank.get(team), points: null, entry: null, team: team.team, why: T(`第 ${teamRank.get(team)} 名。${name.zh}授予第 ${from} 至 ${to} 位。`, `Rank ${teamRank.get(team)}. ${name.en[0].toUpperCase()}${name.en.slice(1)} goes to places ${from} to ${to}.`) })
    }
  }
  if (process.env.GUILDHALL_RULES === 'none') prizes.length = 0
  told = {
    format: 'guildhall/results/1', contest: CONTEST, name: contests[0].name, scheme: { id: scheme.id, version: 1, hash: scheme.hash },
    rule_set: process.env.GUILDHALL_RULES === 'none' ? null : { id: 'china-industry-final', version: 1, hash: 'b3:5d0e77' },
    entries: rows.map((row) => ({
      ...row, module: undefined, modules: Object.fromEntries(Object.entries(row.module).map(([code, mark]) => [code, marks(mark)])),
      total: marks(row.total ?? 0), practice: marks(row.practice), theory: marks(row.theory), rank: overall.get(row) ?? null, group_rank: inGroups.get(row) ?? null,
      why: why(row, field, overall), why_in_group: why(row, field.filter((other) => other.group === row.group), inGroups),
    })),
    teams: teams.map((team) => ({ team: team.team, name: team.name, rank: teamRank.get(team), total: marks(team.sum), time_ms: team.time_ms, why: T(`四名队员总分之和 ${marks(team.sum)}。`, `The totals of its members come to ${marks(team.sum)}.`) })),
    prizes,
  }
  return told
}

const SIGNERS = ['chief_judge', 'supervisor']
const signed = new Map()
export let changedAt = 0
const digest = () => createHash('sha256').update(JSON.stringify(standing())).digest('hex')

export function changeAMark() {
  const first = given[4].each
  first['A1.1'] = first['A1.1'] === 0 ? 200 : 0
  told = null
  changedAt = Date.now()
}
/** Of a signature that is stale, by whom and when is told no more. */
const signatureOf = (role) => {
  const found = signed.get(role)
  return found?.digest === digest() ? { signed_at: found.at, by: found.by, is_stale: false } : { signed_at: null, by: null, is_stale: found !== undefined }
}
export const missing = () => SIGNERS.filter((role) => signed.get(role)?.digest !== digest())
export const results = () => ({
  state: contests[0].state, digest: digest(),
  signatures: SIGNERS.map((role) => ({ role, ...signatureOf(role) })),
  standing: standing(), names: entries.map((entry) => ({ entry: entry.id, name: entry.name, organisation: entry.organisation_name })),
})
export const sign = (role, by) => signed.set(role, { by, at: new Date().toISOString(), digest: digest() })
export const isCurrent = (seen) => seen === digest()
if (process.env.GUILDHALL_SIGNED) for (const [at, role] of SIGNERS.entries()) if (process.env.GUILDHALL_SIGNED.includes(role)) sign(role, ['李国强', '沈文斌'][at])
if (process.env.GUILDHALL_STALE) changeAMark()
