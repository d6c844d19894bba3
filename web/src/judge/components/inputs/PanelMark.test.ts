import { createApp } from 'vue'
import { expect, it } from 'vitest'
import { createLanguages } from '@shared/i18n'
import PanelMark from './PanelMark.vue'

it.each([[100, '0.50', ['0.00', '0.50', '1.00']], [400, '0.50', ['0.00', '1.00', '2.00', '3.00', '4.00']]])('offers each mark up to %d in steps of %s once', (max, step, offered) => {
  const app = createApp(PanelMark, { how: { kind: 'panel', judges: 1, drop_extremes: false, step }, step, value: null, max, disabled: false, label: 'A1', id: 'a' })
  app.use(createLanguages({}, {})).mount(document.body.appendChild(document.createElement('div')))
  expect([...document.querySelectorAll('.quick button')].map((button) => button.textContent)).toEqual(offered)
  app.unmount()
})
