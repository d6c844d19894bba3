/** Who sits at the desk. What his roles allow is decided by the hall; the desk only leaves out what would be refused. */

import { computed, shallowRef } from 'vue'
import { currentSession, signOut as leave, type Session } from '@shared/api/session'

const session = shallowRef<Session | null | undefined>(undefined)
const error = shallowRef<unknown>(null)

export function useSession() {
  const holds = (...roles: string[]) => (session.value?.roles ?? []).some((each) => roles.includes(each.role))
  return {
    /** undefined while unknown, null when nobody is signed in. */
    session,
    error,
    holds,
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
