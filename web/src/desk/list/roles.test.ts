import { expect, it } from 'vitest'
import { REACHES, reachesInto, reachesOf, ROLES, scopeOf, scopeText } from './roles'

it('offers every role a reach, and never a role of contests at an organisation', () => {
  for (const role of ROLES) expect(reachesOf(role).length, role).toBeGreaterThan(0)
  for (const role of ['chief_judge', 'supervisor', 'arbitrator', 'judge', 'venue_operator', 'competitor']) expect(reachesOf(role), role).not.toContain('organisation')
  expect(reachesOf('public')).toEqual([])
  expect(reachesOf('venue_operator')[0]).toBe('venue')
})

it('writes each reach as the hall reads it', () => {
  const named = { contest: 'con_1', venue: 'ven_2', organisation: 'org_3' }
  expect(REACHES.map((reach) => scopeText(scopeOf(reach, named)))).toEqual(['contest/con_1', 'venue/con_1/ven_2', 'organisation/org_3', 'hall'])
  expect(REACHES.map((reach) => reachesInto(scopeOf(reach, named), 'con_1'))).toEqual([true, true, false, false])
  expect(reachesInto(scopeOf('venue', named), 'con_2')).toBe(false)
})
