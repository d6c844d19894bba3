import { createApp, nextTick, shallowRef, type App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import zh from '../locales/zh-CN.json'
import { returnedCount } from '../outbox/entries'
import * as outbox from '../outbox/outbox'
import { EMPTY, type Outbox } from '../outbox/outbox'
import OutboxSheet from './OutboxSheet.vue'

const box = shallowRef<Outbox>(EMPTY)
vi.mock('../tablet', () => ({
  useTablet: () => ({ box, account: shallowRef('acc_li'), leftByOthers: shallowRef({}) }),
  change: async (how: (now: Outbox) => Outbox) => void (box.value = how(box.value)),
  hurry: vi.fn(),
}))
vi.mock('../pages', async (original) => ({ ...(await original<typeof import('../pages')>()), keptPage: async () => null }))

let app: App | null = null
async function opened() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }, { path: '/:contest/:run', name: 'sheet', component: { render: () => null } }] })
  app = createApp(OutboxSheet)
  app.use(createLanguages(zh, {})).use(router).mount(document.body.appendChild(document.createElement('div')))
  await nextTick()
}
const at = (id: string) => document.querySelector<HTMLElement>(`[data-testid=${id}]`)
const press = async (id: string) => {
  at(id)?.click()
  await nextTick()
  await nextTick()
}
beforeEach(() => {
  const slot = { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: 'C1', round: 1 }
  const typed = outbox.type(EMPTY, slot, { value: { kind: 'marks', marks: '1.50' } }, { mark_id: 'mrk_1', now: 1 })
  box.value = outbox.refuse(outbox.submit(typed, [outbox.slotKey(slot)], { key: 'k', now: 2, iso: '' }), 'k', { code: 'not_on_panel', status: 403, title: { zh: '他人已评"C1"', en: "It's marked" } })
})
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

it('marks that came back can be thrown away from here, when the question that names them is answered', async () => {
  await opened()
  expect(at('entry-refused')?.textContent).toContain('看评分表')
  await press('drop')
  expect(at('entry-refused')?.textContent).toContain('删去 C1 的草稿？')
  expect(document.activeElement).toBe(at('keep'))
  await press('keep')
  expect([returnedCount(box.value, 'acc_li'), document.activeElement === at('drop')]).toEqual([1, true])
  await press('drop')
  await press('dropped')
  expect([returnedCount(box.value, 'acc_li'), at('entry-refused'), Object.keys(box.value.drafts)]).toEqual([0, null, []])
})
