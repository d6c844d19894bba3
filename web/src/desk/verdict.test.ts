import { expect, it } from 'vitest'
import { flatten, type Messages } from '@shared/i18n'
import zh from './locales/zh-CN.json'
import { hasLapsed, lookOf, standingOf, worthOf } from './verdict'

it('a verdict that the referee could not decide is worth nothing that anybody knows', () => {
  expect([worthOf({ outcome: 'undecided', marks: '0.00' }), worthOf({ outcome: 'missed', marks: '0.00' }), worthOf({ outcome: 'met', marks: 275 })]).toEqual([null, '0.00', 275])
})

it('an outcome of a later hall has a face too', () => {
  expect([lookOf('met').icon, lookOf('undecided').tone, lookOf('appealed').icon]).toEqual(['done', 'waiting', 'info'])
})

it('says how each stands, and which of them hold no more', () => {
  const all = [{ standing: 'counted' }, { standing: 'counted', waits: true }, { standing: 'waiting' }, { standing: 'rejected' }, { standing: 'rejected', taken_back: true }, { standing: 'shadow' }, { standing: 'by_hand' }, { standing: 'amended' }, { standing: 'amended', taken_back: true }]
  expect(all.map((each) => standingOf(each.standing, each))).toEqual(['counted', 'waiting', 'waiting', 'rejected', 'taken_back', 'shadow', 'by_hand', 'amended', 'amended'])
  const words = flatten(zh as Messages)
  expect(all.filter((each) => !words.has(`desk.standing.${standingOf(each.standing, each)}`))).toEqual([])
  expect(all.map(hasLapsed)).toEqual([false, false, false, true, true, false, false, true, true])
  // A pin of two sets of rules compared has no standing.
  expect(hasLapsed({})).toBe(false)
})
