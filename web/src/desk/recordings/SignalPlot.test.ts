import { createApp, h, nextTick, shallowRef, type App } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import type { Series } from '../wire'
import SignalPlot from './SignalPlot.vue'

/** Which signal was drawn last on each canvas; nothing is painted, since there is no layout. */
const drawn = vi.hoisted(() => new Map<unknown, string>())
vi.mock('./draw', () => ({
  sheet: (canvas: HTMLCanvasElement) => canvas,
  drawStrip: (canvas: HTMLCanvasElement, { series }: { series: Series }) => drawn.set(canvas, series.name),
  drawPins: () => [],
  drawTimes: () => {},
  drawOverview: () => {},
  timeAt: () => 0,
}))

let app: App | null = null
let frames: FrameRequestCallback[]
const observed = new Set<Element>()
let enter: (canvas: Element) => void
beforeEach(() => {
  drawn.clear()
  observed.clear()
  frames = []
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame))
  vi.stubGlobal('ResizeObserver', class {
    constructor(private readonly told: (entries: { contentRect: { width: number } }[]) => void) {}
    observe() {
      this.told([{ contentRect: { width: 800 } }])
    }
    disconnect() {}
  })
  vi.stubGlobal('IntersectionObserver', class {
    constructor(private readonly told: (entries: { isIntersecting: boolean; target: Element }[]) => void) {
      enter = (target) => this.told([{ isIntersecting: true, target }])
    }
    observe(canvas: Element) {
      observed.add(canvas)
      enter(canvas)
    }
    unobserve(canvas: Element) {
      observed.delete(canvas)
    }
    disconnect() {
      observed.clear()
    }
  })
})
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
})

const seriesOf = (names: readonly string[]): Series[] => names.map((name) => ({ name, kind: 'real', unit: '', points: [[0, 1, 1], [10, 2, 2]] }))
const strips = () => [...document.querySelectorAll<HTMLCanvasElement>('canvas.strip')]
async function settled() {
  await nextTick()
  for (let all = frames; all.length > 0; all = frames) {
    frames = []
    for (const frame of all) frame(0)
  }
}

it.each([
  ['one more on top', ['current', 'speed', 'force'], ['cycle', 'current', 'speed', 'force']],
  ['one more in between', ['current', 'force'], ['current', 'cycle', 'force']],
  ['one more below', ['current', 'force'], ['current', 'force', 'estop']],
  ['one goes, another comes on top', ['cycle', 'current', 'force'], ['estop', 'current', 'force']],
  ['another order', ['current', 'speed', 'force'], ['force', 'current', 'speed']],
])('each strip holds the signal that stands there: %s', async (_, first, then) => {
  const names = shallowRef(first)
  app = createApp({
    render: () => h(SignalPlot, { series: seriesOf(names.value), fine: null, pins: [], chosen: null, about: [], span: [0, 10] as const, label: '', stale: new Map() }),
  })
  app.use(createLanguages({}, {})).mount(document.body.appendChild(document.createElement('div')))
  await settled()
  expect(strips().map((canvas) => drawn.get(canvas))).toEqual(first)
  names.value = then
  await settled()
  expect(strips().map((canvas) => canvas.dataset['signal'])).toEqual(then)
  expect(strips().map((canvas) => drawn.get(canvas))).toEqual(then)
  expect(observed, 'what went is watched no longer').toEqual(new Set(strips()))
})

it('each strip after each of several changes, and one that was taken away and came again', async () => {
  const names = shallowRef(['a', 'b', 'c'])
  app = createApp({
    render: () => h(SignalPlot, { series: seriesOf(names.value), fine: null, pins: [], chosen: null, about: ['d'], span: [0, 10] as const, label: '', stale: new Map() }),
  })
  app.use(createLanguages({}, {})).mount(document.body.appendChild(document.createElement('div')))
  for (const next of [['d', 'a', 'b', 'c'], ['a', 'c'], ['b', 'a', 'c'], ['c', 'd', 'b', 'a']]) {
    names.value = next
    await settled()
    expect(strips().map((canvas) => drawn.get(canvas))).toEqual(next)
  }
})
