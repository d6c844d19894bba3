import { expect, it } from 'vitest'
import type { TickerKind, TickerRow } from '@shared/live/wire'
import { aspectsOf } from './contests'
import { iconOf, isWorthless, panelOf, shareOf, shownAs } from './ticker'

const row = (seq: number, kind: TickerKind, mark: number | null, aspect: string | null = 'C1.1', entry = 'ent_1'): TickerRow => [seq, 0, entry, aspect, mark, 400, kind, null]

it('a verdict that samples which came late have withdrawn looks like no decision of a person, and is worth nothing', () => {
  expect([shownAs(row(1, 'amended', null)), iconOf('amended'), isWorthless('amended')]).toEqual(['amended', 'again', true])
  expect([shownAs(row(1, 'decision', null)), iconOf('withdrawn'), isWorthless('withdrawn')]).toEqual(['withdrawn', 'close', true])
  expect([shownAs(row(1, 'decision', 100)), iconOf('decision'), isWorthless('decision')]).toEqual(['decision', 'done', false])
})

it('a mark on a panel has no figure until the others have marked', () => {
  const first = row(1, 'mark', null)
  expect(panelOf(first, [first])).toBe('waits')
  expect(panelOf(first, [first, row(2, 'mark', null)]), 'the newest one waits').toBe('part')
  expect(panelOf(first, [first, row(2, 'correction', 300)])).toBe('part')
  expect(panelOf(first, [first, row(2, 'mark', 300, 'C1.2'), row(3, 'mark', 300, 'C1.1', 'ent_2'), row(4, 'verdict', 100)])).toBe('waits')
  expect(panelOf(row(1, 'mark', 300), [])).toBeNull()
  expect(panelOf(row(1, 'request', null, null), [])).toBeNull()
})

const rule = (aspect: string, written: Record<string, unknown>) => ({ aspect, written })
const most = (...rules: ReturnType<typeof rule>[]) => aspectsOf({ modules: [{ code: 'C', criteria: [{ aspects: [{ code: 'C1.1', max: '4.00' }] }] }], rules }).get('C1.1')?.most

it('knows from the scheme whether verdicts on an aspect come more than once, and what they give together', () => {
  expect(most(rule('C1.1', { on: { rises: 'done' }, award: '1', at_most: '3' }))).toBe(300)
  expect(most(rule('C1.1', { on: { rises: 'done' }, award: '1' })), 'the aspect’s own maximum').toBe(400)
  expect(most(rule('C1.1', { on: { rises: 'done' }, award: '1', at_most: '9' }))).toBe(400)
  expect(most(rule('C1.1', { measure: { from: {}, to: {} }, at_most: '4' }))).toBe(400)
  expect(most(rule('C1.1', { check: { mean: 'x' }, during: 'cycle', award: '1', at_most: '4' }))).toBe(400)
  expect(most(rule('C1.1', { on: { rises: 'done' }, award: '1', at_most: '1' }), rule('C1.1', { check: {}, once: 'true' })), 'two rules').toBe(400)
})

it('one verdict in a run is the whole of its aspect', () => {
  for (const written of [{ count: { rises: 'done' }, award: '1', at_most: '4' }, { check: { max: 'temp' } }, { check: { max: 'temp' }, during: 'run' }, { on: { rises: 'a' }, once: 'true' }, { on: { ends: 'run' } }, { absent: { rises: 'a' }, by: '60s' }])
    expect(most(rule('C1.1', written)), JSON.stringify(written)).toBeNull()
  expect([most(), most(rule('X', { on: {} }))]).toEqual([null, null])
})

it('one of several shows what it adds or takes, not the aspect’s maximum', () => {
  expect(shareOf(row(1, 'verdict', 64), 400)).toEqual({ figure: '+0.64', says: 'award' })
  expect(shareOf(row(1, 'decision', -100), 300)).toEqual({ figure: '−1.00', says: 'deduction' })
  expect(shareOf(row(1, 'verdict', 0), 400)).toEqual({ figure: '0.00', says: 'verdict' })
  expect([shareOf(row(1, 'verdict', 64), null), shareOf(row(1, 'mark', 300), 400), shareOf(row(1, 'decision', null), 400), shareOf(row(1, 'verdict', 64), undefined)]).toEqual([null, null, null, null])
})
