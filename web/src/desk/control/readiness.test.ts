import { expect, it } from 'vitest'
import type { Grant } from '../wire'
import { readiness, warningsOf, type Signing } from './readiness'

const at = (role: string, contest = 'con_a'): Grant => ({ role, scope: { kind: 'contest', contest } })
const seat = (role: string, venue: string): Grant => ({ role, scope: { kind: 'venue', contest: 'con_a', venue } })
const account = (name: string, has_password: boolean, ...roles: Grant[]): Signing => ({ name, has_password, disabled_at: null, roles })
const warned = (...args: Parameters<typeof readiness>) => warningsOf(readiness(...args)).map(({ says, n, names }) => [says, n, ...names])

it('warns of a contest without a chief judge, and of officials and competitors without a password', () => {
  const accounts = [account('李国强', false, seat('judge', 'ven_east')), account('王秀英', true, seat('judge', 'ven_east')), account('选手甲', false, at('competitor')), account('别处', false, at('chief_judge', 'con_b'))]
  expect(warned('con_a', 77, 2, accounts, [])).toEqual([['noChief', 0], ['noPasswords', 1, '李国强'], ['noCompetitorPasswords', 1]])
})
it('warns of nothing where all is there', () => {
  const hall: Grant = { role: 'chief_judge', scope: { kind: 'hall' } }
  expect(warned('con_a', 77, 2, [account('裁判长', true, hall), account('李国强', true, at('judge'))], [])).toEqual([])
})
it('a chief judge who is disabled is none, and one who can\'t sign in is named', () => {
  expect(warned('con_a', 1, 1, [{ ...account('旧', true, at('chief_judge')), disabled_at: '2026-01-01T00:00:00Z' }], [])).toEqual([['noChief', 0]])
  expect(warned('con_a', 1, 1, [account('新', false, { role: 'chief_judge', scope: { kind: 'hall' } })], [])).toEqual([['noPasswords', 1, '新']])
})
it('claims nothing that it can\'t see: the chief judge himself is one, passwords are not his to know', () => {
  expect(warned('con_a', 1, 1, undefined, [at('chief_judge')])).toEqual([['passwordsUnknown', 0]])
  expect(warned('con_a', 0, 0, undefined, [at('organiser')])).toEqual([['noEntries', 0], ['noJudges', 0], ['accountsUnknown', 0]])
})
it('names a few of many', () => {
  const many = Array.from({ length: 9 }, (_, n) => account(`裁判${n}`, false, at('judge')))
  expect(warningsOf(readiness('con_a', 1, 9, [...many, account('长', true, at('chief_judge'))], []))[0]).toMatchObject({ says: 'noPasswords', n: 9, names: ['裁判0', '裁判1', '裁判2', '裁判3', '裁判4'] })
})
