import { describe, expect, it } from 'vitest'
import { differencesOf, standOf, type Entry } from './recheck'

const entry = (wanted: boolean, wrong: boolean[] | null) =>
  ({ is_wanted: wanted, done: wrong && { differences: wrong.map((is_wrong) => ({ is_wrong })) } }) as unknown as Entry

describe('an entry of a recheck', () => {
  it('is left, right, wrong or spared', () => {
    expect([entry(true, null), entry(false, null), entry(true, []), entry(true, [false]), entry(true, [false, true])].map(standOf)).toEqual(['left', 'spared', 'right', 'right', 'wrong'])
  })
})

describe('what was found', () => {
  const aspects = [{ code: 'A1', mark: '2.00', max: '3.00' }, { code: 'A2', mark: '1.00', max: '1.00' }, { code: 'A3', mark: null, max: '2.00' }]
  const typed = (code: string, found: string, reason = 'x') => ({ [code]: { found, reason } })
  it('is nothing where nothing or the same was typed', () => {
    expect(differencesOf(aspects, {})).toEqual({ differences: [], faults: [] })
    expect(differencesOf(aspects, typed('A1', ' 2 '))).toEqual({ differences: [], faults: [] })
  })
  it('is a difference with its reason', () => {
    expect(differencesOf(aspects, typed('A1', '2.5'))).toEqual({ differences: [{ aspect: 'A1', found: '2.5', reason: 'x' }], faults: [] })
    expect(differencesOf(aspects, typed('A3', '0'))).toEqual({ differences: [{ aspect: 'A3', found: '0', reason: 'x' }], faults: [] })
  })
  it('is at fault without a reason, above the maximum, below nothing, or no mark at all', () => {
    for (const [found, reason] of [['2.5', ' '], ['3.01', 'x'], ['-1', 'x'], ['two', 'x']] as const) expect(differencesOf(aspects, typed('A1', found, reason)).faults, found).toEqual(['A1'])
  })
})
