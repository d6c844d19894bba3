import { expect, it } from 'vitest'
import { lookOf, worthOf } from './verdict'

it('a verdict that the referee could not decide is worth nothing that anybody knows', () => {
  expect([worthOf({ outcome: 'undecided', marks: '0.00' }), worthOf({ outcome: 'missed', marks: '0.00' }), worthOf({ outcome: 'met', marks: 275 })]).toEqual([null, '0.00', 275])
})

it('an outcome of a later hall has a face too', () => {
  expect([lookOf('met').icon, lookOf('undecided').tone, lookOf('appealed').icon]).toEqual(['done', 'waiting', 'info'])
})
