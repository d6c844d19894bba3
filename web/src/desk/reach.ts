/** How far roles reach, by the hall's own rule (`kernel::actor`). Pure. The hall decides; the desk only leaves out what would be refused. */

import type { Grant, Scope } from './wire'

/** An administrator may do what an organiser may; no other role contains another. */
const counts = (grant: Grant, roles: readonly string[]) => roles.includes(grant.role) || (grant.role === 'administrator' && roles.includes('organiser'))

export function covers(held: Scope, contest: string, venue?: string | null): boolean {
  if (held.kind === 'hall') return true
  if (held.kind === 'contest') return held.contest === contest
  return held.kind === 'venue' && held.contest === contest && venue != null && held.venue === venue
}

/** In the whole of a contest, or at one venue of it. */
export const reaches = (grants: readonly Grant[], roles: readonly string[], contest: string, venue?: string | null) =>
  grants.some((grant) => counts(grant, roles) && covers(grant.scope, contest, venue))

/** Anywhere in a contest: at one of its venues is enough. */
export const reachesInto = (grants: readonly Grant[], roles: readonly string[], contest: string) =>
  grants.some((grant) => counts(grant, roles) && (covers(grant.scope, contest) || (grant.scope.kind === 'venue' && grant.scope.contest === contest)))
