import { expect, it } from 'vitest'
import { addressOf, agentFault, curlLine, firstYearKept, ndjsonOf, NO_WISH, questionOf, SCOPES, scopeKey, tellsOf, wishOf, within, yearsOf } from './asking'
import type { Seen } from './wire'

it('a wish stands in the address, and comes back from it', () => {
  const wish = { person: 'per_a', verb: 'urn:v', activity: '', from: '2026-11-01', to: '', oldest: true }
  expect(addressOf(wish)).toEqual({ person: 'per_a', verb: 'urn:v', from: '2026-11-01', order: 'oldest' })
  expect(wishOf(addressOf(wish))).toEqual(wish)
  expect(addressOf(NO_WISH)).toEqual({})
  expect(wishOf({ from: 'yesterday', person: ['a', 'b'], order: 'x' })).toEqual(NO_WISH)
})

it('days are whole ones by the reader’s clock: the first moment of one to the last of the other', () => {
  const { stored_since, stored_until, newest_first } = questionOf({ ...NO_WISH, from: '2026-11-28', to: '2026-11-30' })
  expect(newest_first).toBe(true)
  expect(Date.parse(stored_since ?? '')).toBe(new Date(2026, 10, 28).getTime() - 1)
  expect(Date.parse(stored_until ?? '')).toBe(new Date(2026, 11, 1).getTime() - 1)
  expect(questionOf(NO_WISH)).toEqual({ newest_first: true })
})

const told = (position: number, statement: unknown): Seen => ({ position, id: `id-${position}`, stored_at: '2026-11-28T00:00:00Z', hash: 'ab', statement: statement as never })
const by = (name: string) => ({ actor: { account: { homePage: 'urn:x-guildhall:persons', name } } })

it('an export has a line for each statement, and null for what was erased', () => {
  expect(ndjsonOf([told(1, { id: 'x' }), told(2, null)])).toBe('{"position":1,"id":"id-1","hash":"ab","statement":{"id":"x"}}\n{"position":2,"id":"id-2","hash":"ab","statement":null}\n')
  expect(ndjsonOf([])).toBe('')
})

it('what somebody did is told apart from what mentions him', () => {
  expect(tellsOf([told(1, by('per_a')), told(2, by('per_b')), told(3, null)], 'per_a')).toEqual({ own: 1, others: 1 })
})

it.each([
  ['{"mbox": "mailto:a@b.example"}', null],
  ['{"account": {"homePage": "https://x.example", "name": "1"}}', null],
  ['{"name": "Ann"}', 'archive.agentWho'],
  ['{"mbox": "mailto:a@b.example", "openid": "https://a.example"}', 'archive.agentWho'],
  ['[]', 'archive.agentNoJson'], ['null', 'archive.agentNoJson'], ['mailto:a@b.example', 'archive.agentNoJson'], ['', 'archive.agentNoJson'],
])('the agent %s', (text, fault) => {
  expect(agentFault(text)).toBe(fault)
})

it('a scope is within a wider one', () => {
  expect(within('statements/read/mine', ['statements/read'])).toBe(true)
  expect(within('state', ['all/read'])).toBe(false)
  expect(SCOPES.filter((each) => within(each, ['all']))).toEqual(SCOPES.filter((each) => each !== 'all'))
  expect(scopeKey('statements/read/mine')).toBe('archive.scope.statements-read-mine')
})

it('the line for a terminal shows that the key works, and writes nothing', () => {
  expect(curlLine('https://h.example', 'xac_1', "se'cret", ['all'])).toBe("curl -u 'xac_1:se'\\''cret' -H 'X-Experience-API-Version: 2.0.0' 'https://h.example/xapi/statements?limit=1'")
  expect(curlLine('https://h.example', 'a', 'b', ['statements/write', 'state'])).toBe("curl -u 'a:b' -d grant_type=client_credentials 'https://h.example/xapi/oauth/token'")
})

it.each([['5', 5], [100, 100], ['0', null], ['101', null], ['1.5', null], ['', null], ['-1', null]])('keeping %j years', (text, years) => {
  expect(yearsOf(text)).toBe(years)
})
it('full years are kept: with one, the last one and this one', () => {
  expect(firstYearKept(1, new Date('2026-11-28T00:00:00Z'))).toBe(2025)
})
