import { createApp, defineComponent, h, ref } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { afterEach, expect, it } from 'vitest'
import { focusOnRoute } from './routeFocus'

const ready = ref(false)
const page = (name: string) => defineComponent({ setup: () => () => h('h1', name) })
const Loading = defineComponent({ setup: () => () => (ready.value ? h('section', [h('h1', 'loaded')]) : h('h1', 'loading')) })
const Late = defineComponent({ setup: () => () => (ready.value ? h('h1', 'late') : h('p', 'loading')) })
let end = () => {}
afterEach(() => end())

async function opened() {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: page('first') },
      { path: '/second', component: page('second') },
      { path: '/late', component: Late },
      { path: '/loading', component: Loading },
      { path: '/frame', component: defineComponent({ setup: () => () => [h('h1', 'frame'), h(RouterView)] }), children: [{ path: 'a', component: page('a') }, { path: 'b', component: page('b') }] },
    ],
  })
  focusOnRoute(router)
  await router.push('/')
  const app = createApp({ setup: () => () => h('main', [h('a', { href: '#', id: 'link' }, 'x'), h(RouterView)]) }).use(router)
  app.mount(document.body.appendChild(document.createElement('div')))
  end = () => (app.unmount(), (document.body.innerHTML = ''))
  await settle()
  document.getElementById('link')!.focus()
  return router
}
const settle = () => new Promise((done) => setTimeout(done))
const focused = () => document.activeElement?.textContent

it('the first page keeps the focus where the browser put it; another page has it at its heading, and is announced', async () => {
  const router = await opened()
  expect(focused()).toBe('x')
  document.title = 'Second page'
  await router.push('/second')
  await settle()
  expect(focused()).toBe('second')
  expect(document.querySelector('[role=status]')?.textContent).toBe('Second page')
})

it('waits for a heading that comes later, unless the reader has gone on', async () => {
  const router = await opened()
  ready.value = false
  await router.push('/late')
  await settle()
  expect(focused()).toBe('x')
  ready.value = true
  await settle()
  expect(focused()).toBe('late')
})

it.each([['stays with the page when its heading is another once it has loaded', 'loaded'], ['leaves a reader who has gone on meanwhile', 'x']])('%s', async (_, expected) => {
  const router = await opened()
  ready.value = false
  await router.push('/loading')
  await settle()
  expect(focused()).toBe('loading')
  if (expected === 'x') document.getElementById('link')!.focus()
  ready.value = true
  await settle()
  expect(focused()).toBe(expected)
})

it('tabs under one title keep the focus', async () => {
  const router = await opened()
  await router.push('/frame/a')
  await settle()
  document.getElementById('link')!.focus()
  await router.push('/frame/b')
  await settle()
  expect(focused()).toBe('x')
})
