import '@shared/base.css'
import { createApp } from 'vue'
import { createLanguages } from '@shared/i18n'
import { startTheme } from '@shared/theme'
import App from './App.vue'
import { focusOnRoute } from '@shared/routeFocus'
import { router } from './router'
import { startTablet } from './tablet'
import zh from './locales/zh-CN.json'
import en from './locales/en.json'

startTheme('judge')
focusOnRoute(router)
// A reload without a network must find the session and the outbox before the first screen decides where to go.
void startTablet()
createApp(App).use(createLanguages(zh, en)).use(router).mount('#app')

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  void navigator.serviceWorker.register('/judge-sw.js', { scope: '/judge/' })
}
