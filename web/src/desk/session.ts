/** Who sits at the desk. What his roles allow is decided by the hall; the desk only leaves out what would be refused. */

import { computed, shallowRef } from 'vue'
import type { Scope } from './wire'
import { currentSession, signOut as leave, type Session } from '@shared/api/session'

const session = shallowRef<Session | null | undefined>(undefined)
const error = shallowRef<unknown>(null)

export function useSession() {
  const holdsAt = (reaches: (scope: Scope) => boolean, roles: string[]) => (session.value?.roles ?? []).some((each) => roles.includes(each.role) && reaches(each.scope as Scope))
  const holds = (...roles: string[]) => (session.value?.roles ?? []).some((each) => roles.includes(each.role))
  return {
    /** undefined while unknown, null when nobody is signed in. */
    session,
    error,
    holds,
    /** In the whole hall. */
    holdsInHall: (...roles: string[]) => holdsAt((scope) => scope.kind === 'hall', roles),
    /** In the whole of a contest, by the contest or by the hall. */
    holdsIn: (contest: string, ...roles: string[]) => holdsAt((scope) => scope.kind === 'hall' || (scope.kind === 'contest' && scope.contest === contest), roles),
    isChief: computed(() => holds('chief_judge')),
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
