import { describe, expect, it } from 'vitest'
import type { Award, Ranked, Results, Signature } from '@shared/api/results'
import { aspectsByModule, codesIn, inGroup, prizeKinds, rankRows, teamRows, timeOf } from './ranking'
import { mayStillSign, shortDigest, signaturesMissing, signingState, stateOf } from './signing'

const says = (zh: string) => ({ zh, en: zh })
const ranked = (no: string, rank: number | null, group: string, groupRank: number | null, team: string | null = null): Ranked => ({
  entry: `ent_${no}`, no, group, team, rank, group_rank: groupRank, total: '71.20', practice: '60.20', theory: '11.00', time_ms: 83_250,
  modules: { B: '30.00', A: '41.20', Z: '0.00' }, abilities: { wiring: '12.00' }, aspects: { 'A1.10': '1.00', 'B1.1': '2.00' }, why: says('领先于 12'), why_in_group: says('组内第一'),
})
const award = (prize: string, group: string | null, rank: number | null, to: Partial<Award> = {}): Award => ({ prize, name: says(prize), group, rank, points: null, entry: null, team: null, why: says('前 10%'), ...to })
const results: Results = {
  state: 'review', digest: '0123456789abcdef', signatures: [],
  waits: [],
  standing: {
    format: 'guildhall/results/1', contest: 'con_a', name: says('总决赛'), scheme: { id: 's', version: 1, hash: 'b3:aa' }, rule_set: null,
    entries: [ranked('110', null, 'workers', null), ranked('12', 2, 'workers', 2, 'org_1'), ranked('9', 2, 'students', 1), ranked('101', 1, 'workers', 1, 'org_1')],
    teams: [{ team: 'org_2', name: says('徐州队'), rank: null, total: '0.00', time_ms: null, why: says('–') }, { team: 'org_1', name: says('温州队'), rank: 1, total: '142.40', time_ms: 1, why: says('第一') }],
    prizes: [award('first', 'workers', 1, { entry: 'ent_101' }), award('second', 'workers', 2, { entry: 'ent_12' }), award('team-first', null, 1, { team: 'org_1' })],
  },
  names: [{ entry: 'ent_101', name: '欧阳建国', organisation: says('温州市总工会') }],
}

describe('a result as rows', () => {
  const rows = rankRows(results)
  it('goes by rank, equals by number, and who has none comes last', () => expect(rows.map((row) => row.no)).toEqual(['101', '9', '12', '110']))
  it('has a name where it may be seen, the team and the prizes', () => {
    expect(rows[0]).toMatchObject({ name: '欧阳建国', organisation: { zh: '温州市总工会' }, teamName: { zh: '温州队' }, prizes: [{ prize: 'first' }] })
    expect(rows[1]).toMatchObject({ name: '', organisation: null, teamName: null, prizes: [] })
  })
  it('of one group goes by the rank in the group', () => {
    expect(inGroup(rows, 'workers').map((row) => row.no)).toEqual(['101', '12', '110'])
    expect(inGroup(rows, '').length).toBe(4)
  })
  it('has its teams with their members', () => {
    expect(teamRows(results, rows).map((team) => [team.team, team.members.map((row) => row.no), team.prizes.length])).toEqual([['org_1', ['101', '12'], 1], ['org_2', [], 0]])
  })
  it('has modules in the order of the scheme, and what the scheme does not know behind them', () => {
    expect(codesIn(results.standing.entries, 'modules', ['A', 'B', 'C'])).toEqual(['A', 'B', 'Z'])
    expect(codesIn([], 'abilities', ['wiring'])).toEqual([])
  })
  it('has the aspects of each module, counted as people count', () => {
    expect(aspectsByModule(results.standing.entries[0]!.aspects, ['A1.2', 'A1.10'], (code) => code[0]!)).toEqual([
      { module: 'A', aspects: [{ code: 'A1.2', mark: null }, { code: 'A1.10', mark: '1.00' }] },
      { module: 'B', aspects: [{ code: 'B1.1', mark: '2.00' }] },
    ])
  })
  it('says no time where there is none', () => expect([timeOf(null), timeOf(3_723_000)]).toEqual(['–', '1:02:03']))
})

it('prizes stand by kind and group, as they are listed', () => {
  const more = award('first', 'workers', 1, { entry: 'ent_9' })
  expect(prizeKinds([...results.standing.prizes, more]).map((kind) => [kind.key, kind.teams, kind.awards.map((each) => each.entry)])).toEqual([
    ['workers/first', false, ['ent_101', 'ent_9']], ['workers/second', false, ['ent_12']], ['/team-first', true, [null]],
  ])
})

describe('signatures', () => {
  const missing: Signature = { role: 'chief_judge', signed_at: null, by: null, is_stale: false }
  const signed: Signature = { role: 'supervisor', signed_at: '2026-12-05T09:00:00Z', by: '陈伟', is_stale: false }
  /** By whom and when is told no more. */
  const stale: Signature = { ...missing, role: 'supervisor', is_stale: true }
  it.each([
    [[], 'nobody'],
    [[missing], 'none'],
    [[missing, signed], 'some'],
    [[signed, signed], 'all'],
    [[missing, stale], 'void'],
    [[signed, stale], 'void'],
  ] as const)('%j are %s', (signatures, state) => expect(signingState(signatures)).toBe(state))
  it('are missing, stale or there', () => expect([missing, stale, signed].map(stateOf)).toEqual(['missing', 'stale', 'signed']))
  it('may be given in a role that one holds, and again when the result has changed', () => {
    expect(mayStillSign([missing, signed], () => true)).toEqual(['chief_judge'])
    expect(mayStillSign([missing, stale], () => true)).toEqual(['chief_judge', 'supervisor'])
    expect(mayStillSign([missing, stale], (role) => role === 'supervisor')).toEqual(['supervisor'])
    expect(mayStillSign([missing, missing], () => false)).toEqual([])
  })
  it.each([
    ['0123456789abcdef', '0123 4567 89ab'],
    ['abc', 'abc'],
  ])('%s is compared as %s', (digest, short) => expect(shortDigest(digest)).toBe(short))
  it('are told apart from all else that is still out', () => {
    const fields = ['runs[run_1]', 'signatures[chief_judge]', 'signatures[supervisor]'].map((path) => ({ path, detail: says('缺') }))
    expect(signaturesMissing(fields)).toEqual(['chief_judge', 'supervisor'])
    expect(signaturesMissing(fields.slice(0, 1))).toEqual([])
  })
})
