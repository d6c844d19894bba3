import { expect, it } from 'vitest'
import { contestOf, feedersOf, targetsFor, toConfirm, type AdvanceRow, type SeasonContest, type SeasonShown } from './seasons'

const contest = (id: string, trades: string[], target: string | null = null) => ({ id, trades, target }) as SeasonContest
const season = {
  tiers: [
    { code: 'first', contests: [contest('a', ['fitter'], 'c'), contest('b', ['fitter', 'baker'], 'c')] },
    { code: 'second', contests: [contest('c', ['fitter']), contest('d', ['baker'])] },
    { code: 'last', contests: [] },
  ],
} as unknown as SeasonShown

it('those who advance go to a contest of the next tier with one of the trades', () => {
  const ids = (tier: string, trades: string[], id = 'x') => targetsFor(season, tier, trades, id).map((each) => each.id)
  expect(ids('first', ['fitter'])).toEqual(['c'])
  expect(ids('first', ['fitter', 'baker'])).toEqual(['c', 'd'])
  expect(ids('first', ['baker'], 'd')).toEqual([])
  expect(ids('first', [])).toEqual([])
  expect(ids('second', ['fitter'])).toEqual([])
  expect(ids('last', ['fitter'])).toEqual([])
  expect(ids('nowhere', ['fitter'])).toEqual([])
})

it('a contest is found in its tier, with those that feed it', () => {
  expect(contestOf(season, 'd')?.id).toBe('d')
  expect(contestOf(season, null)).toBeUndefined()
  expect([feedersOf(season, 'c'), feedersOf(season, 'd')]).toEqual([2, 0])
})

it('only those without a place are confirmed', () => {
  const row = (outcome: string, place: unknown) => ({ outcome, place }) as AdvanceRow
  expect(toConfirm([row('advances', null), row('advances', { state: 'offered' }), row('next_in_line', null), row('stays', null)])).toHaveLength(1)
})
