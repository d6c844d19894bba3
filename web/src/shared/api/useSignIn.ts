/** Signing in, for every door: one click in a demonstration, login and password in a real hall. */
import { onMounted, onScopeDispose, ref, shallowRef } from 'vue'
import { demoRoles, signIn, signInAs, type DemoRole, type Session } from './session'

/** So long the form waits for a demonstration's roles, that it need not move under a finger that is about to press it. */
const ROLES_WITHIN_MS = 1_500

/**
 * `offers`: which of a demonstration's roles this door shows. `admit` signs in by what it is given and lets in; what it throws is
 * shown at the form.
 */
export function useSignIn(offers: (role: DemoRole) => boolean, admit: (how: () => Promise<Session>, role?: DemoRole) => Promise<void>) {
  const roles = shallowRef<DemoRole[]>([])
  const asked = ref(false)
  const login = ref('')
  const password = ref('')
  const busy = ref(false)
  const error = shallowRef<unknown>(null)

  async function ask() {
    if (roles.value.length > 0) return
    const late = setTimeout(() => (asked.value = true), ROLES_WITHIN_MS)
    try {
      const found = (await demoRoles()).filter(offers)
      // Who has begun to type has chosen his way in.
      if (!login.value) roles.value = found
    } catch {
      // the form is always there
    } finally {
      clearTimeout(late)
      asked.value = true
    }
  }
  onMounted(ask)
  // Who signed out without a network finds his door again when it is back.
  addEventListener('online', ask)
  onScopeDispose(() => removeEventListener('online', ask))

  async function enter(how: () => Promise<Session>, role?: DemoRole) {
    busy.value = true
    error.value = null
    try {
      await admit(how, role)
      password.value = ''
    } catch (fault) {
      error.value = fault
    } finally {
      busy.value = false
    }
  }
  return {
    roles,
    /** Whether it is known which roles there are; the ways in are shown then. */
    asked,
    login,
    password,
    busy,
    error,
    byPassword: () => enter(() => signIn(login.value.trim(), password.value)),
    byRole: (role: DemoRole) => enter(() => signInAs(role.key), role),
  }
}
