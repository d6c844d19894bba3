import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { edit, move, parse, remove, wordAt, type Path } from './document'
import { addPoint, checkAt, CHECKS, isCurve, scaleAt, SCALES, setBound, setCheck, setScale } from './figures'
import { addRule, addStep, automatic, beyondForms, duplicateRule, extentAt, gateAt, patternAt, PATTERNS, renameRule, rulesOf, setExtent, setGate, setPattern, setSide, setUnless, setWorth, worthAt } from './rules'

const shipped = (name: string) => readFileSync(`../catalogue/contests/${name}/scheme.yaml`, 'utf8')
const ROBOT = shipped('robot-maintenance')
const GALLERY = '../crates/telemetry/tests/gallery'
const gallery = readdirSync(GALLERY).filter((each) => /^\d/.test(each)).map((each) => ({ name: each, text: readFileSync(`${GALLERY}/${each}/rule.yaml`, 'utf8') }))
const first: Path = ['rules', 0]
const word = (text: string, path: Path) => wordAt(parse(text), path)
const rule = (fields: string) => `rules:\n  - {id: x, aspect: A1, says: {zh: 一, en: one}, ${fields}, award: 1}\n`
const body = (text: string) => /one\}, (.*), award/.exec(text)?.[1]

describe('what a rule looks for', () => {
  it('is known of each rule of the gallery and of the shipped schemes, and nothing in them is beyond the forms', () => {
    const seen = new Set<string | null>()
    for (const text of [...gallery.map((each) => each.text), ROBOT, shipped('cobot-day')]) {
      const doc = parse(text)
      for (const path of rulesOf(doc)) {
        seen.add(patternAt(doc, path))
        expect(beyondForms(doc, path)).toEqual([])
      }
    }
    expect(seen.has(null)).toBe(false)
    expect([...seen].sort()).toEqual(PATTERNS.filter((each) => each !== 'without').sort())
  })
  it('is nothing where there is none, or more than one', () => {
    for (const odd of ['once: true', 'on: {rises: a}, count: {rises: b}', 'while: a, absent: {rises: b}', 'on: {rises: a}, check: {is: b}, then: {rises: b, within: 1s}', 'count: {rises: a}, then: {rises: b, within: 1s}']) expect(patternAt(parse(rule(odd)), first)).toBeNull()
  })
  it('becomes any other from any, and reads as that', () => {
    for (const { name, text } of gallery) {
      for (const pattern of PATTERNS) {
        const next = setPattern(text, first, pattern)
        expect([name, patternAt(parse(next), first), parse(next).errors]).toEqual([name, pattern, []])
        expect(beyondForms(parse(next), first)).toEqual([])
      }
    }
  })
  it('takes its event along', () => {
    const of = (fields: string, pattern: (typeof PATTERNS)[number]) => body(setPattern(rule(fields), first, pattern))
    expect(of('on: {rises: a > 1}', 'count')).toBe('count: {rises: a > 1}')
    expect(of('on: {holds: a, for: 2s}', 'then')).toBe('on: {rises: a}, then: {rises: "", within: 5s}')
    expect(of('count: {falls: a, curve: [[1, 2]]}', 'event')).toBe('on: {falls: a}')
    expect(of('measure: {from: {rises: a}, to: {rises: b}, curve: [[1s, 2]]}', 'absent')).toBe('absent: {rises: a}, by: 60s')
    expect(of('sequence: [{rises: a, within: 1s}, {rises: b}], within: 9s, per: step', 'while')).toBe('while: a')
    expect(of('while: a > 2, per: second', 'forbidden')).toBe('forbidden: [{rises: a > 2}, {rises: ""}]')
    expect(of('on: {agree: [a, b]}', 'without')).toBe('on: {agree: [a, b]}, without: {rises: "", within: 5s}')
    expect(of('on: {rises: a}, check: {mean: f, over: 2s, between: [1, 2]}', 'figure')).toBe('check: {mean: f, between: [1, 2]}')
    expect(of('check: {mean: f, between: [1, 2]}', 'check_at')).toBe('on: {rises: ""}, check: {mean: f, between: [1, 2], over: 1s}')
    expect(of('on: {rises: a}, check: {is: b}', 'figure')).toBe('check: {mean: "", between: [0, ~]}')
    expect(setPattern(rule('once: true'), first, 'event')).toContain('award: 1, on: {rises: ""}}')
  })
  it('that stays the same changes nothing', () => {
    expect(setPattern(ROBOT, first, 'check_at')).toBe(ROBOT)
    expect(setPattern('rules: 1\n', first, 'event')).toBe('rules: 1\n')
  })
  it('has steps, a third event and a side of the time', () => {
    expect(addStep('a: [{rises: x}]\n', ['a'])).toBe('a: [{rises: x}, {rises: ""}]\n')
    const then = setUnless('t: {rises: a, within: 1s}\n', ['t'], true)
    expect([then, setUnless(then, ['t'], false)]).toEqual(['t: {rises: a, within: 1s, unless: {rises: ""}}\n', 't: {rises: a, within: 1s}\n'])
    expect([setSide('w: {rises: a, within: 3s}\n', ['w'], 'before'), setSide('w: {rises: a}\n', ['w'], 'within')]).toEqual(['w: {rises: a, before: 3s}\n', 'w: {rises: a, within: 5s}\n'])
  })
})

describe('figures', () => {
  const check: Path = ['c']
  it('become marks in one of three ways', () => {
    for (const scale of SCALES) expect(scaleAt(parse(setScale('c: {mean: f, between: [1, 2]}\n', check, scale)), check)).toBe(scale)
    expect(setScale('c: {mean: f, between: [1, 2], over: 1s}\n', check, null)).toBe('c: {mean: f, over: 1s}\n')
    expect(setScale('measure: {from: {rises: a}, to: {rises: b}}\n', ['measure'], 'tolerance')).toContain('tolerance: {target: 0s, full: 1s, zero: 5s}')
    expect(scaleAt(parse('c: {between: [1, 2], curve: [[1, 2]]}'), check)).toBeNull()
  })
  it('of another kind have what they need and no more', () => {
    expect(setCheck('c: {is: a}\n', check, 'held', false)).toBe('c: {held: a, for: 1s}\n')
    expect(setCheck('c: {held: a, for: 1s}\n', check, 'mean', false)).toBe('c: {mean: "", over: 1s, between: [0, ~]}\n')
    expect(setCheck('c: {mean: f, over: 2s, tolerance: {target: 1, full: 1, zero: 2}}\n', check, 'is', false)).toBe('c: {is: ""}\n')
    expect(setCheck('c: {mean: f, between: [1, 2]}\n', check, 'percentile', true)).toBe('c: {percentile: f, between: [1, 2], p: 95}\n')
    expect(setCheck('c: {mean: f, between: [1, 2]}\n', check, 'share_in_band', true)).toBe('c: {share_in_band: f, band: [0, ~], between: [0%, ~]}\n')
    for (const kind of CHECKS) expect(checkAt(parse(setCheck('c: {mean: f, between: [1, 2]}\n', check, kind, false)), check)).toBe(kind)
  })
  it('have bounds of which each may be open', () => {
    expect([setBound('b: [1N, 2N]\n', ['b'], 0, ''), setBound('b: [~, 2N]\n', ['b'], 0, '5'), setBound('b: [1]\n', ['b'], 1, '2N'), setBound('b:\n', ['b'], 0, '1')]).toEqual(['b: [~, 2N]\n', 'b: [5, 2N]\n', 'b: [~, 2N]\n', 'b: [1, ~]\n'])
  })
  it('have curves of pairs', () => {
    expect(addPoint('c: [[5s, 1.2], [7s, 0.8]]\n', ['c'])).toBe('c: [[5s, 1.2], [7s, 0.8], [7s, 0.8]]\n')
    expect(addPoint('c: []\n', ['c'])).toBe('c: [[0, 0]]\n')
    expect([isCurve(parse('c: [[1, 2]]'), ['c']), isCurve(parse('c: [[1, 2, 3]]'), ['c']), isCurve(parse('c: [1]'), ['c']), isCurve(parse('c: 1'), ['c'])]).toEqual([true, false, false, false])
  })
})

describe('when and for what', () => {
  it('is the run, a phase by name, or one of its own', () => {
    expect([2, 6, 0].map((at) => extentAt(parse(ROBOT), ['rules', at, 'during']))).toEqual(['run', 'named', 'run'])
    const own = setExtent(rule('during: cycle, on: {rises: a}'), [...first, 'during'], 'while')
    expect([body(own), extentAt(parse(own), [...first, 'during'])]).toEqual(['during: {while: ""}, on: {rises: a}', 'while'])
    expect(body(setExtent(own, [...first, 'during'], 'events'))).toBe('during: {from: {rises: ""}, to: {rises: ""}}, on: {rises: a}')
    expect(body(setExtent(own, [...first, 'during'], 'named', 'moving'))).toBe('during: moving, on: {rises: a}')
    expect(body(setExtent(own, [...first, 'during'], 'run'))).toBe('on: {rises: a}')
    expect(extentAt(parse('d: {while: a, from: {rises: b}}'), ['d'])).toBeNull()
  })
  it('gives, takes or does neither', () => {
    const takes = setWorth(ROBOT, first, 'deduct')
    expect([worthAt(parse(ROBOT), first), worthAt(parse(takes), first), word(takes, [...first, 'deduct'])]).toEqual(['award', 'deduct', '0.6'])
    expect(setWorth(takes, first, 'award')).toBe(ROBOT)
    expect([worthAt(parse(setWorth(ROBOT, first, null)), first), worthAt(parse('a: {award: 1, deduct: 2}'), ['a'])]).toEqual([null, 'both'])
    expect(setWorth('a: {award: 1, deduct: 2}\n', ['a'], 'deduct')).toBe('a: {deduct: 1}\n')
    expect(setWorth('a: {id: x}\n', ['a'], 'award')).toBe('a: {id: x, award: 1}\n')
  })
  it('counts behind a gate of one or several', () => {
    const one = setGate('a: {id: x}\n', ['a'], 'y', true)
    const two = setGate(one, ['a'], 'z', true)
    expect([one, two, gateAt(parse(two), ['a'])]).toEqual(['a: {id: x, gate: y}\n', 'a: {id: x, gate: [y, z]}\n', ['y', 'z']])
    expect([setGate(two, ['a'], 'y', false), setGate(one, ['a'], 'y', false)]).toEqual(['a: {id: x, gate: z}\n', 'a: {id: x}\n'])
  })
})

describe('the list of rules', () => {
  it('grows behind the last of the aspect, and the rest stays to the letter', () => {
    const added = addRule(ROBOT, 'B2.2')
    expect(added.path).toEqual(['rules', 4])
    const lines = added.text.split('\n').filter((line) => !ROBOT.split('\n').includes(line)).map((line) => line.trim())
    expect(lines).toEqual(['- id: rule-1', 'says: {zh: 新规则, en: New rule}', 'on: {rises: ""}'])
    expect([word(added.text, [...added.path, 'deduct']), word(addRule(ROBOT, 'C1.1').text, ['rules', 5, 'award'])]).toEqual(['1', '1'])
    expect(remove(added.text, added.path)).toBe(ROBOT)
    expect(addRule(ROBOT, 'E9.9').path).toEqual(['rules', rulesOf(parse(ROBOT)).length])
    expect([addRule('id: x\n', 'A1').path, addRule('rules: []\n', 'A1').path, addRule('rules:\n', 'A1').path]).toEqual([['rules', 0], ['rules', 0], ['rules', 0]])
    expect([addRule(ROBOT, null, 2), addRule(ROBOT, null), addRule('rules: []', null)].map((each) => word(each.text, [...each.path, 'aspect']))).toEqual(['B2.2', 'A3.1', ''])
    expect(addRule('rules: {a: 1}\n', 'A1')).toEqual({ text: 'rules: {a: 1}\n', path: ['rules'] })
    expect(addRule(ROBOT, 'E9.9', 0).path).toEqual(['rules', 1])
  })
  it('is copied with an id of its own and moved', () => {
    const copy = duplicateRule(ROBOT, ['rules', 1])
    expect([copy.path, word(copy.text, [...copy.path, 'id']), word(copy.text, [...copy.path, 'aspect'])]).toEqual([['rules', 2], 'air-pressure-2', 'A3.2'])
    expect(word(duplicateRule(copy.text, ['rules', 1]).text, ['rules', 2, 'id'])).toBe('air-pressure-3')
    const down = move(ROBOT, ['rules', 0], 1)
    expect([word(down?.text ?? '', ['rules', 0, 'id']), move(ROBOT, ['rules', 0], -1)]).toEqual(['air-pressure', null])
    expect(move(down?.text ?? '', ['rules', 1], -1)?.text).toBe(ROBOT)
  })
  it('renames a rule in the gates that name it, unless another one is called so', () => {
    const gated = 'rules: [{id: a, gate: b}, {id: b}, {id: c, gate: [a, b]}]\n'
    expect(renameRule(gated, ['rules', 1], 'd')).toBe('rules: [{id: a, gate: d}, {id: d}, {id: c, gate: [a, d]}]\n')
    expect(renameRule('rules: [{id: a, gate: b}, {id: b}, {id: b}]\n', ['rules', 1], 'd')).toBe('rules: [{id: a, gate: b}, {id: d}, {id: b}]\n')
  })
  it('is for automatic aspects, wherever they stand', () => {
    expect(automatic(parse(ROBOT)).map((path) => word(ROBOT, [...path, 'code']))).toEqual(['A3.1', 'A3.2', 'B2.2', 'C1.1', 'C1.2', 'C1.3', 'D1.1', 'D1.2', 'E2.1', 'E2.2'])
    expect(automatic(parse('modules: [{criteria: [{sub_criteria: [{aspects: [{code: x, type: automatic}]}]}]}]'))).toEqual([['modules', 0, 'criteria', 0, 'sub_criteria', 0, 'aspects', 0]])
  })
  it('keeps what no form shows, and names it', () => {
    const odd = rule('on: {raises: a}, why: so, gate: {x: 1}, sequence: a, check: [1]')
    expect(beyondForms(parse(odd), first)).toEqual([[...first, 'on', 'raises'], [...first, 'why'], [...first, 'gate'], [...first, 'sequence'], [...first, 'check']])
    expect(edit(odd, () => {})).toBe(odd)
  })
})
