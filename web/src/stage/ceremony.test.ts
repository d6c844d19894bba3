import { describe, expect, it } from 'vitest'
import type { Award, Ranked, Results } from '@shared/api/results'
import { beginning, chaptersOf, isAtEnd, kept, moved, recalled, ROLL_MOST, stepAt, unsignedRoles, wishOf, type Chapter, type Move, type Place, type Winner } from './ceremony'

const text = (words: string) => ({ zh: words, en: words })
const entry = (nth: number, group: string, rank: number | null): Ranked =>
  ({ entry: `e${nth}`, no: `K${nth}`, group, team: nth % 2 ? 't1' : 't2', rank, group_rank: rank, total: `${100 - nth}.00` }) as unknown as Ranked
const award = (prize: string, group: string | null, rank: number | null, to: Partial<Award>): Award => ({ prize, name: text(prize), group, rank, points: null, entry: null, team: null, why: text(''), ...to })
const results = (entries: Ranked[], prizes: Award[], more: Partial<Results> = {}): Results =>
  ({
    state: 'final', digest: 'd', signatures: [], waits: [],
    names: entries.map((each) => ({ entry: each.entry, name: `name ${each.entry}`, organisation: text('org') })),
    standing: { entries, teams: [{ team: 't1', name: text('Team 1'), rank: 1, total: '150.00' }, { team: 't2', name: text('Team 2'), rank: 2, total: '140.00' }], prizes },
    ...more,
  }) as unknown as Results

const FIELD = [1, 2, 3, 4, 5, 6, 7].map((nth) => entry(nth, nth <= 4 ? 'workers' : 'students', nth))
const PRIZES = [
  award('first', 'students', 1, { entry: 'e5' }),
  award('first', 'workers', 1, { entry: 'e1' }),
  award('second', 'workers', 2, { entry: 'e2' }),
  award('second', 'workers', 2, { entry: 'e3' }),
  award('second', 'workers', 4, { entry: 'e4' }),
  award('second', 'students', 2, { entry: 'e6', waits_for: ['e7'] }),
  award('team-first', null, 1, { team: 't1' }),
  award('fair-play', null, null, { entry: 'e7' }),
]
const GROUPS = ['workers', 'students']
const says = (chapters: readonly Chapter[]) =>
  chapters.map((chapter) => [
    chapter.key,
    ...chapter.steps.map((step) => (step.kind === 'opening' ? '-' : step.kind === 'prize' ? `${step.prize.code}×${step.prize.winners}+${step.prize.waiting}` : `${step.kind} ${step.winners.map((each) => each.id).join(' ')}`)),
  ])

describe('the order of a ceremony', () => {
  it('is group by group, from the last prize to the first, from the last rank up, the tied together', () => {
    expect(says(chaptersOf(results(FIELD, PRIZES), GROUPS))).toEqual([
      ['group/workers', '-', 'second×3+0', 'reveal e4', 'reveal e2 e3', 'roll e3 e2 e4', 'first×1+0', 'reveal e1'],
      ['group/students', '-', 'second×0+1', 'first×1+0', 'reveal e5'],
      ['*', '-', 'fair-play×1+0', 'reveal e7'],
      ['teams', '-', 'team-first×1+0', 'reveal t1'],
    ])
  })
  it('tells of each winner what is read aloud', () => {
    const step = chaptersOf(results(FIELD, PRIZES), GROUPS)[0]?.steps[2]
    expect(step?.kind === 'reveal' && step.winners[0]).toEqual({ id: 'e4', name: 'name e4', no: 'K4', org: text('org'), group: 'workers', team: text('Team 2'), rank: 4, total: '96.00', points: null })
    // A contest that shows no names is revealed by numbers.
    const blind = chaptersOf(results(FIELD, PRIZES, { names: [] }), GROUPS)[0]?.steps[2]
    expect(blind?.kind === 'reveal' && [blind.winners[0]?.name, blind.winners[0]?.no]).toEqual(['', 'K4'])
  })
  it('is of the ranks where there are no prizes, and of nothing where there are none', () => {
    const [field, teams, ...rest] = says(chaptersOf(results([...FIELD.slice(0, 2), entry(8, 'workers', null)], []), GROUPS))
    expect([field, teams, rest]).toEqual([['*', '-', 'reveal e2', 'reveal e1'], ['teams', '-', 'reveal t2', 'reveal t1'], []])
    const none = results([entry(1, 'workers', null)], [])
    none.standing.teams = []
    expect(chaptersOf(none, GROUPS)).toEqual([])
  })
  it('shows a long roll in pages', () => {
    const many = Array.from({ length: ROLL_MOST * 2 + 1 }, (_, at) => entry(at + 1, 'workers', at + 1))
    const [chapter] = chaptersOf(results(many, many.map((each) => award('third', 'workers', each.rank, { entry: each.entry }))), GROUPS)
    const rolls = chapter!.steps.filter((step) => step.kind === 'roll')
    expect(rolls.map((step) => [step.winners.length, step.winners[0]?.rank, step.page, step.pages])).toEqual([[24, 1, 0, 3], [24, 25, 1, 3], [1, 49, 2, 3]])
  })
})

describe('going through it', () => {
  const chapters = chaptersOf(results(FIELD, PRIZES), GROUPS)
  const go = (moves: Move[], from: Place = beginning(chapters)) => moves.reduce((place, move) => moved(chapters, place, move), from)
  const where = (place: Place) => [place.chapter, place.at[place.chapter]]

  it('reveals everybody once, and nobody before somebody whom he beat in the same prize', () => {
    let place = beginning(chapters)
    const seen: [string, Winner][] = []
    for (let n = 0; n < 100; n += 1) {
      const step = stepAt(chapters, place)
      if (step?.kind === 'reveal') for (const winner of step.winners) seen.push([`${chapters[place.chapter]?.key}/${step.prize.code}`, winner])
      if (isAtEnd(chapters, place)) break
      place = moved(chapters, place, 'next')
    }
    expect(seen.map(([, winner]) => winner.id)).toEqual(['e4', 'e2', 'e3', 'e1', 'e5', 'e7', 't1'])
    seen.forEach(([prize, winner], at) => seen.slice(at + 1).filter(([other]) => other === prize).forEach(([, later]) => expect(later.rank ?? 0).toBeLessThanOrEqual(winner.rank ?? Infinity)))
    expect(moved(chapters, place, 'next')).toBe(place)
  })
  it('goes back the same way, and no further than the beginning', () => {
    const forth = Array.from({ length: 9 }, () => 'next' as const)
    expect(where(go([...forth, ...forth.map(() => 'back' as const)]))).toEqual([0, 0])
    expect(where(go(['back']))).toEqual([0, 0])
  })
  it('finds a group where it was left', () => {
    const place = go(['next', 'next', { group: 1 }, 'next', 'next-group', { group: 0 }])
    expect(where(place)).toEqual([0, 2])
    expect(where(moved(chapters, place, { group: 1 }))).toEqual([1, 1])
    expect(where(go([{ group: 8 }]))).toEqual([3, 0])
    expect(where(go(['next-group', 'next-group', 'next-group', 'next-group']))).toEqual([0, 0])
  })
  it('leaps to the ends of a group and to the next prize', () => {
    expect(where(go(['last']))).toEqual([0, 6])
    expect(where(go(['last', 'first']))).toEqual([0, 0])
    expect(where(go(['next-prize', 'next-prize']))).toEqual([0, 5])
    expect(where(go(['next-prize', 'next-prize', 'next-prize']))).toEqual([1, 0])
  })
  it('is found again after a reload, and begins anew with another result', () => {
    const place = go(['next', { group: 1 }, 'next'])
    expect(recalled(kept('d', place), 'd', chapters)).toEqual(place)
    for (const text of [kept('other', place), null, '', '{', '{}', '[]', 'null', '{"digest":"d","chapter":0,"at":[1]}', '{"digest":"d","chapter":"0","at":[1,1,1,1]}', '{"digest":"d","chapter":0,"at":["x",1,1,1]}']) expect(recalled(text, 'd', chapters), String(text)).toEqual(beginning(chapters))
    expect(where(recalled('{"digest":"d","chapter":9,"at":[1,1,1,99]}', 'd', chapters))).toEqual([3, 2])
  })
  it('survives having nothing to show', () => {
    for (const move of ['next', 'back', 'next-prize', 'first', 'last', 'next-group', { group: 3 }] as Move[]) expect(stepAt([], moved([], beginning([]), move))).toBeUndefined()
  })
})

it.each([
  [' ', 'next'], ['ArrowRight', 'next'], ['ArrowLeft', 'back'], ['Home', 'first'], ['End', 'last'], ['PageDown', 'next-prize'], ['g', 'next-group'], ['3', { group: 2 }], ['F', 'full'], ['h', 'help'], ['p', 'play'], ['0', null], ['x', null], ['Tab', null],
])('the key %j asks for %j', (key, wish) => {
  expect(wishOf(key)).toEqual(wish)
})

it('before it is published a result is revealed only with all its signatures', () => {
  const signatures = [{ role: 'chief_judge', signed_at: '2026-11-22T08:00:00.000Z' }, { role: 'supervisor', signed_at: null }] as Results['signatures']
  expect(unsignedRoles(results(FIELD, PRIZES, { state: 'review', signatures }))).toEqual(['supervisor'])
  expect(unsignedRoles(results(FIELD, PRIZES, { state: 'final', signatures }))).toEqual([])
})
