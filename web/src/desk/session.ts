/** Who sits at the desk. What his roles allow is decided by the hall; the desk only leaves out what would be refused. */

import { shallowRef } from 'vue'
import { reaches, reachesInto } from './reach'
import type { Grant } from './wire'
import { currentSession, signOut as leave, type Session } from '@shared/api/session'

const session = shallowRef<Session | null | undefined>(undefined)
const error = shallowRef<unknown>(null)

/** Who works in a control room. */
export const CONTROLLERS = ['chief_judge', 'supervisor', 'organiser', 'venue_operator']

export function useSession() {
  const grants = () => (session.value?.roles ?? []) as Grant[]
  const holds = (...roles: string[]) => (session.value?.roles ?? []).some((each) => roles.includes(each.role))
  return {
    /** undefined while unknown, null when nobody is signed in. */
    session,
    error,
    holds,
    /** In the whole hall. */
    holdsInHall: (...roles: string[]) => grants().some((each) => each.scope.kind === 'hall' && roles.includes(each.role)),
    /** In the whole of a contest. */
    holdsIn: (contest: string, ...roles: string[]) => reaches(grants(), roles, contest),
    /** In a contest, if only at one of its venues. */
    holdsWithin: (contest: string, ...roles: string[]) => reachesInto(grants(), roles, contest),
    holdsAtVenue: (contest: string, venue: string | null | undefined, ...roles: string[]) => reaches(grants(), roles, contest, venue),
    async check() {
      error.value = null
      try {
        session.value = await currentSession()
      } catch (fault) {
        error.value = fault
      }
    },
    opened(found: Session) {
      session.value = found
    },
    async signOut() {
      await leave()
      session.value = null
    },
  }
}
