import { expect, it } from 'vitest'
import { competesIn } from './me'
import { askedAt, currentRun, others, type MyRun } from './mine'

const run = (id: string, state: string, requests: MyRun['requests'] = []): MyRun => ({
  id, station: 'S1', module: { code: id, name: { zh: id, en: id } }, state, elapsed_ms: 0, at: '2026-11-22T08:00:00.000Z', added_ms: 0, reason: null, asks: [], requests,
})

it('shows the run he is in, then the next, then the last', () => {
  const all = [run('A', 'closed'), run('B', 'stopped'), run('C', 'open'), run('D', 'waiting')]
  expect(currentRun(all)?.id).toBe('C')
  expect(currentRun([run('A', 'closed'), run('B', 'stopped')])?.id).toBe('B')
  expect(currentRun([run('A', 'closed'), run('B', 'waiting'), run('C', 'waiting')])?.id).toBe('B')
  expect(currentRun([run('A', 'closed'), run('B', 'closed')])?.id).toBe('B')
  expect(currentRun([])).toBeUndefined()
  expect(others(all, all[2]).map((each) => each.id)).toEqual(['B', 'D', 'A'])
})

it('knows when each thing was last asked for', () => {
  const asked = run('D', 'open', [{ checkpoint: 'repaired', at_ms: 1 }, { checkpoint: null, at_ms: 2 }, { checkpoint: 'repaired', at_ms: 3 }])
  expect([askedAt(asked, 'repaired'), askedAt(asked, null), askedAt(asked, 'other')]).toEqual([3, 2, null])
})

it('finds the contests of a competitor and of nobody else', () => {
  const held = (role: string) => ({ role, scope: { kind: 'contest', contest: 'con_a' } })
  const session = (...roles: unknown[]) => ({ account: 'acc', person: 'per', name: '甲', roles, csrf_token: 'x', demo: true }) as never
  expect(competesIn(session(held('competitor'), held('competitor')))).toEqual(['con_a'])
  expect(competesIn(session(held('judge')))).toEqual([])
  expect(competesIn(null)).toEqual([])
})
