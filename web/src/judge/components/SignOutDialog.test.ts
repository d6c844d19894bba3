import { createApp, nextTick, shallowRef, type App } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import zh from '../locales/zh-CN.json'
import * as outbox from '../outbox/outbox'
import { EMPTY, type Outbox } from '../outbox/outbox'
import { keepProblem } from '../problemDraft'
import SignOutDialog from './SignOutDialog.vue'

const tablet = { box: shallowRef<Outbox>(EMPTY), account: shallowRef('acc_li'), online: shallowRef(true), reached: shallowRef(true), diskFault: shallowRef<string | null>(null), signingOut: shallowRef(false) }
vi.mock('../tablet', () => ({ useTablet: () => tablet, hurry: vi.fn() }))

let app: App | null = null
const left = vi.fn()
function opened() {
  app = createApp(SignOutDialog, { name: '李', onLeave: left })
  app.use(createLanguages(zh, {})).mount(document.body.appendChild(document.createElement('div')))
}
const at = (id: string) => document.querySelector<HTMLElement>(`[data-testid=${id}]`)
const typed = (aspect: string) => outbox.type(tablet.box.value, { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect, round: 1 }, { value: { kind: 'yes_no', yes: true } }, { mark_id: `mrk_${aspect}`, now: 1 })
beforeEach(() => {
  tablet.box.value = EMPTY
  tablet.box.value = outbox.submit(typed('A1'), ['acc_li|con_a|run_1|A1|1'], { key: 'k1', now: 1, iso: '' })
  tablet.box.value = typed('A2')
  Object.assign(tablet.online, { value: true })
  Object.assign(tablet.diskFault, { value: null })
  tablet.signingOut.value = false
  localStorage.clear()
  left.mockClear()
})
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

it('says how much is not sent, that it stays here for this account, and goes when asked', () => {
  opened()
  expect(at('out-unsent')?.textContent).toContain('有 1 项已提交、未送出。内容留在本机，李再次在本机登录后自动送出')
  expect(at('out-drafts')?.textContent).toContain('有 1 项草稿未提交')
  expect([at('out-no-line'), at('out-lost')]).toEqual([null, null])
  at('out-leave')?.click()
  expect(left).toHaveBeenCalledOnce()
})

it('without a line it says that nobody can sign in again', async () => {
  tablet.box.value = EMPTY
  tablet.online.value = false
  opened()
  expect(at('out-no-line')?.textContent).toContain('恢复网络之前不能再登录')
  tablet.online.value = true
  await nextTick()
  expect(at('out-no-line')).toBeNull()
})

it('what would be lost takes a choice of its own', async () => {
  tablet.diskFault.value = 'no disk'
  opened()
  expect(at('out-lost')?.textContent).toContain('关闭页面就没有了')
  at('out-leave')?.click()
  expect(left).not.toHaveBeenCalled()
  at('out-knows')?.click()
  await nextTick()
  at('out-leave')?.click()
  expect(left).toHaveBeenCalledOnce()
})

it('a report that was begun and not sent is among what stays, for its writer only', () => {
  tablet.box.value = EMPTY
  keepProblem('acc_li|con_a|run_1', { text: '护栏门锁松动', aspect: '' })
  keepProblem('acc_li|con_a|run_2', { text: '停表', aspect: 'A1' })
  keepProblem('acc_liu|con_a|run_1', { text: '别人的', aspect: '' })
  opened()
  expect(at('out-reports')?.textContent).toContain('有 2 份问题报告写了、没有发出')
  expect(document.body.textContent).not.toContain('都已由服务器确认')
  expect(at('out-leave')?.textContent).toContain('仍要退出')
})

it('is busy while what is on its way is waited for, and can be asked for once', async () => {
  opened()
  expect(at('out-going')?.textContent).toBe('')
  tablet.signingOut.value = true
  await nextTick()
  expect(at('out-going')?.textContent).toContain('正在退出')
  for (const id of ['out-leave', 'out-stay']) expect((at(id) as HTMLButtonElement).disabled, id).toBe(true)
  at('out-leave')?.click()
  expect(left).not.toHaveBeenCalled()
})
