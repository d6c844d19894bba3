import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { add, append, appendNamed, divide, duplicate, edit, isDivided, join, kindBelow, kindOf, methodOf, move, parse, pathOf, pathText, remove, rename, setAbility, setMethod, setSaid, setTie, setType, setWord, wordAt, type Path } from './document'

const shipped = (name: string) => readFileSync(`../catalogue/contests/${name}/scheme.yaml`, 'utf8')
const ROBOT = shipped('robot-maintenance')
const COMMENT = '# A judge counts along until the rule'
/** Lines that went, and lines that came. */
function difference(before: string, after: string) {
  const [one, other] = [before.split('\n'), after.split('\n')]
  return { gone: one.filter((line) => !other.includes(line)).map((line) => line.trim()), came: other.filter((line) => !one.includes(line)).map((line) => line.trim()) }
}
const first: Path = ['modules', 0, 'criteria', 0, 'aspects', 0]
const word = (text: string, path: Path) => wordAt(parse(text), path)

it.each(['robot-maintenance', 'cobot-day'])('%s, changed in nothing, is the same to the letter', (name) => {
  expect(edit(shipped(name), () => {})).toBe(shipped(name))
})
it('says places as the hall does', () => {
  expect(pathText(first)).toBe('modules[0].criteria[0].aspects[0]')
  expect(pathOf('modules[0].criteria[0].aspects[0]')).toEqual(first)
  expect([pathText([]), pathOf('')]).toEqual(['', []])
})

describe('one field', () => {
  it('is changed on its line, and nothing else is', () => {
    expect(difference(ROBOT, setWord(ROBOT, [...first, 'max'], '2.5'))).toEqual({ gone: [], came: ['max: 2.5'] })
    expect(difference(ROBOT, setSaid(ROBOT, [...first, 'name'], 'en', 'Gripper, mounted'))).toEqual({
      gone: ['name: {zh: 夹爪按图安装，紧固件齐全并有防松标记, en: Gripper mounted to the drawing with all fasteners and paint marks}'],
      came: ['name: {zh: 夹爪按图安装，紧固件齐全并有防松标记, en: "Gripper, mounted"}'],
    })
  })
  it('keeps the figures that were typed, and what is no number', () => {
    for (const typed of ['2.50', '3', 'two', '0.05']) expect(word(setWord(ROBOT, [...first, 'max'], typed), [...first, 'max'])).toBe(typed)
  })
  it('goes where nothing is typed, and a name stays with nothing in it', () => {
    expect(word(setWord(ROBOT, ['modules', 0, 'minutes'], ''), ['modules', 0, 'minutes'])).toBe('')
    const unnamed = setSaid(ROBOT, [...first, 'name'], 'zh', '')
    expect(unnamed).toContain('{zh: "", en: Gripper mounted')
    expect(setSaid(edit(ROBOT, (doc) => doc.deleteIn([...first, 'name'])), [...first, 'name'], 'zh', '夹爪')).toContain('{zh: 夹爪, en: ""}')
  })
  it('of a text that is no YAML is not touched', () => {
    expect(setWord('a: [1', ['a'], '2')).toBe('a: [1')
  })
})

describe('things of the tree', () => {
  it('are added with a code that nobody has', () => {
    const aspect = add(ROBOT, 'aspect', ['modules', 0, 'criteria', 0], 0)
    expect(aspect.path).toEqual(['modules', 0, 'criteria', 0, 'aspects', 1])
    expect(word(aspect.text, [...aspect.path, 'code'])).toBe('A1.4')
    expect(difference(ROBOT, aspect.text)).toEqual({ gone: [], came: ['- code: A1.4', 'name: {zh: 新评分项, en: New aspect}', 'max: 1'] })
    const module = add(ROBOT, 'module', [])
    expect([module.path, word(module.text, [...module.path, 'code']), word(module.text, [...module.path, 'criteria', 0, 'aspects', 0, 'code'])]).toEqual([['modules', 5], 'F', 'F1.1'])
    const from = add('id: x\n', 'module', [])
    expect(word(from.text, ['modules', 0, 'criteria', 0, 'code'])).toBe('A1')
  })
  it('are removed with what is below, and comments elsewhere stay', () => {
    const without = remove(ROBOT, ['modules', 0])
    expect(word(without, ['modules', 0, 'code'])).toBe('B')
    expect(without).toContain(COMMENT)
  })
  it('are copied with codes of their own all the way down', () => {
    const copy = duplicate(ROBOT, ['modules', 2])
    const codes = [...copy.text.matchAll(/code: ([A-Z][\d.]*)$/gm)].map((each) => each[1])
    expect(new Set(codes).size).toBe(codes.length)
    expect([copy.path, word(copy.text, [...copy.path, 'code']), word(copy.text, [...copy.path, 'criteria', 0, 'aspects', 1, 'code'])]).toEqual([['modules', 3], 'F', 'F1.2'])
  })
  it('move among their siblings and into the neighbour, with their comments', () => {
    const shadow: Path = ['modules', 2, 'criteria', 0, 'aspects', 0]
    const down = move(ROBOT, shadow, 1)
    expect(down?.path).toEqual(['modules', 2, 'criteria', 0, 'aspects', 1])
    expect(down?.text).toMatch(new RegExp(`code: C1.2[^]*${COMMENT}[^]*code: C1.1[^]*code: C1.3`))
    expect(move(down?.text ?? '', down?.path ?? [], -1)?.text).toBe(ROBOT)
    const out = move(ROBOT, ['modules', 0, 'criteria', 0, 'aspects', 2], 1)
    expect(out?.path).toEqual(['modules', 0, 'criteria', 1, 'aspects', 0])
    expect(word(out?.text ?? '', out?.path.concat('code') ?? [])).toBe('A1.3')
    expect([move(ROBOT, ['modules', 0], -1), move(ROBOT, ['modules', 4], 1), move(ROBOT, ['modules', 0, 'criteria', 0], -1)]).toEqual([null, null, null])
    const modules = move(ROBOT, ['modules', 1], -1)
    expect(move(modules?.text ?? '', ['modules', 0], 1)?.text).toBe(ROBOT)
  })
  it('are renamed wherever they are named', () => {
    const aspect = rename(ROBOT, ['modules', 2, 'criteria', 0, 'aspects', 1], 'C1.9')
    expect(difference(ROBOT, aspect)).toEqual({ gone: ['- code: C1.2', 'aspect: C1.2'], came: ['- code: C1.9', 'aspect: C1.9'] })
    expect(rename(ROBOT, ['modules', 2], 'X')).toContain('{module: X}, {module: D}')
    const ability = rename(ROBOT, ['abilities', 4], 'conduct')
    expect([ability.match(/\bsafety\b/g)?.length ?? 0, ability.match(/\bconduct\b/g)?.length]).toEqual([(ROBOT.match(/\bsafety\b/g)?.length ?? 0) - 6, 7])
  })
})

describe('a criterion in parts', () => {
  const criterion: Path = ['modules', 0, 'criteria', 0]
  const part = (at: number): Path => [...criterion, 'sub_criteria', at]
  const divided = divide(ROBOT, criterion)
  const codes = (text: string) => [...text.matchAll(/code: ([A-Z][\w.]*)$/gm)].map((each) => each[1])

  it('is one that was divided, and joined again it is the same to the letter', () => {
    expect([isDivided(parse(ROBOT), criterion), isDivided(parse(divided), criterion)]).toEqual([false, true])
    const flat = (text: string) => text.replaceAll(/^ +/gm, '')
    expect(difference(flat(ROBOT), flat(divided))).toEqual({ gone: [], came: ['sub_criteria:', '- code: A1a', 'name: {zh: 新评分子单元, en: New sub-criterion}'] })
    expect(codes(divided).slice(0, 6)).toEqual(['A', 'A1', 'A1a', 'A1.1', 'A1.2', 'A1.3'])
    expect(join(divided, criterion)).toBe(ROBOT)
    expect([divide(divided, criterion), join(ROBOT, criterion)]).toEqual([divided, ROBOT])
  })
  it('keeps its comments when it is divided and joined', () => {
    const shadow: Path = ['modules', 2, 'criteria', 0]
    const text = divide(ROBOT, shadow)
    expect(text).toMatch(new RegExp(`${COMMENT}[^]*code: C1.1`))
    expect(join(text, shadow)).toBe(ROBOT)
    const two = add(divided, 'sub_criterion', criterion).text.replace('- code: A1b', '# The second half.\n          - code: A1b')
    expect(join(two, criterion)).toMatch(/# The second half\.\n +- code: A1b\.1/)
  })
  it('is told from one that is not by what may be added below it', () => {
    expect([kindBelow(parse(ROBOT), criterion), kindBelow(parse(divided), criterion), kindBelow(parse(divided), part(0)), kindBelow(parse(divided), first)]).toEqual(['aspect', 'sub_criterion', 'aspect', null])
    expect([part(0), [...part(0), 'aspects', 1], first, [...first, 'steps', 0], ['rules', 0]].map((path) => kindOf(path as Path))).toEqual(['sub_criterion', 'aspect', 'aspect', null, null])
  })
  it('has parts that are added, copied, renamed and removed like everything else', () => {
    const added = add(divided, 'sub_criterion', criterion, 0)
    expect([added.path, word(added.text, [...added.path, 'code']), word(added.text, [...added.path, 'aspects', 0, 'code'])]).toEqual([part(1), 'A1b', 'A1b.1'])
    const aspect = add(divided, 'aspect', part(0), 0)
    expect([aspect.path, word(aspect.text, [...aspect.path, 'code'])]).toEqual([[...part(0), 'aspects', 1], 'A1a.1'])
    const copy = duplicate(divided, part(0))
    expect([copy.path, word(copy.text, [...copy.path, 'code']), word(copy.text, [...copy.path, 'aspects', 2, 'code'])]).toEqual([part(1), 'A1b', 'A1b.3'])
    const whole = duplicate(divided, criterion)
    expect([word(whole.text, [...whole.path, 'code']), word(whole.text, [...whole.path, 'sub_criteria', 0, 'code']), word(whole.text, [...whole.path, 'sub_criteria', 0, 'aspects', 0, 'code'])]).toEqual(['A4', 'A4a', 'A4a.1'])
    expect(new Set(codes(whole.text)).size).toBe(codes(whole.text).length)
    expect(difference(divided, rename(divided, part(0), 'A1x'))).toEqual({ gone: ['- code: A1a'], came: ['- code: A1x'] })
    expect(remove(added.text, added.path)).toBe(divided)
  })
  it('lets aspects go from part to part and into the next criterion, whether that is divided or not', () => {
    const { text } = add(divided, 'sub_criterion', criterion)
    const last: Path = [...part(0), 'aspects', 2]
    const over = move(text, last, 1)
    expect([over?.path, word(over?.text ?? '', [...part(1), 'aspects', 0, 'code'])]).toEqual([[...part(1), 'aspects', 0], 'A1.3'])
    expect(move(over?.text ?? '', over?.path ?? [], -1)?.text).toBe(text)
    const out = move(text, [...part(1), 'aspects', 0], 1)
    expect([out?.path, word(out?.text ?? '', [...(out?.path ?? []), 'code'])]).toEqual([['modules', 0, 'criteria', 1, 'aspects', 0], 'A1b.1'])
    expect(move(out?.text ?? '', out?.path ?? [], -1)?.text).toBe(text)
    expect(move(text, [...part(0), 'aspects', 0], -1)).toBeNull()
  })
  it('lets parts change places, and go only where there are parts', () => {
    const { text } = add(divided, 'sub_criterion', criterion)
    const turned = move(text, part(0), 1)
    expect([turned?.path, codes(turned?.text ?? '').filter((code) => /^A1[ab]$/.test(code ?? ''))]).toEqual([part(1), ['A1b', 'A1a']])
    expect([move(text, part(1), 1), move(text, part(0), -1)]).toEqual([null, null])
    const both = divide(text, ['modules', 0, 'criteria', 1])
    expect(move(both, part(1), 1)?.path).toEqual(['modules', 0, 'criteria', 1, 'sub_criteria', 0])
  })
  it('that has nothing, or both, can be divided and joined all the same', () => {
    const empty = 'modules:\n  - code: A\n    criteria:\n      - code: A1\n        name: {zh: 一, en: One}\n'
    expect(word(divide(empty, criterion), [...part(0), 'code'])).toBe('A1a')
    const both = `${empty}        aspects:\n          - {code: A1.1, max: 1}\n        sub_criteria:\n          - code: A1a\n            aspects:\n              - {code: A1.2, max: 1}\n          - two\n`
    const joined = parse(join(both, criterion))
    expect([isDivided(joined, criterion), wordAt(joined, [...criterion, 'aspects', 0, 'code']), wordAt(joined, [...criterion, 'aspects', 1, 'code'])]).toEqual([false, 'A1.1', 'A1.2'])
  })
  it('has abilities that are renamed in its parts as well', () => {
    expect(join(rename(divided, ['abilities', 0], 'fitting'), criterion)).toBe(rename(ROBOT, ['abilities', 0], 'fitting'))
  })
})

describe('an aspect', () => {
  const judged: Path = ['modules', 0, 'criteria', 1, 'aspects', 0]
  it('of another type has nothing that it can not have', () => {
    const theory = setType(ROBOT, judged, 'theory')
    for (const field of ['levels', 'judges', 'spread_max']) expect(parse(theory).getIn([...judged, field])).toBeUndefined()
    expect([word(theory, [...judged, 'max']), word(theory, [...judged, 'type'])]).toEqual(['3', 'theory'])
    const back = setType(theory, judged, 'judgement')
    expect([parse(back).getIn([...judged, 'levels', 3, 'en']), word(back, [...judged, 'judges'])]).toEqual(['Excellent throughout', '3'])
    expect(parse(setType(ROBOT, first, 'automatic')).getIn([...first, 'policy'])).toBeUndefined()
  })
  it('marked in another way keeps its type', () => {
    expect(methodOf(parse(ROBOT), first)).toBe('yes_no')
    for (const method of ['tolerance', 'steps', 'deductions', 'yes_no'] as const) expect(methodOf(parse(setMethod(ROBOT, first, method)), first)).toBe(method)
    const panel = setMethod(ROBOT, judged, 'panel')
    expect([methodOf(parse(panel), judged), parse(panel).getIn([...judged, 'levels']), parse(panel).getIn([...judged, 'judges'])]).toEqual(['panel', undefined, undefined])
    expect(panel).toContain('panel: {judges: 5, drop_extremes: true, step: 0.1}')
  })
  it('names abilities in the order in which they are declared', () => {
    expect(difference(ROBOT, setAbility(ROBOT, ['modules', 0, 'criteria', 0, 'aspects', 2], 'safety', true)).came).toEqual(['abilities: [mechanical, electrical, safety]'])
    const off = setAbility(ROBOT, first, 'mechanical', false)
    expect(parse(off).getIn([...first, 'abilities'])).toMatchObject({ items: [] })
  })
})

it('small lists grow by a line', () => {
  expect(difference(ROBOT, appendNamed(ROBOT, ['abilities'], 'ability', { zh: '新能力', en: 'New ability' })).came).toEqual(['- {code: ability1, name: {zh: 新能力, en: New ability}}'])
  expect(difference(ROBOT, setTie(ROBOT, 1, 'module', 'E')).came).toEqual(['ties: [{practice: true}, {module: E}, {module: D}, {module: A}, {theory: true}, {time: true}]'])
  expect(append(ROBOT, ['ranking', 'ties'], { module: 'B' })).toContain('{time: true}, {module: B}]')
})
