import { expect, it } from 'vitest'
import { reaches, reachesInto } from './reach'
import type { Grant } from './wire'

const at = (role: string, scope: Grant['scope']): Grant[] => [{ role, scope }]
const east = at('venue_operator', { kind: 'venue', contest: 'con_a', venue: 'ven_east' })
const chief = at('chief_judge', { kind: 'contest', contest: 'con_a' })
const administrator = at('administrator', { kind: 'hall' })
const RUNS_CLOCKS = ['chief_judge', 'venue_operator']

it.each([
  ["East's operator, East", east, 'con_a', 'ven_east', true],
  ["East's operator, West", east, 'con_a', 'ven_west', false],
  ["East's operator, the whole contest", east, 'con_a', undefined, false],
  ["East's operator, a run without a venue", east, 'con_a', null, false],
  ["East's operator, the same venue of another contest", east, 'con_b', 'ven_east', false],
  ['the chief judge, any venue', chief, 'con_a', 'ven_west', true],
  ['the chief judge of another contest', chief, 'con_b', 'ven_west', false],
  ['a judge', at('judge', { kind: 'contest', contest: 'con_a' }), 'con_a', 'ven_east', false],
  ['of an organisation', at('chief_judge', { kind: 'organisation', organisation: 'org_1' }), 'con_a', 'ven_east', false],
] as const)('clocks: %s', (_, grants, contest, venue, may) => {
  expect(reaches(grants, RUNS_CLOCKS, contest, venue)).toBe(may)
})

it('a venue operator comes into the control room of his contest and no other', () => {
  expect([reachesInto(east, RUNS_CLOCKS, 'con_a'), reachesInto(east, RUNS_CLOCKS, 'con_b'), reachesInto(east, ['chief_judge'], 'con_a')]).toEqual([true, false, false])
})

it('an administrator may what an organiser may, and nothing else', () => {
  expect([reaches(administrator, ['organiser'], 'con_a'), reaches(administrator, RUNS_CLOCKS, 'con_a', 'ven_east')]).toEqual([true, false])
})
