import { createApp, nextTick, type App } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import ProblemDialog from './ProblemDialog.vue'

let app: App | null = null
const reported = vi.fn()
function opened(run: string) {
  app?.unmount()
  document.body.innerHTML = ''
  app = createApp(ProblemDialog, { aspects: [{ code: 'A1', name: { zh: '', en: '' } }], no: '101', slotName: `acc_li|con_a|${run}`, place: { account: 'acc_li', contest: 'con_a', run }, photos: [], onReport: reported })
  app.use(createLanguages({}, {})).mount(document.body.appendChild(document.createElement('div')))
  return { text: document.querySelector('textarea')!, aspect: document.querySelector('select')!, send: document.querySelector<HTMLButtonElement>('[data-testid=problem-send]')! }
}
const put = async (into: HTMLTextAreaElement | HTMLSelectElement, value: string) => {
  into.value = value
  into.dispatchEvent(new Event(into instanceof HTMLSelectElement ? 'change' : 'input'))
  await nextTick()
}
beforeEach(() => localStorage.clear())
afterEach(() => app?.unmount())

it('what was begun is there again, for that run only, until it is sent', async () => {
  let dialog = opened('run_1')
  await put(dialog.text, '护栏门锁松动')
  await put(dialog.aspect, 'A1')
  dialog = opened('run_2')
  expect(dialog.text.value).toBe('')
  dialog = opened('run_1')
  expect([dialog.text.value, dialog.aspect.value]).toEqual(['护栏门锁松动', 'A1'])
  dialog.send.click()
  expect(reported).toHaveBeenCalledWith('护栏门锁松动', 'A1')
  expect(opened('run_1').text.value).toBe('')
})

it('a kept draft that is none is none', () => {
  localStorage.setItem('guildhall.judge.problem.acc_li|con_a|run_1', '{"text":7')
  expect(opened('run_1').text.value).toBe('')
})
