import { createApp, h, nextTick, ref, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { HallUnreachable } from '@shared/api/http'
import { createLanguages } from '@shared/i18n'
import ConfirmDialog from './ConfirmDialog.vue'

vi.mock('element-plus/es/components/dialog/style/css', () => ({}))
vi.mock('element-plus', () => ({ ElDialog: (_: unknown, { slots }: { slots: { default?: () => unknown } }) => slots.default?.() }))

let app: App | null = null
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

it('"add time" counts once: pressing again after a lost answer sends the same key, other minutes another', async () => {
  const minutes = ref(5)
  const act = vi.fn<(reason: string, key: string) => Promise<unknown>>().mockRejectedValue(new HallUnreachable('cut'))
  app = createApp({ render: () => h(ConfirmDialog, { title: 'Add time', confirm: 'Add', reason: 'required', content: minutes.value, act }) })
  app.use(createLanguages({}, {})).mount(document.body.appendChild(document.createElement('div')))
  await nextTick()
  const words = document.querySelector('textarea')!
  words.value = '设备故障'
  words.dispatchEvent(new Event('input'))
  const press = async () => {
    document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
    await new Promise((done) => setTimeout(done))
  }
  await press()
  await press()
  minutes.value = 6
  await nextTick()
  await press()
  minutes.value = 5
  await nextTick()
  await press()
  const keys = act.mock.calls.map(([, key]) => key)
  expect(keys).toHaveLength(4)
  expect(keys[1]).toBe(keys[0])
  expect(keys[2]).not.toBe(keys[0])
  expect(keys[3]).toBe(keys[0])
})
