/** Who looks, if he signed in on this device: a competitor finds his own run from every page of his contest. */
import { computed, shallowRef } from 'vue'
import { currentSession, mayBeSignedIn, type Session } from '@shared/api/session'

const session = shallowRef<Session | null | undefined>(undefined)
let asking: Promise<void> | null = null

/** The contests in which a session's person competes. */
export function competesIn(session: Session | null | undefined): string[] {
  const places = (session?.roles ?? []).flatMap(({ role, scope }) => (role === 'competitor' && 'contest' in scope ? [scope.contest] : []))
  return [...new Set(places)]
}

async function check() {
  session.value = await currentSession()
}

export function useMe() {
  return {
    /** undefined while unknown, null when nobody is signed in. */
    session,
    contests: computed(() => competesIn(session.value)),
    check,
    /** Thousands of spectators ask the hall nothing: only a device that remembers a sign-in does. */
    checkIfRemembered() {
      if (session.value !== undefined || !mayBeSignedIn()) return
      asking ??= check().catch(() => {
        asking = null
      })
    },
    opened(found: Session) {
      session.value = found
    },
  }
}
