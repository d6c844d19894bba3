import { describe, expect, it } from 'vitest'
import { blankDraft, draftFrom, faultsOf, indexOf, isBlank, refusedOf, requestOf, localOf, startOf, stationsOf, type ContestDraft } from './draft'

const good = (): ContestDraft => ({
  zh: ' 技能竞赛 ', en: 'Skills final', starts: '2026-12-05T09:00', ends: '', blind: true, scheme: 'format: guildhall/scheme/1', from: 'paste', ruled: false, ruleSet: '', ruleSetFrom: '',
  venues: [{ zh: '东赛场', en: 'East', stations: 'E1-E3' }, { zh: '西赛场', en: 'West', stations: 'W1、W2' }],
})

it.each([
  ['E1 E2,E3，E4、E5;E6\nE7', ['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7']],
  ['E1-E3', ['E1', 'E2', 'E3']],
  ['E1 ~ E3', ['E1', 'E2', 'E3']],
  ['E8..10 T1', ['E8', 'E9', 'E10', 'T1']],
  ['S08–S11', ['S08', 'S09', 'S10', 'S11']],
  ['1-3', ['1', '2', '3']],
  ['E3-E1', ['E3-E1']],
  ['E1-W3', ['E1-W3']],
  ['cell-a', ['cell-a']],
  ['E1-E9999', ['E1-E9999']],
  ['  ', []],
])('reads the stations of %j', (typed, codes) => {
  expect(stationsOf(typed)).toEqual(codes)
})

describe('faults', () => {
  it('are none in a good draft, which is sent trimmed', () => {
    expect(faultsOf(good())).toEqual({})
    expect(requestOf(good())).toMatchObject({
      name: { zh: '技能竞赛', en: 'Skills final' }, starts_at: new Date('2026-12-05T09:00').toISOString(),
      venues: [{ name: { zh: '东赛场' }, stations: ['E1', 'E2', 'E3'] }, { stations: ['W1', 'W2'] }],
    })
  })
  it('an end goes along, and comes after the start', () => {
    const at = (ends: string) => ({ ...good(), ends })
    expect([requestOf(good()).ends_at, requestOf(at('2026-12-05T16:00')).ends_at]).toEqual([null, new Date('2026-12-05T16:00').toISOString()])
    expect(['', '2026-12-05T09:01', '2026-12-05T09:00', '2026-12-04T09:00', 'soon'].map((ends) => faultsOf(at(ends))['ends_at'] ?? null)).toEqual([null, null, { key: 'desk.endsAfter' }, { key: 'desk.endsAfter' }, { key: 'desk.required' }])
    expect([localOf(null), startOf(localOf('2026-12-05T01:00:00.000Z'))]).toEqual(['', '2026-12-05T01:00:00.000Z'])
  })
  it('a rule set goes along only while it is chosen', () => {
    const text = 'format: guildhall/rule-set/1'
    expect([requestOf({ ...good(), ruleSet: text }).rule_set, requestOf({ ...good(), ruled: true, ruleSet: text }).rule_set]).toEqual([null, text])
  })
  it('are all told at once, each at its field', () => {
    const bad = { ...good(), zh: ' ', en: 'x'.repeat(101), starts: '', scheme: '\n', ruled: true, ruleSet: ' ', venues: [{ zh: '东', en: '', stations: 'E1 E1' }, { zh: '东', en: 'W', stations: 'E1 工位' }, { zh: '北', en: 'N', stations: '' }] }
    expect(Object.fromEntries(Object.entries(faultsOf(bad)).map(([path, fault]) => [path, 'key' in fault && fault.key]))).toEqual({
      'name.zh': 'desk.required', 'name.en': 'desk.tooLong', starts_at: 'desk.required', scheme: 'desk.schemeMissing', rule_set: 'ruleSet.missing',
      'venues[0].name.en': 'desk.required', 'venues[0].stations': 'desk.stationTwice', 'venues[1].name.zh': 'desk.venueTwice', 'venues[1].stations': 'desk.stationTwice', 'venues[2].stations': 'desk.stationsMissing',
    })
  })
  it('know a code that is none, and too many of them', () => {
    expect(faultsOf({ ...good(), venues: [{ zh: '东', en: 'E', stations: '工位1' }] })['venues[0].stations']).toEqual({ key: 'desk.stationBad', places: { code: '工位1' } })
    const many = faultsOf({ ...good(), venues: [{ zh: '东', en: 'E', stations: 'A1-A300' }, { zh: '西', en: 'W', stations: 'B1-B201' }] })
    expect(many['venues[1].stations']).toMatchObject({ key: 'desk.stationsTooMany' })
  })
  it('of the hall stand where its paths say; the scheme has lines', () => {
    const detail = { zh: '错', en: 'wrong' }
    const fields = ['scheme:3:7', 'rule_set:5:1', 'name.zh', 'venues[1].stations[4]', 'venues[1].stations[5]'].map((path) => ({ path, detail }))
    expect(refusedOf(fields)).toEqual({
      faults: { 'name.zh': detail, 'venues[1].stations': detail },
      scheme: [{ line: 3, column: 7, path: '', severity: 'error', detail, advice: { zh: '', en: '' }, suggestion: null }],
      ruleSet: [{ line: 5, column: 1, path: '', severity: 'error', detail, advice: { zh: '', en: '' }, suggestion: null }],
    })
  })
})

describe('a kept draft', () => {
  it('comes back as it was', () => expect(draftFrom(JSON.stringify(good()))).toEqual(good()))
  it.each([null, '', '{', '3', 'null'])('is not made of %j', (kept) => expect(draftFrom(kept)).toBeNull())
  it('of another shape loses what is none', () => {
    expect(draftFrom('{"zh": 3, "blind": false, "venues": [null, {"zh": "东"}]}')).toEqual({ ...blankDraft(), blind: false, venues: [{ zh: '', en: '', stations: '' }, { zh: '东', en: '', stations: '' }] })
    expect(isBlank(draftFrom('{"venues": 7}')!)).toBe(true)
  })
})

it('knows a time from none', () => {
  expect(startOf('2026-12-05T09:00')).toBe(new Date(2026, 11, 5, 9).toISOString())
  expect(startOf('soon')).toBeNull()
})

it('finds a line and column in a text, columns in characters', () => {
  const page = 'a: 1\nname: 𠮷场\nend'
  expect(page.slice(indexOf(page, 2, 1))).toBe('name: 𠮷场\nend')
  expect(page.slice(indexOf(page, 2, 8))).toBe('场\nend')
  expect(indexOf(page, 2, 99)).toBe(page.indexOf('\nend'))
  expect(indexOf(page, 9, 1)).toBe(page.indexOf('end'))
})
