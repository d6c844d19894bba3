import { expect, it } from 'vitest'
import { offerAt, shapesAt } from './complete'
import { namesIn } from './names'
import { placeOf } from './place'
import { replaceable, stretchOf } from './faults'

const SCHEME = `id: x
abilities:
  - {code: safety, name: {zh: 安全, en: Safety}}
modules:
  - code: A
    name: {zh: 甲, en: First}
    minutes: 60
    criteria:
      - code: A1
        name: {zh: 乙, en: Second}
        aspects:
          - {code: A1.1, name: {zh: 夹持力, en: Grip force}, type: automatic, max: 3, abilities: [safety]}
          - code: A1.2
            name: {zh: 步骤, en: Steps}
            type: measurement
            steps:
              - {code: routed, name: {zh: 走线, en: Routed}, marks: 1}
signals:
  force: {type: real, unit: N, stale_after: 2s}   # in newtons
  gate: {type: bool}
phases:
  cycle: {while: gate}
rules:
  - id: grip
    aspect: A1.1
    says: {zh: 夹持, en: Grip}
    on: {rises: gate}
    check: {mean: force, over: 1s, between: [42N, 55N]}
    award: 0.6
`
/** The text up to the bar, with the bar's place. */
const at = (tail: string): [string, number] => {
  const text = SCHEME + tail
  return [text.replace('|', ''), text.indexOf('|')]
}
const labels = (tail: string, language: 'zh-CN' | 'en' = 'en') => offerAt(...at(tail), language)?.options.map((each) => each.label) ?? []

it.each([
  ['a key of a rule', '  - id: y\n    as|', { path: ['rules', '[]'], key: true, siblings: ['id'], before: 'as' }],
  ['the first key behind a dash', '  - i|', { path: ['rules', '[]'], key: true, siblings: [], before: 'i' }],
  ['a value', '  - id: y\n    aspect: A|', { path: ['rules', '[]', 'aspect'], key: false, siblings: [], before: 'A' }],
  ['a key in braces', '  - id: y\n    check: {mean: force, ov|', { path: ['rules', '[]', 'check'], key: true, siblings: ['mean'], before: 'ov' }],
  ['a value in braces', '  - id: y\n    on: {rises: ga|', { path: ['rules', '[]', 'on', 'rises'], key: false, siblings: [], before: 'ga' }],
  ['a list in braces', '  - id: y\n    check: {mean: force, between: [42N, 5|', { path: ['rules', '[]', 'check', 'between', '[]'], key: false, siblings: [], before: '5' }],
  ['a quoted condition keeps its braces and commas', "  - id: y\n    on: {holds: 'max(force, 2) > |", { path: ['rules', '[]', 'on', 'holds'], key: false, siblings: [], before: "'max(force, 2) > " }],
  ['a block map below a key', '  - id: y\n    measure:\n      fr|', { path: ['rules', '[]', 'measure'], key: true, siblings: [], before: 'fr' }],
  ['a list as far to the right as its key', '- id: y\n  aw|', { path: ['rules', '[]'], key: true, siblings: ['id'], before: 'aw' }],
])('the place of %s', (_, tail, place) => {
  expect(placeOf(...at(tail))).toEqual(place)
})
it('a comment is no place', () => expect(placeOf(...at('  # ru|'))).toBeNull())
it('siblings stand before and behind', () => {
  const text = 'rules:\n  - id: a\n    on: {rises: x}\n    aw\n    once: true\n  - id: b\n    gate: a\n'
  expect(placeOf(text, text.indexOf('aw') + 2)?.siblings.sort()).toEqual(['id', 'on', 'once'])
})

it('knows what a text declares, faults or not', () => {
  const names = namesIn(`${SCHEME}  - id: half\n    says: {zh: 半`)
  expect(names.signals).toEqual([{ name: 'force', type: 'real', unit: 'N' }, { name: 'gate', type: 'bool', unit: '' }])
  expect(names.phases).toEqual(['cycle'])
  expect(names.rules.map((rule) => rule.code)).toEqual(['grip', 'half'])
  expect(names.aspects).toEqual([{ code: 'A1.1', zh: '夹持力', en: 'Grip force' }, { code: 'A1.2', zh: '步骤', en: 'Steps' }])
  expect(names.abilities.map((each) => each.code)).toEqual(['safety'])
  expect(names.modules.map((each) => each.code)).toEqual(['A'])
})

it('the schema says which keys there are', () => {
  expect(shapesAt(['rules', '[]', 'check']).flatMap((shape) => Object.keys(shape.properties ?? {}))).toContain('share_in_band')
  expect(shapesAt(['signals', 'force']).flatMap((shape) => Object.keys(shape.properties ?? {}))).toContain('stale_after')
})

it.each([
  ['patterns of a rule, those that are not there', '  - id: y\n    |', ['aspect', 'on', 'check', 'count', 'measure', 'absent', 'sequence', 'forbidden', 'while'], ['id']],
  ['events', '  - id: y\n    on: {|', ['rises', 'falls', 'changes', 'request', 'holds'], ['is']],
  ['what a check looks at', '  - id: y\n    check: {mean: force, |', ['over', 'between', 'tolerance'], ['mean', 'rises']],
  ['signals and functions in a condition', '  - id: y\n    on: {rises: f|', ['force', 'gate', 'abs', 'clamp'], ['cycle']],
  ['signals and functions for a witness', '  - id: y\n    on: {agree: {witnesses: [g|', ['force', 'gate', 'abs'], ['cycle']],
  ['signals alone behind changes', '  - id: y\n    on: {changes: |', ['force', 'gate'], ['abs']],
  ['units behind a figure, the signals’ own first', '  - id: y\n    on: {rises: force > 5|', ['N', 'mm', 'kPa'], ['force']],
  ['units of a limit', '  - id: y\n    check: {mean: force, between: [42N, 55|', ['N'], ['gate']],
  ['units of time', '  - id: y\n    check: {mean: force, over: 1|', ['s', 'ms'], ['N']],
  ['aspects', '  - id: y\n    aspect: |', ['A1.1', 'A1.2'], ['routed', 'A1']],
  ['phases', '  - id: y\n    during: |', ['run', 'cycle'], ['force']],
  ['gates', '  - id: y\n    gate: [g|', ['grip'], []],
  ['words of the schema', '  - id: y\n    unfinished: |', ['undecided', 'missed'], []],
  ['yes and no', '  - id: y\n    once: |', ['true', 'false'], []],
  ['nothing where a figure stands alone', '  - id: y\n    check: {mean: force, over: |', [], ['force']],
  ['nothing in a comment', '  # wh|', [], ['while']],
])('offers %s', (_, tail, there, away) => {
  const found = labels(tail)
  expect(found).toEqual(expect.arrayContaining(there))
  for (const word of away) expect(found).not.toContain(word)
  if (there.length === 0) expect(found).toEqual([])
})
it('a unit begins behind its figure, a word at its first letter', () => {
  const [text, index] = at('  - id: y\n    on: {rises: force > 50|')
  expect(offerAt(text, index, 'en')?.from).toBe(index)
  const [half, there] = at('  - id: y\n    on: {rises: force > 50k|')
  expect(offerAt(half, there, 'en')?.from).toBe(there - 1)
})
it('the unit of the signal that is read comes first', () => {
  const text = SCHEME.replace('gate: {type: bool}', 'gate: {type: bool}\n  shift: {type: real, unit: mm}') + '  - id: y\n    on: {rises: abs(shift) > 5'
  expect(offerAt(text, text.length, 'en')?.options.slice(0, 2).map((each) => each.label)).toEqual(['mm', 'N'])
})
it('names are said in the reader’s language', () => {
  expect(offerAt(...at('  - id: y\n    aspect: |'), 'zh-CN')?.options[0]?.detail).toBe('夹持力')
  expect(offerAt(...at('  - id: y\n    aspect: |'), 'en')?.options[0]?.detail).toBe('Grip force')
})

const fault = (line: number, column: number, suggestion: string | null = null) => ({ line, column, suggestion, path: '', severity: 'error', detail: { zh: '', en: '' }, advice: { zh: '', en: '' } })
it.each([
  ['a word', 'a: 你好\n  on: forse > 5', fault(2, 7), 'forse'],
  ['an operator', 'x: 1\non: > 5 # c', fault(2, 5), '> 5 # c'],
  ['behind the end', 'x', fault(9, 9), ''],
])('underlines %s', (_, text, where, expected) => {
  const [from, to] = stretchOf(text, where)
  expect(text.slice(from, to)).toBe(expected)
})
it.each([
  [fault(1, 5, 'force'), true], [fault(1, 5, 'motor_current'), false], [fault(1, 5), false], [fault(1, 1, 'on'), false],
])('puts in what was meant where it stands (%#)', (where, expected) => expect(replaceable('on: forse', where)).toBe(expected))

it.each([
  ['', ['format', 'id', 'version', 'title', 'prizes']],
  ['prizes:\n  - ', ['to', 'over']],
  ['prizes:\n  - over: ', ['each_group', 'whole_field']],
  ['signatures: [', ['chief_judge', 'supervisor']],
])('a rule set is completed by its own schema: %j', (text, wanted) => {
  const labels = offerAt(text, text.length, 'zh-CN', 'ruleSet')?.options.map((option) => option.label) ?? []
  expect(labels).toEqual(expect.arrayContaining(wanted))
  expect(labels).not.toContain('modules')
})
