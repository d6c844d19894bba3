import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse, wordAt } from './document'
import { offersFor } from './offers'
import { declare, namesOf, renameDeclared, setSignalType } from './signals'

const ROBOT = readFileSync('../catalogue/contests/robot-maintenance/scheme.yaml', 'utf8')
const fresh = (text: string) => text.split('\n').filter((line) => !ROBOT.split('\n').includes(line)).map((line) => line.trim())

it('what is declared is added with a name that is free', () => {
  expect(fresh(declare(ROBOT, 'signals'))).toEqual(['signal_1: {type: bool}'])
  expect(fresh(declare(ROBOT, 'phases'))).toEqual(['phase_1: {while: ""}'])
  expect(namesOf(parse(declare(declare('id: x\n', 'signals'), 'signals')), 'signals')).toEqual(['signal_1', 'signal_2'])
  expect([declare('signals: [a]\n', 'signals'), declare('phases:\n', 'phases')]).toEqual(['signals: [a]\n', 'phases:\n  phase_1: {while: ""}\n'])
  expect(declare('signals: {}\n', 'signals')).toBe('signals:\n  signal_1: {type: bool}\n')
})
it('a signal is renamed wherever it is read, and a text in quotation marks is no name', () => {
  const renamed = renameDeclared(ROBOT, 'signals', 'force', 'grip')
  expect(fresh(renamed)).toEqual(['grip: {type: real, unit: N, stale_after: 2s}', 'check: {mean: grip, over: 1s, between: [42N, 55N]}'])
  const state = renameDeclared(`${ROBOT.replace('"idle"', '"tcp_speed"')}`, 'signals', 'tcp_speed', 'speed')
  expect(state).toContain('program_state == "tcp_speed" && motor_current')
  expect(state).toContain('carrying: {while: gripper_closed && speed > 250mm/s}')
  const many = 'signals: {a: {type: bool}, a_b: {type: bool}}\nrules: [{on: {agree: {witnesses: [a, "!a && a_b", 5a > 1]}}, measure: {from: {changes: a}}, says: {en: a}}]\n'
  expect(renameDeclared(many, 'signals', 'a', 'c')).toBe('signals: {c: {type: bool}, a_b: {type: bool}}\nrules: [{on: {agree: {witnesses: [c, "!c && a_b", 5a > 1]}}, measure: {from: {changes: c}}, says: {en: a}}]\n')
})
it('a name that is taken, or is none, changes nothing', () => {
  for (const name of ['force', '', 'a b', '5x', 'a: b']) expect(renameDeclared(ROBOT, 'signals', 'estop', name)).toBe(ROBOT)
  expect(renameDeclared(ROBOT, 'signals', 'nobody', 'x')).toBe(ROBOT)
})
it('a phase is renamed where a rule looks at it', () => {
  expect(fresh(renameDeclared(ROBOT, 'phases', 'cycle', 'round'))).toEqual(['round: {from: {rises: cycle_start}, to: {rises: cycle_done}}', 'during: round'])
})
it('only a real keeps its unit', () => {
  expect(fresh(setSignalType(ROBOT, 'force', 'integer'))).toEqual(['force: {type: integer, stale_after: 2s}'])
  expect(wordAt(parse(setSignalType(ROBOT, 'estop', 'real')), ['signals', 'estop', 'type'])).toBe('real')
})

it('a field offers what the text would', () => {
  const of = (piece: Parameters<typeof offersFor>[1], before: string) => offersFor(ROBOT, piece, before, 'en').options.map((each) => each.label)
  expect(of('condition', 'gripper_closed && for')).toEqual(['force'])
  expect(offersFor(ROBOT, 'condition', 'gripper_closed && for', 'en').from).toBe('gripper_closed && '.length)
  expect(of('condition', 'force > 25')[0]).toBe('N')
  expect(of('condition', '')).toContain('abs')
  expect(of('signal', 'cycle')).toEqual(['cycle_start', 'cycle_done', 'cycle_count'])
  expect(of('duration', '5')[0]).toBe('s')
  expect([of('duration', ''), of('condition', 'program_state == "fo'), of('condition', 'force')]).toEqual([[], [], []])
  expect(offersFor('', 'condition', 'a', 'zh-CN').options.map((each) => each.label)).toEqual(['abs', 'max', 'clamp', 'false'])
})
