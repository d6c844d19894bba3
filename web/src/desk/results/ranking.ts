/** A result as rows: who stands where and by what, who has which prize. Pure. */

import type { Award, Ranked, RankedTeam, Results } from '@shared/api/results'
import { formatElapsed } from '@shared/marks'
import type { Text } from '@shared/text'

export interface RankRow extends Ranked {
  /** Empty where the asker may see numbers only. */
  name: string
  organisation: Text | null
  teamName: Text | string | null
  prizes: Award[]
}
export interface TeamRow extends RankedTeam {
  members: RankRow[]
  prizes: Award[]
}

const LAST = Number.MAX_SAFE_INTEGER
/** Who has no rank stands behind all who have one. */
export const rankOrder = (rank: number | null) => rank ?? LAST
const byNumber = new Intl.Collator('en', { numeric: true }).compare

function gathered<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key | null): Map<Key, Item[]> {
  const found = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === null) continue
    const there = found.get(key)
    if (there) there.push(item)
    else found.set(key, [item])
  }
  return found
}

/** In the order of ranks; within one rank by number. */
export function rankRows({ standing, names }: Results): RankRow[] {
  const named = new Map(names.map((each) => [each.entry, each]))
  const teams = new Map(standing.teams.map((team) => [team.team, team.name]))
  const prizes = gathered(standing.prizes, (prize) => prize.entry)
  return standing.entries
    .map((entry) => ({
      ...entry,
      name: named.get(entry.entry)?.name ?? '',
      organisation: named.get(entry.entry)?.organisation ?? null,
      teamName: entry.team === null ? null : (teams.get(entry.team) ?? null),
      prizes: prizes.get(entry.entry) ?? [],
    }))
    .sort((a, b) => rankOrder(a.rank) - rankOrder(b.rank) || byNumber(a.no, b.no))
}

export function teamRows({ standing }: Results, rows: readonly RankRow[]): TeamRow[] {
  const members = gathered(rows, (row) => row.team)
  const prizes = gathered(standing.prizes, (prize) => prize.team)
  return standing.teams
    .map((team) => ({ ...team, members: members.get(team.team) ?? [], prizes: prizes.get(team.team) ?? [] }))
    .sort((a, b) => rankOrder(a.rank) - rankOrder(b.rank) || byNumber(a.team, b.team))
}

/** One group by itself: its own ranks lead. Empty: the whole field. */
export function inGroup(rows: readonly RankRow[], group: string): RankRow[] {
  if (group === '') return [...rows]
  return rows.filter((row) => row.group === group).sort((a, b) => rankOrder(a.group_rank) - rankOrder(b.group_rank) || byNumber(a.no, b.no))
}

/** One kind of prize in one group, and everybody who has it. */
export interface PrizeKind {
  key: string
  name: Text
  group: string | null
  /** Of teams; otherwise of competitors. */
  teams: boolean
  awards: Award[]
}

/** In the order in which the result lists them, which is that of the rule set. */
export function prizeKinds(prizes: readonly Award[]): PrizeKind[] {
  const kinds = gathered(prizes, (prize) => `${prize.group ?? ''}/${prize.prize}`)
  return [...kinds].map(([key, all]) => {
    const [first] = all as [Award, ...Award[]]
    return { key, name: first.name, group: first.group, teams: first.team !== null, awards: [...all].sort((a, b) => rankOrder(a.rank) - rankOrder(b.rank)) }
  })
}

/** The codes that a result has marks for: in the order of the scheme, and then whatever else it has. */
export function codesIn(rows: readonly Ranked[], part: 'modules' | 'abilities', order: readonly string[]): string[] {
  const found = new Set(rows.flatMap((row) => Object.keys(row[part])))
  return [...order.filter((code) => found.has(code)), ...[...found].filter((code) => !order.includes(code)).sort(byNumber)]
}

/** The marks of one competitor by module, `A1.2` in `A`; null at those of `known` that have none. */
export function aspectsByModule(aspects: Ranked['aspects'], known: Iterable<string>, moduleOf: (aspect: string) => string): { module: string; aspects: { code: string; mark: string | null }[] }[] {
  const all = [...new Set([...known, ...Object.keys(aspects)])].map((code) => ({ code, mark: aspects[code] ?? null })).sort((a, b) => byNumber(a.code, b.code))
  return [...gathered(all, (each) => moduleOf(each.code))].map(([module, list]) => ({ module, aspects: list }))
}

export const timeOf = (ms: number | null) => (ms === null ? '–' : formatElapsed(ms))
