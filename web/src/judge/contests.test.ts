import { expect, it } from 'vitest'
import { judgesIn, offered, type ContestRow } from './contests'

const contest = (id: string, state: ContestRow['state']): ContestRow => ({ id, state, name: { zh: id, en: id } })
const judge = (id: string) => ({ role: 'judge' as const, scope: { kind: 'contest' as const, contest: id } })
const ids = (rows: readonly ContestRow[]) => rows.map((each) => each.id)

it('puts what he judges and takes marks first; what is over without him is nowhere', () => {
  const seen = offered(
    [contest('old', 'final'), contest('next', 'draft'), contest('now', 'live'), contest('gone', 'final'), contest('else', 'live'), contest('later', 'draft'), contest('torn', 'damaged')],
    [judge('old'), judge('next'), judge('now')],
  )
  expect(ids(seen.own)).toEqual(['now', 'next'])
  expect(ids(seen.ended)).toEqual(['old'])
  expect(ids(seen.others)).toEqual(['else', 'later', 'torn'])
})

it.each([
  ['a judge of the contest', judge('a'), true],
  ['a judge of another', judge('b'), false],
  ['a chief judge', { role: 'chief_judge' as const, scope: { kind: 'contest' as const, contest: 'a' } }, true],
  ['a judge of a venue of it', { role: 'judge' as const, scope: { kind: 'venue' as const, contest: 'a', venue: 'v' } }, true],
  ['who judges wherever', { role: 'judge' as const, scope: { kind: 'hall' as const } }, true],
  ['who competes there', { role: 'competitor' as const, scope: { kind: 'contest' as const, contest: 'a' } }, false],
])('%s judges there: %#', (_, grant, judges) => expect(judgesIn([grant], 'a')).toBe(judges))

it('who has no role is offered nothing of his own', () => expect(offered([contest('a', 'live')], [])).toEqual({ own: [], ended: [], others: [contest('a', 'live')] }))
