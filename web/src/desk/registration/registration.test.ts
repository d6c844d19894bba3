import { describe, expect, it } from 'vitest'
import { HallProblem } from '@shared/api/http'
import { decisionsOfAll, drafted, faultsIn, free, localTime, missing, sent, wireTime, type Registration } from './registration'

const field = (code: string, required: boolean) => ({ code, name: { zh: code, en: code }, kind: 'text', required, choices: [] })
const asked = (entrants: string): Pick<Registration, 'fields' | 'entrants' | 'groups'> => ({
  entrants,
  fields: [field('born', true), field('note', false)],
  groups: [{ code: 'workers', name: { zh: '职工组', en: 'Workers' }, capacity: null, taken: 0, submitted: 0, returned: 0, waiting: 0, admitted: 0, refused: 0 }],
})

describe('a form', () => {
  it('sends what is asked and filled in, and nothing else', () => {
    const form = { group: 'workers', team: ' 甲队 ', answers: { born: ' 1990-01-31 ', note: '  ', id_card: '330' } }
    expect(sent(form, asked('both'))).toEqual({ group: 'workers', team: '甲队', answers: { born: '1990-01-31' } })
    expect(sent(form, asked('individuals')).team).toBeNull()
    expect(sent({ ...form, team: ' ' }, asked('both')).team).toBeNull()
  })
  it('names what is missing as the hall would', () => {
    expect(missing({ group: '', team: ' ', answers: {} }, asked('teams'))).toEqual(['group', 'team', 'answers.born'])
    expect(missing({ group: 'workers', team: '', answers: { born: '1990-01-31' } }, asked('both'))).toEqual([])
  })
  it('takes a draft that it can read, and no other', () => {
    const form = { group: 'workers', team: '', answers: { born: '1990-01-31' } }
    expect(drafted(JSON.stringify(form))).toEqual(form)
    for (const bad of [null, '', '{', 'null', '[]', '{"group":1,"team":"","answers":{}}', '{"group":"","team":"","answers":{"a":1}}', '{"group":"","team":""}']) expect(drafted(bad), bad ?? 'null').toBeNull()
  })
})

it('offers only what may be made of every one of them', () => {
  expect(decisionsOfAll([])).toEqual([])
  expect(decisionsOfAll(['submitted', 'waiting'])).toEqual(['admitted', 'returned', 'refused'])
  expect(decisionsOfAll(['submitted', 'returned'])).toEqual(['refused'])
  expect(decisionsOfAll(['admitted', 'submitted'])).toEqual([])
})

it('counts what is free', () => {
  expect([free(null, 3), free(5, 3), free(5, 7)]).toEqual([null, 2, 0])
})

it('finds what the hall found', () => {
  const detail = { zh: '不能为空', en: 'must not be empty' }
  const problem = new HallProblem({ code: 'invalid', status: 422, title: detail, fields: [{ path: 'answers.born', detail }] })
  expect(faultsIn(problem).get('answers.born')).toBe(detail)
  expect(faultsIn(new Error('x')).size).toBe(0)
})

it('takes a time to the minute there and back', () => {
  expect(localTime(null)).toBe('')
  expect(wireTime('')).toBeNull()
  const at = '2026-11-22T08:05:00.000Z'
  expect(wireTime(localTime(at))).toBe(at)
})
