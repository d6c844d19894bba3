/**
 * Another page: the heading gets the focus, and its title is announced. A browser does both when it loads a page; a page that
 * only changes its content has to do it itself, or a reader by ear stays at a link that is gone.
 *
 * Pages within one frame (tabs under one title) keep the focus where it is; they are announced.
 */
import { nextTick } from 'vue'
import { START_LOCATION, type RouteLocationNormalized, type Router } from 'vue-router'

/** A page that is still loading has no heading yet. */
const WAIT_MS = 5_000

const sameFrame = (to: RouteLocationNormalized, from: RouteLocationNormalized) =>
  to.matched.length > 1 && to.matched[0] === from.matched[0] && JSON.stringify(to.params) === JSON.stringify(from.params)

let region: HTMLElement | null = null
function announce(words: string) {
  if (!region?.isConnected) {
    region = document.createElement('div')
    region.className = 'sr-only'
    region.setAttribute('role', 'status')
    region.id = 'page-announced'
    document.body.append(region)
  }
  region.textContent = words
}

function focus(heading: HTMLElement) {
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
  announce(document.title)
}

export function focusOnRoute(router: Router, within = 'main') {
  let stop = () => {}
  router.afterEach((to, from, failure) => {
    if (failure || from === START_LOCATION || to.path === from.path) return
    stop()
    if (sameFrame(to, from)) return void nextTick(() => announce(document.title))
    void nextTick(() => {
      const old = document.activeElement
      let focused: HTMLElement | null = null
      const look = () => {
        const heading = document.querySelector<HTMLElement>(`${within} h1, .head h1`)
        if (!heading || heading === focused) return
        // Whoever has gone on meanwhile is left where he is. A heading that gave way to another, because the page has loaded, hands on.
        const at = document.activeElement
        if (at !== (focused ?? old) && at !== document.body) return stop()
        focused = heading
        focus(heading)
      }
      const watch = new MutationObserver(look)
      const late = setTimeout(() => stop(), WAIT_MS)
      stop = () => {
        clearTimeout(late)
        watch.disconnect()
        stop = () => {}
      }
      watch.observe(document.body, { childList: true, subtree: true })
      look()
    })
  })
}
