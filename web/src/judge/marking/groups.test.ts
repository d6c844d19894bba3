import { expect, it } from 'vitest'
import { EMPTY } from '../outbox/outbox'
import type { SheetAspect } from '../wire'
import { groupsOf, sumOf } from './groups'
import { lineOf } from './line'

const text = (word: string) => ({ zh: word, en: word })
const part = (code: string) => ({ code, name: text(code), max: '5.00' })
const line = (code: string, criterion: string, sub: SheetAspect['sub_criterion'], more: Partial<SheetAspect> = {}) =>
  lineOf(
    EMPTY,
    {
      code, name: text(code), criterion: { code: criterion, name: text(criterion) }, ...(sub === undefined ? {} : { sub_criterion: sub }), type: 'measurement', max: '2.00', abilities: [], how: { kind: 'yes_no' },
      assigned: true, before: [], round: 1, rounds: [{ round: 1, reason: null, open: true }], mine: null, mark: null, state: 'waiting', policy: null, verdicts: [], ...more,
    },
    { account: 'acc', contest: 'con', run: 'run' },
    0,
  )
const mine = { id: 'mrk', value: { kind: 'yes_no' as const, yes: true }, given: '2.00', note: null, round: 1 }

it('stand below their criterion, and in its parts where it has some', () => {
  const groups = groupsOf([line('A1.1', 'A1', part('A1a')), line('A1.2', 'A1', part('A1a')), line('A1.3', 'A1', part('A1b')), line('A2.1', 'A2', null), line('A2.2', 'A2', null)])
  expect(groups.map((group) => [group.code, group.parts.map((each) => [each.heading?.code ?? null, each.lines.map((one) => one.aspect.code).join(' ')])])).toEqual([
    ['A1', [['A1a', 'A1.1 A1.2'], ['A1b', 'A1.3']]],
    ['A2', [[null, 'A2.1 A2.2']]],
  ])
})
it('of a sheet that was kept before there were parts are in none', () => {
  expect(groupsOf([line('A1.1', 'A1', undefined), line('A1.2', 'A1', null)]).map((group) => group.parts.length)).toEqual([1])
  expect(groupsOf([])).toEqual([])
})
it('add up to what this judge gives, or to what the part is worth where he is asked nothing', () => {
  const [group] = groupsOf([line('A1.1', 'A1', part('A1a'), { mine }), line('A1.2', 'A1', part('A1a')), line('A1.3', 'A1', part('A1b'), { assigned: false })])
  expect(group?.parts.map(sumOf)).toEqual(['2.00 / 4.00', '5.00'])
})
