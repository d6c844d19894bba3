import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { move, parse, remove, setWord, type Path } from './document'
import { addWitness, eventAt, EVENTS, setAgreement, setEvent, setKept, usualQuorum, witnessesAt } from './events'

const ROBOT = readFileSync('../catalogue/contests/robot-maintenance/scheme.yaml', 'utf8')
const lineOf = (text: string, begins: string) => text.split('\n').find((line) => line.trim().startsWith(begins))?.trim()
const on: Path = ['rules', 2, 'on']
const rule = (event: string) => `rules:\n  - id: x\n    # Why it is so.\n    on: ${event} # beside\n    award: 1\n`
const at: Path = ['rules', 0, 'on']

describe('an event', () => {
  it('is the one that is named, and none where several are or nothing is read', () => {
    expect([eventAt(parse(ROBOT), on), eventAt(parse(rule('{rises: a, falls: b}')), at), eventAt(parse(rule('a')), at), eventAt(parse(rule('{raises: a}')), at)]).toEqual(['holds', null, null, null])
  })
  it('becomes another with its condition, and comments stay', () => {
    const falls = setEvent(rule("{rises: 'a, b > 1N'}"), at, 'falls')
    expect(falls).toBe(rule("{falls: 'a, b > 1N'}"))
    expect(setEvent(falls, at, 'rises')).toBe(rule("{rises: 'a, b > 1N'}"))
    expect(setEvent(rule('{rises: a}'), at, 'rises')).toBe(rule('{rises: a}'))
  })
  it('that holds says for how long, and no other does', () => {
    expect(lineOf(setEvent(rule('{rises: a}'), at, 'holds'), 'on:')).toBe('on: {holds: a, for: 1s} # beside')
    expect(lineOf(setEvent(ROBOT, on, 'rises'), 'on: {rises: motor_current')).toBe('on: {rises: motor_current > 4.2A}')
  })
  it('of each kind can be taken, and what stands beside it stays', () => {
    for (const kind of EVENTS) expect(eventAt(parse(setEvent(ROBOT, on, kind)), on)).toBe(kind)
    expect(setEvent('rules: [{count: {rises: a, curve: [[1, 2]]}}]', ['rules', 0, 'count'], 'request')).toBe('rules: [{count: {request: any, curve: [[1, 2]]}}]\n')
    expect(setEvent('rules: [{count: {between: [1, 2]}}]', ['rules', 0, 'count'], 'falls')).toBe('rules: [{count: {falls: "", between: [1, 2]}}]\n')
    expect(setEvent('rules: [{id: x}]', at, 'begins')).toBe('rules: [{id: x, on: {begins: run}}]\n')
  })
  it('without a condition keeps its place for it', () => {
    expect(lineOf(setKept(rule('{rises: a}'), [...at, 'rises'], ''), 'on:')).toBe('on: {rises: ""} # beside')
    expect(lineOf(setKept(rule('{rises: a}'), [...at, 'rises'], 'max(a, b) > 1'), 'on:')).toBe('on: {rises: "max(a, b) > 1"} # beside')
  })
})

describe('witnesses', () => {
  const agree: Path = [...at, 'agree']
  it('begin with the condition that was there, and go back to it', () => {
    const several = setEvent(rule('{rises: a}'), at, 'agree')
    expect(lineOf(several, 'on:')).toBe('on: {agree: {witnesses: [a, ""]}} # beside')
    expect(witnessesAt(parse(several), agree)).toEqual({ list: [...agree, 'witnesses'], count: 2, at_least: '', within: '' })
    expect(setEvent(several, at, 'rises')).toBe(rule('{rises: a}'))
  })
  it('grow, move and go line by line', () => {
    const three = setKept(addWitness(setEvent(rule('{rises: a}'), at, 'agree'), agree), [...agree, 'witnesses', 2], 'c > 1')
    expect(lineOf(three, 'on:')).toContain('witnesses: [a, "", c > 1]')
    expect(lineOf(move(three, [...agree, 'witnesses', 2], -1)?.text ?? '', 'on:')).toContain('witnesses: [a, c > 1, ""]')
    expect([move(three, [...agree, 'witnesses', 0], -1), move(three, [...agree, 'witnesses', 2], 1)]).toEqual([null, null])
    expect(lineOf(remove(three, [...agree, 'witnesses', 1]), 'on:')).toContain('witnesses: [a, c > 1]')
  })
  it('in a plain list stay in one until it has to say more', () => {
    const plain = rule('{agree: [a, b]}')
    expect(lineOf(addWitness(plain, agree), 'on:')).toBe('on: {agree: [a, b, ""]} # beside')
    expect(setAgreement(plain, agree, 'within', '')).toBe(plain)
    const told = setAgreement(plain, agree, 'at_least', '2')
    expect(lineOf(told, 'on:')).toBe('on: {agree: {witnesses: [a, b], at_least: 2}} # beside')
    expect(lineOf(setAgreement(setAgreement(told, agree, 'within', '500ms'), agree, 'at_least', ''), 'on:')).toBe('on: {agree: {witnesses: [a, b], within: 500ms}} # beside')
  })
  it('that are no list of conditions are left to the text', () => {
    for (const odd of ['{agree: a}', '{agree: {witnesses: a}}', '{agree: [{rises: a}, b]}', '{agree: {}}']) expect(witnessesAt(parse(rule(odd)), agree)).toBeNull()
    expect(setWord(rule('{agree: a}'), ['rules', 0, 'award'], '2')).toContain('{agree: a}')
  })
  it('are more than half and two at least, where nothing is said', () => {
    expect([2, 3, 4, 5, 16].map(usualQuorum)).toEqual([2, 2, 3, 3, 9])
  })
})
