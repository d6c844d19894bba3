import '@shared/base.css'
import './stage.css'
import { createApp } from 'vue'
import { createLanguages } from '@shared/i18n'
import { startTheme } from '@shared/theme'
import App from './App.vue'
import type { First } from './first'
import { focusOnRoute } from '@shared/routeFocus'
import { router } from './router'
import zh from './locales/zh-CN.json'
import en from './locales/en.json'

startTheme('stage')
focusOnRoute(router)
/** The board's first rows are seen before the program takes the processor for itself; see first.ts. */
const FIRST_ROWS_MS = 1_000
async function start() {
  const first = (window as { guildhallFirst?: First }).guildhallFirst
  if (first) await Promise.race([first.painted, new Promise((late) => setTimeout(late, FIRST_ROWS_MS))])
  createApp(App).use(createLanguages(zh, en)).use(router).mount('#app')
}
void start()
