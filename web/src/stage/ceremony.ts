/**
 * The order of a ceremony: group by group, in each prize by prize from the last to the first, in each prize from the last rank up; what is
 * tied is revealed together. Without prizes everybody who has a rank, from the last up.
 *
 * Invariants: pure. Going on from the beginning shows everybody who has a prize exactly once as new, and nobody before somebody whom he beat
 * in the same prize. A prize that waits for an appeal is not shown; that it waits is.
 */
import type { Award, Results } from '@shared/api/results'
import type { Text } from '@shared/text'

export interface Winner {
  id: string
  name: Text | string
  /** His number, where the contest shows no names. */
  no: string
  org: Text | string
  group: string
  team: Text | string
  rank: number | null
  total: string
  points: string | null
}

export interface Prize {
  code: string
  /** `null`: there are no prizes, only ranks. */
  name: Text | null
  winners: number
  /** So many more wait for the answer to an appeal. */
  waiting: number
}

export type Step =
  | { kind: 'opening' }
  | { kind: 'prize'; prize: Prize }
  | { kind: 'reveal'; prize: Prize; winners: readonly Winner[]; before: readonly Winner[] }
  /** All who have it, the best first. */
  | { kind: 'roll'; prize: Prize; winners: readonly Winner[]; page: number; pages: number }

export interface Chapter {
  /** `group/` and its code, `*` for the whole field, `teams` for teams. */
  key: string
  kind: 'field' | 'group' | 'teams'
  steps: readonly Step[]
}

/** Where the ceremony stands: in which chapter, and how far each has come. */
export interface Place {
  chapter: number
  at: readonly number[]
}

/** So many names are read on one picture. */
export const ROLL_MOST = 24


const last = (ranks: readonly Winner[]) => [...ranks].sort((a, b) => (b.rank ?? Infinity) - (a.rank ?? Infinity) || a.no.localeCompare(b.no, 'en', { numeric: true }))

/** Those of one rank stand together; who has none, alone. */
function tied(winners: readonly Winner[]): Winner[][] {
  const groups: Winner[][] = []
  for (const winner of last(winners)) {
    const before = groups.at(-1)
    if (before && winner.rank !== null && before[0]?.rank === winner.rank) before.push(winner)
    else groups.push([winner])
  }
  return groups
}

function stepsOf(prize: Prize, winners: readonly Winner[]): Step[] {
  const steps: Step[] = [{ kind: 'prize', prize }]
  const seen: Winner[] = []
  for (const together of tied(winners)) {
    steps.push({ kind: 'reveal', prize, winners: together, before: [...seen].reverse() })
    seen.push(...together)
  }
  const pages = winners.length > 1 && prize.name !== null ? Math.ceil(winners.length / ROLL_MOST) : 0
  const best = [...seen].reverse()
  for (let page = 0; page < pages; page += 1) steps.push({ kind: 'roll', prize, winners: best.slice(page * ROLL_MOST, (page + 1) * ROLL_MOST), page, pages })
  return steps
}

const FIELD = '*'
const TEAMS = 'teams'
const GROUP = 'group/'
const kindOf = (key: string): Chapter['kind'] => (key === FIELD ? 'field' : key === TEAMS ? 'teams' : 'group')

/** `groups`: their codes in the order in which the scheme names them. */
export function chaptersOf(results: Results, groups: readonly string[]): Chapter[] {
  const { entries, teams, prizes } = results.standing
  const named = new Map(results.names.map((each) => [each.entry, each]))
  const teamNames = new Map(teams.map((team) => [team.team, team.name]))
  const winnerOf = new Map<string, Winner>()
  for (const entry of entries) {
    const person = named.get(entry.entry)
    winnerOf.set(entry.entry, {
      id: entry.entry, name: person?.name ?? '', no: entry.no, org: person?.organisation ?? '', group: entry.group, team: teamNames.get(entry.team ?? '') ?? '',
      rank: entry.rank, total: entry.total, points: null,
    })
  }
  for (const team of teams) {
    winnerOf.set(team.team, { id: team.team, name: team.name, no: '', org: '', group: '', team: '', rank: team.rank, total: team.total, points: null })
  }
  const order = [...groups.map((code) => GROUP + code), FIELD, TEAMS]
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : groups.length - 0.5)
  if (prizes.length === 0) return [FIELD, TEAMS].flatMap((key) => ranked(key, (key === TEAMS ? teams.map((team) => team.team) : entries.map((entry) => entry.entry)).flatMap((id) => winnerOf.get(id) ?? [])))

  const chapters = new Map<string, Map<string, Award[]>>()
  for (const award of prizes) {
    const key = award.team !== null ? TEAMS : award.group === null ? FIELD : GROUP + award.group
    const chapter = chapters.get(key) ?? new Map<string, Award[]>()
    chapters.set(key, chapter)
    chapter.set(award.prize, [...(chapter.get(award.prize) ?? []), award])
  }
  return [...chapters]
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
    .map(([key, chapter]) => ({
      key,
      kind: kindOf(key),
      steps: [
        { kind: 'opening' } as const,
        ...[...chapter.values()].reverse().flatMap((awards) => {
          const given = awards.filter((award) => !award.waits_for?.length)
          const winners = given.flatMap((award) => {
            const known = winnerOf.get(award.entry ?? award.team ?? '')
            return known ? [{ ...known, rank: award.rank, points: award.points }] : []
          })
          const [first] = awards
          const prize = { code: first?.prize ?? '', name: first?.name ?? null, winners: winners.length, waiting: awards.length - given.length }
          return stepsOf(prize, winners)
        }),
      ],
    }))
}

function ranked(key: string, all: readonly Winner[]): Chapter[] {
  const winners = all.filter((each) => each.rank !== null)
  if (winners.length === 0) return []
  const prize = { code: '', name: null, winners: winners.length, waiting: 0 }
  // Ranks alone have no title of their own.
  return [{ key, kind: kindOf(key), steps: [{ kind: 'opening' }, ...stepsOf(prize, winners).slice(1)] }]
}

/** The code of the group that it is of. */
export const groupOf = (chapter: Chapter) => (chapter.kind === 'group' ? chapter.key.slice(GROUP.length) : null)

export const beginning = (chapters: readonly Chapter[]): Place => ({ chapter: 0, at: chapters.map(() => 0) })

export const stepAt = (chapters: readonly Chapter[], place: Place): Step | undefined => chapters[place.chapter]?.steps[place.at[place.chapter] ?? 0]

const clamp = (n: number, most: number) => Math.max(0, Math.min(n, most))

function to(chapters: readonly Chapter[], place: Place, chapter: number, step: number): Place {
  const which = clamp(chapter, chapters.length - 1)
  const most = (chapters[which]?.steps.length ?? 1) - 1
  return { chapter: which, at: chapters.map((_, at) => (at === which ? clamp(step, most) : (place.at[at] ?? 0))) }
}

export type Move = 'next' | 'back' | 'next-prize' | 'first' | 'last' | 'next-group' | { group: number }

/** From the end of a group it goes on to the next one, where that has come to; back, likewise. Another group is found where it was left. */
export function moved(chapters: readonly Chapter[], place: Place, move: Move): Place {
  const { chapter } = place
  const steps = chapters[chapter]?.steps ?? []
  const step = place.at[chapter] ?? 0
  if (typeof move === 'object') return to(chapters, place, move.group, place.at[clamp(move.group, chapters.length - 1)] ?? 0)
  switch (move) {
    case 'next':
      if (step < steps.length - 1) return to(chapters, place, chapter, step + 1)
      return chapter < chapters.length - 1 ? to(chapters, place, chapter + 1, place.at[chapter + 1] ?? 0) : place
    case 'back':
      if (step > 0) return to(chapters, place, chapter, step - 1)
      return chapter > 0 ? to(chapters, place, chapter - 1, place.at[chapter - 1] ?? 0) : place
    case 'next-prize': {
      const next = steps.findIndex((each, at) => at > step && each.kind === 'prize')
      return next > 0 ? to(chapters, place, chapter, next) : moved(chapters, to(chapters, place, chapter, steps.length - 1), 'next')
    }
    case 'first':
      return to(chapters, place, chapter, 0)
    case 'last':
      return to(chapters, place, chapter, steps.length - 1)
    case 'next-group': {
      const next = chapters.length === 0 ? 0 : (chapter + 1) % chapters.length
      return to(chapters, place, next, place.at[next] ?? 0)
    }
  }
}

export const isAtEnd = (chapters: readonly Chapter[], place: Place) => place.chapter === chapters.length - 1 && (place.at[place.chapter] ?? 0) === (chapters[place.chapter]?.steps.length ?? 1) - 1

/** What a key asks for; nothing where it means nothing here. */
export type Wish = Move | 'full' | 'help' | 'play'

export function wishOf(key: string): Wish | null {
  if (/^[1-9]$/.test(key)) return { group: Number(key) - 1 }
  switch (key) {
    case ' ': case 'ArrowRight': case 'ArrowDown': case 'Enter': return 'next'
    case 'ArrowLeft': case 'ArrowUp': case 'Backspace': return 'back'
    case 'PageDown': return 'next-prize'
    case 'Home': return 'first'
    case 'End': return 'last'
    case 'g': case 'G': return 'next-group'
    case 'f': case 'F': return 'full'
    case 'h': case 'H': case '?': return 'help'
    case 'p': case 'P': return 'play'
    default: return null
  }
}

/** A place as it is kept on the device. It is of one result: of another one it says nothing. */
export const kept = (digest: string, place: Place) => JSON.stringify({ digest, ...place })

export function recalled(text: string | null, digest: string, chapters: readonly Chapter[]): Place {
  try {
    const found = JSON.parse(text ?? '') as Partial<Place> & { digest?: string }
    const fits = found.digest === digest && Array.isArray(found.at) && found.at.length === chapters.length && found.at.every((each) => Number.isInteger(each)) && Number.isInteger(found.chapter)
    if (fits) return { chapter: clamp(found.chapter ?? 0, chapters.length - 1), at: chapters.map((each, at) => clamp(found.at?.[at] ?? 0, each.steps.length - 1)) }
  } catch {
    // Nothing is kept, or another program wrote it.
  }
  return beginning(chapters)
}

/** Who sees this result before everybody does, and what it lacks to be revealed. */
export const unsignedRoles = (results: Results) => (results.state === 'final' ? [] : results.signatures.filter((each) => each.signed_at === null).map((each) => each.role))
