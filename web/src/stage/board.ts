/**
 * The board as rows: what the live topic holds, put in the order and the selection the spectator asked for.
 *
 * Invariant: pure. Search never hides a rank: a row keeps the rank it has in the field (or in its group when a group is
 * chosen), however few rows are left.
 */
import type { EntryHead, Head, RankRow, TeamRow } from '@shared/live/wire'
import { formatMark } from '@shared/marks'
import { inLanguage, type Language } from '@shared/text'

export interface BoardRow {
  id: string
  no: string
  name: string
  org: string
  team: string
  teamName: string
  venueName: string
  groupName: string
  venue: string
  group: string
  rank: number | null
  before: number | null
  /** `null`: nothing is marked. One that counts already stands here, done or not. */
  total: number | null
  /** `null`: nothing of the module is marked. */
  modules: (number | null)[]
  /** On the scale, once the result is final; empty where there is none. */
  points: string
}

export interface Selection {
  search: string
  group: string
  venue: string
  /** `rank`, `no`, or a module's code. */
  sort: string
}

type Names = Map<string, string>

function namesOf(list: readonly { id?: string; code?: string; name: unknown }[], language: Language): Names {
  return new Map(list.map((x) => [x.id ?? x.code ?? '', inLanguage(x.name as never, language)]))
}

/** `Named` looks up what heads only refer to by id; made once for each head and language. */
export interface Named {
  teams: Names
  venues: Names
  groups: Names
  language: Language
}

export function named(head: Head, language: Language): Named {
  return {
    teams: namesOf(head.teams, language),
    venues: namesOf(head.venues, language),
    groups: namesOf(head.groups, language),
    language,
  }
}

export function rowOf(id: string, entry: EntryHead, row: RankRow | undefined, names: Named, byGroup: boolean): BoardRow {
  return {
    id,
    no: entry.no ?? '',
    name: inLanguage(entry.name, names.language),
    org: inLanguage(entry.org, names.language),
    team: entry.team ?? '',
    teamName: names.teams.get(entry.team ?? '') ?? '',
    venue: entry.venue ?? '',
    venueName: names.venues.get(entry.venue ?? '') ?? '',
    group: entry.group ?? '',
    groupName: names.groups.get(entry.group ?? '') ?? '',
    rank: row ? (byGroup ? row[1] : row[0]) : null,
    // The earlier rank is known for the whole field only.
    before: row && !byGroup ? row[5] : null,
    total: totalOf(row),
    modules: row?.[3] ?? [],
    points: row?.[6] ?? '',
  }
}

/** Makes rows, and gives the same one again while nothing that it is made of has changed: so only what changed is drawn again. */
export function rowKeeper(): typeof rowOf {
  const kept = new Map<string, { of: readonly unknown[]; made: BoardRow }>()
  return (id, ...of) => {
    const known = kept.get(id)
    if (known && known.of.every((each, at) => each === of[at])) return known.made
    const made = rowOf(id, ...of)
    kept.set(id, { of, made })
    return made
  }
}

/** Who has a mark has a total, and a rank by it. */
export const totalOf = (row: RankRow | undefined): number | null => (row && (row[0] !== null || row[3].some((mark) => mark !== null)) ? row[2] : null)

const LAST = Number.MAX_SAFE_INTEGER
const byNumber = (a: { no: string; name: string }, b: { no: string; name: string }) =>
  a.no.localeCompare(b.no, 'en', { numeric: true }) || a.name.localeCompare(b.name, 'zh-CN')

export function arrange(rows: BoardRow[], selection: Selection, head: Pick<Head, 'modules'>): BoardRow[] {
  const words = selection.search.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const chosen = rows.filter((row) => {
    if (selection.group && row.group !== selection.group) return false
    if (selection.venue && row.venue !== selection.venue) return false
    if (words.length === 0) return true
    const text = `${row.no} ${row.name} ${row.org} ${row.teamName}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const module = head.modules.findIndex((m) => m.code === selection.sort)
  if (module >= 0) return chosen.sort((a, b) => (b.modules[module] ?? -1) - (a.modules[module] ?? -1) || byNumber(a, b))
  if (selection.sort === 'no') return chosen.sort(byNumber)
  return chosen.sort((a, b) => (a.rank ?? LAST) - (b.rank ?? LAST) || byNumber(a, b))
}

const COLUMNS = ['rank', 'no', 'name', 'org', 'team', 'group', 'venue', 'total', 'points']
export const titlesOf = (t: (key: string) => string): Record<string, string> => Object.fromEntries(COLUMNS.map((key) => [key, t(`board.${key}`)]))

/** One team, or one competitor in one ability. */
export interface ListRow {
  rank: number | null
  name: string
  no?: string
  members?: number
  /** `null`: nothing is marked yet. */
  total: number | null
}
export type ListSort = 'rank' | 'name' | 'members' | 'total'

/** Whoever has no rank yet stands last in the order of ranks; equals by name. */
export function sorted<Row extends ListRow>(rows: readonly Row[], sort: ListSort, language: Language): Row[] {
  const byName = new Intl.Collator(language, { numeric: true }).compare
  const names = (a: Row, b: Row) => byName(a.name || (a.no ?? ''), b.name || (b.no ?? ''))
  const first: Record<ListSort, (a: Row, b: Row) => number> = {
    rank: (a, b) => (a.rank ?? LAST) - (b.rank ?? LAST),
    name: () => 0,
    members: (a, b) => (b.members ?? 0) - (a.members ?? 0),
    total: (a, b) => (b.total ?? -1) - (a.total ?? -1),
  }
  return [...rows].sort((a, b) => first[sort](a, b) || names(a, b))
}

/** As a table for a spreadsheet. */
export function tableOf(rows: readonly BoardRow[], head: Head, titles: Record<string, string>, language: Language): (string | number)[][] {
  const first = ['rank', 'no', 'name', 'org', 'team', 'group', 'venue'].map((key) => titles[key] ?? key)
  const modules = head.modules.map((m) => inLanguage(m.name, language))
  const scaled = rows.some((r) => r.points !== '')
  const lines = rows.map((r) => [
    r.rank ?? '', r.no, r.name, r.org, r.teamName, r.groupName, r.venueName,
    ...head.modules.map((_, i) => (r.modules[i] === null || r.modules[i] === undefined ? '' : formatMark(r.modules[i]))),
    r.total === null ? '' : formatMark(r.total),
    ...(scaled ? [r.points] : []),
  ])
  return [[...first, ...modules, titles['total'] ?? 'total', ...(scaled ? [titles['points'] ?? 'points'] : [])], ...lines]
}

export interface TeamLine extends ListRow {
  id: string
  members: number
}

/** A team as the topic has it. One of which nobody has a mark has no rank, and its 0 is none either. */
export function teamOf(id: string, name: string, row: TeamRow | undefined): TeamLine {
  const [rank, total, members] = row ?? [null, 0, 0]
  return { id, name, rank, total: rank === null ? null : total, members }
}

/** Teams as a table for a spreadsheet, under `titles`. */
export const teamTable = (rows: readonly TeamLine[], titles: string[]): (string | number)[][] => [titles, ...rows.map((row) => [row.rank ?? '', row.name, row.members, row.total === null ? '' : formatMark(row.total)])]
