import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { SchemeFault } from '../making/draft'
import { divide, pathText, setWord } from './document'
import { History } from './history'
import { linesOf } from './lines'
import { lineTo, nodeOf, outlineOf, rowsOf, stepsSum } from './outline'

const ROBOT = readFileSync('../catalogue/contests/robot-maintenance/scheme.yaml', 'utf8')
const fault = (path: string, severity: 'error' | 'warning' = 'error'): SchemeFault => ({ path, severity, line: 1, column: 1, detail: { zh: '', en: '' }, advice: { zh: '', en: '' }, suggestion: null })

it('a scheme is a tree with a sum at each level', () => {
  const { nodes, total, broken } = outlineOf(ROBOT, [])
  expect([total, broken]).toEqual([100_00, null])
  expect(nodes.map((node) => node.kind)).toEqual(['scheme', 'abilities', 'groups', 'module', 'module', 'module', 'module', 'module', 'ranking', 'rules'])
  expect(nodes.filter((node) => node.kind === 'module').map((node) => [node.code, node.max])).toEqual([['A', 18_00], ['B', 18_00], ['C', 18_00], ['D', 16_00], ['E', 30_00]])
  expect(nodeOf(nodes, 'modules[0].criteria[0]')).toMatchObject({ code: 'A1', max: 8_00, kind: 'criterion' })
  expect(nodeOf(nodes, 'modules[9]')).toBeNull()
})
it('a criterion in parts has their sums below it, and faults at them', () => {
  const text = divide(ROBOT, ['modules', 0, 'criteria', 0])
  const part = 'modules[0].criteria[0].sub_criteria[0]'
  const { nodes, total } = outlineOf(text, [fault(`${part}.aspects[1].max`), fault(`${part}.code`), fault('modules[0].criteria[0].sub_criteria', 'warning')])
  expect([total, nodeOf(nodes, 'modules[0].criteria[0]')?.max, nodeOf(nodes, part)]).toMatchObject([100_00, 8_00, { kind: 'sub_criterion', code: 'A1a', max: 8_00, errors: 2 }])
  expect(nodeOf(nodes, `${part}.aspects[1]`)).toMatchObject({ kind: 'aspect', code: 'A1.2', errors: 1 })
  expect(nodeOf(nodes, 'modules[0].criteria[0]')).toMatchObject({ errors: 2, warnings: 1 })
  expect(lineTo(nodes, `${part}.aspects[1].max`).map((node) => node.kind)).toEqual(['module', 'criterion', 'sub_criterion', 'aspect'])
  expect(rowsOf(nodes, new Set()).find((row) => row.node.code === 'A1.2')).toMatchObject({ depth: 4, parent: part, place: 2, of: 3 })
})
it('a mark that is none leaves the sums above it open', () => {
  const { nodes, total } = outlineOf(setWord(ROBOT, ['modules', 0, 'criteria', 0, 'aspects', 0, 'max'], 'two'), [])
  expect([total, nodeOf(nodes, 'modules[0]')?.max, nodeOf(nodes, 'modules[1]')?.max]).toEqual([null, null, 18_00])
})
it('a fault stands at its node and is counted above it', () => {
  const { nodes } = outlineOf(ROBOT, [fault('modules[0].criteria[0].aspects[1].max'), fault('modules[0].name.zh'), fault('modules', 'warning'), fault('signals.force', 'warning'), fault('')])
  const seen = (id: string) => [nodeOf(nodes, id)?.errors, nodeOf(nodes, id)?.warnings]
  expect([seen('modules[0].criteria[0].aspects[1]'), seen('modules[0].criteria[0].aspects[0]'), seen('modules[0]'), seen('rules'), seen('')]).toEqual([[1, 0], [0, 0], [2, 0], [0, 1], [1, 1]])
  const rules = outlineOf(ROBOT, [fault('rules[1].on.rises'), fault('rules[10].id', 'warning'), fault('signals.force.unit'), fault('phases')]).nodes
  expect(['rules', 'rules[1]', 'rules[10]', 'signals', 'phases'].map((id) => [nodeOf(rules, id)?.errors, nodeOf(rules, id)?.warnings])).toEqual([[3, 1], [1, 0], [0, 1], [1, 0], [1, 0]])
  expect([nodeOf(rules, 'rules[1]')?.code, nodeOf(rules, 'rules[1]')?.kind, lineTo(rules, 'signals.force.unit').map((node) => node.id)]).toEqual(['air-pressure', 'rule', ['rules', 'signals']])
  expect(lineTo(nodes, 'modules[10].code').map((node) => node.id)).toEqual([''])
})
it('a text that is no YAML says where it breaks', () => {
  expect(outlineOf('a: 1\nb: [1,\n', [])).toMatchObject({ nodes: [], total: null })
  expect(outlineOf('a: 1\nb: [1,\n', []).broken?.line).toBeGreaterThan(1)
  expect(outlineOf('', []).broken).not.toBeNull()
})
it('closed nodes hide what is below them', () => {
  const { nodes } = outlineOf(ROBOT, [])
  const all = rowsOf(nodes, new Set())
  const some = rowsOf(nodes, new Set(['modules[0]']))
  expect(all.length - some.length).toBe(3 + 3 + 2 + 2)
  expect(all.find((row) => row.node.code === 'A1')).toMatchObject({ depth: 2, parent: 'modules[0]', place: 1, of: 3 })
})
it('steps are summed', () => {
  const { doc } = outlineOf(ROBOT, [])
  expect([stepsSum(doc, ['modules', 0, 'criteria', 0, 'aspects', 2]), stepsSum(doc, ['modules', 0, 'criteria', 0, 'aspects', 0])]).toEqual([3_00, null])
  expect(pathText(['a', 0])).toBe('a[0]')
})

it('what was done is undone step by step, and typing is one step', () => {
  let now = 0
  const history = new History({ text: 'a', at: '' }, () => now)
  history.push({ text: 'ab', at: 'x' })
  history.push({ text: 'abc', at: '' }, true)
  now += 100
  history.push({ text: 'abcd', at: '' }, true)
  now += 5_000
  history.push({ text: 'abcde', at: '' }, true)
  expect([history.undo().text, history.undo().text, history.undo().text, history.undo().text, history.canUndo]).toEqual(['abcd', 'ab', 'a', 'a', false])
  expect([history.redo().text, history.canRedo]).toEqual(['ab', true])
  history.push({ text: 'abx', at: '' })
  expect([history.canRedo, history.undo().text, history.current.at]).toEqual([false, 'ab', 'x'])
})

it('texts are compared by lines, and what is equal is left out', () => {
  expect(linesOf('a', 'a')).toEqual([])
  const lines = linesOf(ROBOT, setWord(ROBOT, ['modules', 0, 'criteria', 0, 'aspects', 0, 'max'], '2.5'))
  expect(lines.map((line) => line.kind)).toEqual(['skipped', 'same', 'same', 'same', 'gone', 'new', 'same', 'same', 'same', 'skipped'])
  expect([lines[4], lines[5]].map((line) => [line?.text.trim(), line?.before, line?.after])).toEqual([['max: 2', 32, null], ['max: 2.5', null, 32]])
  expect(linesOf('a\nb\nc', 'b\nc\nd', 0).map((line) => `${line.kind} ${line.text}`)).toEqual(['gone a', 'skipped ', 'new d'])
})
