/** Which contests a judge's tablet offers: those he judges, of them first what takes marks; the rest is folded. Pure. */
import type { Schemas } from '@shared/api/client'

export type ContestRow = Pick<Schemas['Listing'], 'id' | 'name' | 'state'>
type Grant = Schemas['Grant']

export interface Offered {
  /** He judges here, and it isn't over. */
  own: ContestRow[]
  /** He has judged here. */
  ended: ContestRow[]
  /** Under way or to come, without him. What is over is on no tablet. */
  others: ContestRow[]
}

const ORDER: Record<ContestRow['state'], number> = { live: 0, frozen: 1, review: 2, draft: 3, final: 4, damaged: 5 }

/** Who marks, and who answers for those who do. */
const MARKS: ReadonlySet<string> = new Set(['judge', 'chief_judge'])

export function judgesIn(grants: readonly Grant[], contest: string): boolean {
  return grants.some(({ role, scope }) => MARKS.has(role) && (scope.kind === 'hall' || ('contest' in scope && scope.contest === contest)))
}

export function offered(contests: readonly ContestRow[], grants: readonly Grant[]): Offered {
  const inOrder = [...contests].sort((a, b) => ORDER[a.state] - ORDER[b.state])
  const own = inOrder.filter((each) => judgesIn(grants, each.id))
  return {
    own: own.filter((each) => each.state !== 'final'),
    ended: own.filter((each) => each.state === 'final'),
    others: inOrder.filter((each) => !own.includes(each) && each.state !== 'final'),
  }
}
