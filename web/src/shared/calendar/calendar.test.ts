import { describe, expect, it } from 'vitest'
import { found, NOTHING, nameWidth, periodOf, read, rowsOf, spanOf, stepped, stretches, ticksOf, Trades, within, written, type Item } from './calendar'

const trades = new Trades({
  families: [{ code: 'machining', name: { zh: '机械加工', en: 'Machining' } }, { code: 'food', name: { zh: '餐饮', en: 'Food' } }],
  trades: [
    { code: 'fitter', name: { zh: '钳工', en: 'Fitter' }, family: 'machining' },
    { code: 'turner', name: { zh: '车工', en: 'Turner' }, family: 'machining' },
    { code: 'baker', name: { zh: '烘焙师', en: 'Baker' }, family: 'food' },
  ],
})
const day = (year: number, month: number, date: number) => new Date(year, month - 1, date)
const item = (id: string, from: Date, to: Date | null, more: Partial<Item> = {}): Item => ({
  id, name: { zh: `比赛${id}`, en: `Contest ${id}` }, state: 'draft', starts_at: from.toISOString(), ends_at: to?.toISOString() ?? null, season: null, tier: null, trades: ['fitter'], host: null, venues: [{ zh: '东赛场', en: 'East' }], ...more,
})

describe('periods', () => {
  it.each([
    ['month', day(2026, 2, 14), day(2026, 2, 1), day(2026, 3, 1)],
    ['quarter', day(2026, 2, 14), day(2026, 1, 1), day(2026, 4, 1)],
    ['quarter', day(2026, 12, 31), day(2026, 10, 1), day(2027, 1, 1)],
    ['year', day(2026, 2, 14), day(2026, 1, 1), day(2027, 1, 1)],
    ['list', day(2026, 2, 14), day(2026, 1, 1), day(2027, 1, 1)],
  ] as const)('a %s around %s', (view, at, from, to) => {
    expect(periodOf(view, at)).toEqual({ from: +from, to: +to })
  })
  it('are stepped over the turn of the year', () => {
    expect(written(stepped('month', day(2026, 12, 31), 1))).toBe('2027-01-01')
    expect(written(stepped('quarter', day(2026, 2, 14), -1))).toBe('2025-11-01')
    expect(written(stepped('year', day(2026, 2, 14), 1))).toBe('2027-02-01')
  })
  it.each(['', 'yesterday', '2026-13-01', '2026-02-30', 3, undefined])('%j in an address is no day', (text) => {
    expect(read(text, day(2026, 1, 2))).toEqual(day(2026, 1, 2))
  })
  it('have their ticks', () => {
    expect(ticksOf('year', periodOf('year', day(2026, 1, 1)))).toHaveLength(12)
    expect(ticksOf('month', periodOf('month', day(2026, 2, 1)))).toHaveLength(28)
    const weeks = ticksOf('quarter', periodOf('quarter', day(2026, 1, 1)))
    expect(weeks.every((at) => new Date(at).getDay() === 1)).toBe(true)
  })
})

it('a contest lasts to the end of its last day, and its own day where nobody said more', () => {
  expect(spanOf(item('a', day(2026, 3, 5), null)).to).toBe(+day(2026, 3, 6))
  expect(spanOf(item('a', day(2026, 3, 5), day(2026, 3, 8))).to).toBe(+day(2026, 3, 9))
  // An end before the beginning is no end.
  expect(spanOf(item('a', day(2026, 3, 5), day(2026, 3, 1))).to).toBe(+day(2026, 3, 6))
})

it('a period holds what touches it', () => {
  const february = periodOf('month', day(2026, 2, 1))
  const items = [item('before', day(2026, 1, 30), day(2026, 1, 31)), item('into', day(2026, 1, 30), day(2026, 2, 1)), item('in', day(2026, 2, 9), null), item('after', day(2026, 3, 1), null)]
  expect(within(items, february).map((each) => each.id)).toEqual(['into', 'in'])
})

it('what is looked for is found by every part of it', () => {
  const items = [
    item('1', day(2026, 1, 1), null, { trades: ['baker', 'turner'], state: 'live', tier: { code: 'x', name: { zh: '区', en: 'D' }, level: 'district' }, host: { zh: '区总工会', en: 'District union' } }),
    item('2', day(2026, 1, 2), null, { trades: [] }),
  ]
  const ids = (wish: Partial<typeof NOTHING>) => found(items, { ...NOTHING, ...wish }, trades, 'zh-CN').map((each) => each.id)
  expect(ids({})).toEqual(['1', '2'])
  expect(ids({ trade: 'family:machining' })).toEqual(['1'])
  expect(ids({ trade: 'fitter' })).toEqual([])
  expect(ids({ tier: 'district', state: 'live', venue: '东赛场' })).toEqual(['1'])
  expect(ids({ q: '总工会 baker' })).toEqual(['1'])
  expect(ids({ q: 'contest' })).toEqual(['1', '2'])
  expect(ids({ q: 'contest nowhere' })).toEqual([])
})

it('bars of a lane never cover each other, and nothing lies beyond the track', () => {
  const items = Array.from({ length: 40 }, (_, at) => item(String(at), day(2026, 1 + (at % 12), 1 + ((at * 7) % 28)), at % 3 ? day(2026, 1 + (at % 12), 3 + ((at * 7) % 28)) : null, { trades: at % 4 === 3 ? [] : [['fitter', 'turner', 'baker'][at % 3] ?? 'baker', 'baker'] }))
  const rows = rowsOf(items, periodOf('year', day(2026, 1, 1)), trades, 'zh-CN', 1000)
  expect(rows.map((row) => row.family)).toEqual(['machining', 'food', ''])
  for (const row of rows) {
    const lanes = new Map<number, number>()
    for (const bar of [...row.bars].sort((a, b) => a.box - b.box)) {
      expect(bar.box).toBeGreaterThanOrEqual(0)
      expect(bar.left + bar.width).toBeLessThanOrEqual(1 + 1e-9)
      expect(bar.lane).toBeLessThan(row.lanes)
      expect(bar.box).toBeGreaterThanOrEqual(lanes.get(bar.lane) ?? 0)
      lanes.set(bar.lane, Math.max(bar.left + bar.width, bar.box + nameWidth(bar.item.name.zh) / 1000))
    }
  }
  expect(rows.flatMap((row) => row.bars).length).toBeGreaterThanOrEqual(40)
})

it('a list goes by months, or by weeks that begin on Monday', () => {
  const items = [item('b', day(2026, 3, 2), null), item('a', day(2026, 3, 1), null), item('c', day(2026, 4, 1), null)]
  expect(stretches(items, 'month').map((each) => each.items.map((one) => one.id))).toEqual([['a', 'b'], ['c']])
  const weeks = stretches(items, 'week')
  expect(weeks.map((each) => each.items.map((one) => one.id))).toEqual([['a'], ['b'], ['c']])
  expect(weeks.every((week) => new Date(week.from).getDay() === 1)).toBe(true)
})
