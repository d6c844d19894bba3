import { expect, it } from 'vitest'
import { Trades, type TradeList } from '@shared/calendar/calendar'
import { arranged, tableOf } from '../list/list'
import type { SeasonContest, SeasonShown } from './seasons'
import { columnsOf, left, narrows, NOTHING, tradesIn } from './tiers'

const contest = (id: string, trades: string[], state = 'draft', entries = 0) => ({ id, trades, state, entries, name: { zh: `${id}赛`, en: `Contest ${id}` }, host: id === 'b' ? { zh: '城东镇总工会', en: 'East town union' } : null, starts_at: '', advanced: 0 }) as unknown as SeasonContest
const season = {
  tiers: [
    { code: 'town', name: { zh: '镇', en: 'Town' }, contests: [contest('a', ['fitter'], 'final', 3), contest('b', ['baker'], 'live', 20)] },
    { code: 'city', name: { zh: '市', en: 'City' }, contests: [contest('c', ['fitter'])] },
  ],
} as unknown as SeasonShown
const trades = new Trades({ families: [], trades: [{ code: 'fitter', name: { zh: '钳工', en: 'Fitter' }, family: 'm' }] } as unknown as TradeList)
const columns = columnsOf(season, trades, 'zh-CN', (key) => key)
const all = season.tiers.flatMap((tier) => tier.contests)
const ids = (rows: readonly SeasonContest[]) => rows.map((each) => each.id)

it.each([
  ['Contest b', ['b']], ['b赛', ['b']], ['城东', ['b']], ['east', ['b']], ['钳工', ['a', 'c']], ['fitter', ['a', 'c']], ['baker', ['b']], ['钳工 c赛', ['c']], ['no such', []],
])('the words %s find %j, in either language', (search, expected) => expect(ids(arranged(all, columns, { search, sort: null }, 'zh-CN'))).toEqual(expected))

it('a state and a trade leave those that have both', () => {
  expect(ids(left(all, { ...NOTHING, state: 'final' }))).toEqual(['a'])
  expect(ids(left(all, { ...NOTHING, trade: 'fitter' }))).toEqual(['a', 'c'])
  expect(ids(left(all, { ...NOTHING, trade: 'fitter', state: 'live' }))).toEqual([])
})

it('the largest field comes first', () => expect(ids(arranged(all, columns, { search: '', sort: { key: 'entries', down: false } }, 'zh-CN'))).toEqual(['b', 'a', 'c']))
it('an order alone hides nothing', () => expect([narrows({ ...NOTHING, sort: 'name' }), narrows({ ...NOTHING, q: ' ' }), narrows({ ...NOTHING, tier: 'town' })]).toEqual([false, false, true]))
it('a file has the tier of each contest', () => expect(tableOf(all, columns).map((row) => row[0])).toEqual(['season.tier', '镇', '镇', '市']))
it('each trade of the season is offered once', () => expect(tradesIn(season)).toEqual(['fitter', 'baker']))
