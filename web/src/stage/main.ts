import '@shared/base.css'
import './stage.css'
import { createApp } from 'vue'
import { createLanguages } from '@shared/i18n'
import { startTheme } from '@shared/theme'
import App from './App.vue'
import { focusOnRoute } from '@shared/routeFocus'
import { router } from './router'
import zh from './locales/zh-CN.json'
import en from './locales/en.json'

startTheme('stage')
focusOnRoute(router)
createApp(App).use(createLanguages(zh, en)).use(router).mount('#app')
