import { expect, it } from 'vitest'
import { fill } from '@shared/i18n'
import { inLanguage } from '@shared/text'
import en from '../locales/en.json'
import type { How, MarkValue } from '../wire'
import { inWords, type Speaks } from './words'

const words = en.judge as unknown as Record<string, string | Record<string, string>>
const speaks: Speaks = {
  t: (key, places) => {
    const [, first = '', second] = key.split('.')
    const found = words[first]
    return fill(String(typeof found === 'object' ? found[second ?? ''] : found), places)
  },
  say: (text) => inLanguage(text, 'en'),
  list: (items) => items.join(', '),
}
const text = (said: string) => ({ zh: '', en: said })
const part = (code: string, name: string) => ({ code, name: text(name), marks: '1.00' })
const steps: How = { kind: 'steps', steps: [part('s1', 'Grounded'), part('s2', 'Labelled')] }
const deductions: How = { kind: 'deductions', deductions: [part('d1', 'Cut insulation')] }

it.each<[MarkValue, How, string, string]>([
  [{ kind: 'level', level: 2 }, { kind: 'levels', levels: ['bad', 'fair', 'good', 'best'].map(text), judges: 3, spread_max: 1 }, '3.00', 'level 2 · good: 2.00 / 3.00'],
  [{ kind: 'yes_no', yes: false }, { kind: 'yes_no' }, '2.00', 'Not met: 0.00 / 2.00'],
  [{ kind: 'measured', value: '10.02' }, { kind: 'tolerance', unit: 'mm', target: '10', full: '0.05', zero: '0.2' }, '4.00', '10.02 mm: 4.00 / 4.00'],
  [{ kind: 'measured', value: 'ten' }, { kind: 'tolerance', unit: 'mm', target: '10', full: '0.05', zero: '0.2' }, '4.00', 'ten mm'],
  [{ kind: 'marks', marks: '1.5' }, { kind: 'panel', judges: 5, drop_extremes: true, step: '0.1' }, '4.00', '1.50 / 4.00'],
  [{ kind: 'marks', marks: '1.5' }, { kind: 'automatic', rules: [] }, '4.00', '1.50 / 4.00'],
  [{ kind: 'steps', met: ['s2'] }, steps, '2.00', 'Labelled: 1.00 / 2.00'],
  [{ kind: 'steps', met: ['s1', 's2'] }, steps, '2.00', 'All met: 2.00 / 2.00'],
  [{ kind: 'steps', met: [] }, steps, '2.00', 'None met: 0.00 / 2.00'],
  [{ kind: 'deductions', counts: { d1: 2 } }, deductions, '3.00', 'Cut insulation ×2: 1.00 / 3.00'],
  [{ kind: 'deductions', counts: { d1: 0 } }, deductions, '3.00', 'Nothing to deduct: 3.00 / 3.00'],
])('%j says what it is and what it is worth', (value, how, max, said) => {
  expect(inWords(value, { how, max }, speaks)).toBe(said)
})

it('without the sheet the value still stands, and a cleared one is blank', () => {
  const bare: [MarkValue, string][] = [[{ kind: 'level', level: 1 }, 'level 1'], [{ kind: 'measured', value: '10.02' }, '10.02'], [{ kind: 'marks', marks: '2' }, '2.00'], [{ kind: 'steps', met: ['s1'] }, 's1'], [{ kind: 'deductions', counts: { d1: 1 } }, 'd1 ×1']]
  for (const [value, said] of bare) expect(inWords(value, undefined, speaks)).toBe(said)
  expect(inWords(null, undefined, speaks)).toBe('Blank')
})
