/** Signing in, for every door: one click in a demonstration, login and password in a real hall. */
import { onMounted, onScopeDispose, ref, shallowRef } from 'vue'
import { demoRoles, signIn, signInAs, type DemoRole, type Session } from './session'

/**
 * `offers`: which of a demonstration's roles this door shows. `admit` signs in by what it is given and lets in; what it throws is
 * shown at the form.
 */
export function useSignIn(offers: (role: DemoRole) => boolean, admit: (how: () => Promise<Session>, role?: DemoRole) => Promise<void>) {
  const roles = shallowRef<DemoRole[]>([])
  const login = ref('')
  const password = ref('')
  const busy = ref(false)
  const error = shallowRef<unknown>(null)

  async function ask() {
    if (roles.value.length > 0) return
    try {
      roles.value = (await demoRoles()).filter(offers)
    } catch {
      // the form is always there
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
    login,
    password,
    busy,
    error,
    byPassword: () => enter(() => signIn(login.value.trim(), password.value)),
    byRole: (role: DemoRole) => enter(() => signInAs(role.key), role),
  }
}
