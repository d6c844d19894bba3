import { createApp, h, type App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, expect, it } from 'vitest'
import { createLanguages } from '../i18n'
import NowherePage from './NowherePage.vue'

let app: App | null = null
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})

it.each([['?lang=zh-CN', '没有这个页面', '首页'], ['?lang=en', 'Page not found', 'Front page']])('%s: names the address and leads home', async (search, title, front) => {
  history.replaceState(null, '', `/${search}`)
  const router = createRouter({ history: createMemoryHistory('/desk/'), routes: [{ path: '/', component: { render: () => null } }, { path: '/:rest(.*)', component: NowherePage, props: { home: 'Contests' } }] })
  await router.push('/no/where')
  app = createApp({ render: () => h(NowherePage, { home: 'Contests' }) })
  app.use(createLanguages({}, {})).use(router).mount(document.body.appendChild(document.createElement('div')))
  expect(document.querySelector('h1')?.textContent).toBe(title)
  expect(document.querySelector('code')?.textContent).toBe('/desk/no/where')
  expect([...document.querySelectorAll('a')].map((a) => [a.textContent, a.getAttribute('href')])).toEqual([['Contests', '/desk/'], [front, '/']])
  expect(document.title).toContain(title)
})
