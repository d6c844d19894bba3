import { createApp, nextTick, shallowRef, type App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import type { Session } from '@shared/api/session'
import Tablet from './App.vue'
import zh from './locales/zh-CN.json'
import { EMPTY, type Outbox } from './outbox/outbox'
import { keepProblem } from './problemDraft'
import { signOut } from './tablet'

const li = { account: 'acc_li', name: '李' } as Session
const tablet = vi.hoisted(() => ({}) as Record<string, unknown>)
vi.mock('./tablet', () => ({ useTablet: () => tablet, signOut: vi.fn(), signedIn: vi.fn(), hurry: vi.fn() }))
vi.mock('./views/SignInView.vue', () => ({ default: { render: () => null } }))

let app: App | null = null
const session = shallowRef<Session | null>(li)
const signingOut = shallowRef(false)
async function opened() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
  app = createApp(Tablet)
  app.use(createLanguages(zh, {})).use(router).mount(document.body.appendChild(document.createElement('div')))
  await router.isReady()
}
const at = (id: string) => document.querySelector<HTMLButtonElement>(`[data-testid=${id}]`)
const press = async (id: string) => {
  at(id)?.click()
  await nextTick()
}
beforeEach(() => {
  session.value = li
  signingOut.value = false
  Object.assign(tablet, {
    session, signingOut, box: shallowRef<Outbox>(EMPTY), account: shallowRef('acc_li'), unsent: shallowRef({ count: 0, since: null, failure: null }), leftByOthers: shallowRef({}),
    online: shallowRef(true), reached: shallowRef(true), started: shallowRef(true), diskFault: shallowRef(null), needsSignIn: shallowRef(false), overtakenBy: shallowRef(null), otherWindow: shallowRef(false),
  })
  localStorage.clear()
  vi.mocked(signOut).mockClear()
})
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

it('who leaves nothing behind is not asked', async () => {
  await opened()
  await press('sign-out')
  expect([at('out-leave'), vi.mocked(signOut).mock.calls.length]).toEqual([null, 1])
})

it('a report that was begun is asked about', async () => {
  keepProblem('acc_li|con_a|run_1', { text: '停表', aspect: '' })
  await opened()
  await press('sign-out')
  expect(at('out-reports')?.textContent).toContain('1 份问题报告')
  expect(signOut).not.toHaveBeenCalled()
})

it('the question stays while the sign-out waits, and is not there for the next judge', async () => {
  keepProblem('acc_li|con_a|run_1', { text: '停表', aspect: '' })
  await opened()
  await press('sign-out')
  vi.mocked(signOut).mockImplementation(async () => void (signingOut.value = true))
  await press('out-leave')
  await press('out-leave')
  await press('sign-out')
  document.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }))
  await nextTick()
  expect([at('out-going')?.textContent?.includes('正在退出'), at('sign-out')?.disabled, vi.mocked(signOut).mock.calls.length]).toEqual([true, true, 1])
  session.value = null
  signingOut.value = false
  await nextTick()
  session.value = { ...li, account: 'acc_wang', name: '王' }
  await nextTick()
  expect(at('out-leave')).toBeNull()
})
