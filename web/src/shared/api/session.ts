/** Who is signed in, as the hall says it. */
import { HallProblem, hall, rememberCsrf } from './http'
import { api, everyPage, type Schemas } from './client'

export type Session = Schemas['SessionAnswer']
export type DemoRole = Schemas['DemoRole']

const REMEMBERED_UNDER = 'guildhall.signedIn'

function remember(signedIn: boolean) {
  try {
    if (signedIn) localStorage.setItem(REMEMBERED_UNDER, '1')
    else localStorage.removeItem(REMEMBERED_UNDER)
  } catch {
    // then pages that may do without a session don't ask for one
  }
}

/** Whether somebody has signed in on this device and not out again, as far as the device remembers. The hall knows for certain. */
export function mayBeSignedIn(): boolean {
  try {
    return localStorage.getItem(REMEMBERED_UNDER) !== null
  } catch {
    return false
  }
}

function opened(session: Session): Session {
  rememberCsrf(session.csrf_token)
  remember(true)
  return session
}

export async function currentSession(): Promise<Session | null> {
  try {
    return opened(await hall.get<Session>('/api/session'))
  } catch (problem) {
    if (problem instanceof HallProblem && problem.status === 401) {
      remember(false)
      return null
    }
    throw problem
  }
}

/** The session if it is this account's. Another's is left alone, and so is its token: nothing may leave in that name. */
export async function sessionOf(account: string): Promise<Session | null> {
  try {
    const found = await hall.get<Session>('/api/session', undefined, account)
    if (found.account === account) return opened(found)
  } catch (problem) {
    if (!(problem instanceof HallProblem && (problem.status === 401 || problem.code === 'other_account'))) throw problem
  }
  rememberCsrf(null)
  return null
}

export const signIn = async (login: string, password: string) =>
  opened(await hall.post<Session>('/api/session', { login, password }))

export async function signOut() {
  await hall.write('DELETE', '/api/session')
  rememberCsrf(null)
  remember(false)
}

/** The one-click roles of a demonstration hall; an empty list in a real one, where the route does not exist. */
export async function demoRoles(): Promise<DemoRole[]> {
  try {
    return await everyPage(() => api.GET('/api/demo/roles'))
  } catch (problem) {
    if (problem instanceof HallProblem && [401, 403, 404].includes(problem.status)) return []
    throw problem
  }
}

export const signInAs = async (key: string) => opened(await hall.post<Session>('/api/demo/session', { key }))
