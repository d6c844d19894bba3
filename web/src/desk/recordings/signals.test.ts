import { expect, it } from 'vitest'
import { firstSignals, lend, signalsOf, toggled } from './signals'
import type { Recording } from '../wire'

const recorded: Recording['signals'] = [
  { name: 'estop', kind: 'bool', unit: '' }, { name: 'force', kind: 'real', unit: 'N' }, { name: 'force_max', kind: 'real', unit: 'N' },
  { name: 'cycles', kind: 'integer', unit: '' }, { name: 'program', kind: 'text', unit: '' }, { name: 'gate', kind: 'bool', unit: '' },
]
const verdict = (...signals: string[]) => ({ evidence: { from: 0, to: 1, samples: signals.map((signal) => ({ signal, at: 0, value: 1 })), sentence: { zh: '', en: '' } } })

it('begins with what moves', () => {
  expect(firstSignals(recorded).names).toEqual(['force', 'force_max', 'cycles', 'estop'])
})

it.each([
  ['its samples say so', verdict('gate', 'force', 'gate'), undefined, ['force', 'gate']],
  ['no samples: what its rule names, whole words only', verdict(), { on: 'rises estop', check: 'force_max < 5' }, ['estop', 'force_max']],
  ['a text is no line', verdict('program'), { on: 'program == "a"' }, []],
  ['nothing is known', verdict('gone'), undefined, []],
])('the signals of a verdict: %s', (_, of, rule, expected) => {
  expect(signalsOf(of, recorded, rule)).toEqual(expected)
})

it('what a verdict needs is lent on top and goes with it; what one chose stays', () => {
  const first = lend({ names: ['force', 'estop'], lent: [] }, ['gate', 'force'])
  expect(first).toEqual({ names: ['gate', 'force', 'estop'], lent: ['gate'] })
  expect(lend(first, ['gate', 'cycles'])).toEqual({ names: ['cycles', 'gate', 'force', 'estop'], lent: ['cycles', 'gate'] })
  expect(lend(first, [])).toEqual({ names: ['force', 'estop'], lent: [] })
  // Asked for by hand, it stays.
  expect(lend(toggled(toggled(first, 'gate'), 'gate'), [])).toEqual({ names: ['force', 'estop', 'gate'], lent: [] })
})
