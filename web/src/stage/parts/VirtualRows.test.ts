import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, shallowRef, type App } from 'vue'
import VirtualRows from './VirtualRows.vue'

const rows = (ids: number[]) => ids.map((n) => ({ id: `r${n}` }))
const many = Array.from({ length: 500 }, (_, n) => n)
let app: App | null = null
let reduced = false
const animate = vi.fn()

beforeEach(() => {
  animate.mockReset()
  reduced = false
  vi.stubGlobal('matchMedia', () => ({ get matches() { return reduced }, addEventListener: () => {}, removeEventListener: () => {} }))
  HTMLElement.prototype.animate = animate
})
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
})

async function board(ids: number[]) {
  const list = shallowRef(rows(ids))
  const host = document.body.appendChild(document.createElement('div'))
  app = createApp(() => h(VirtualRows as never, { rows: list.value, rowHeight: 60 }, { row: ({ row }: { row: { id: string } }) => h('button', row.id) }))
  app.mount(host)
  await nextTick()
  const shown = () => [...host.querySelectorAll<HTMLElement>('[role=row]')]
  const order = async (next: number[]) => {
    list.value = rows(next)
    await nextTick()
  }
  return { host, shown, order }
}

describe('rows of a long board', () => {
  it('only those in view exist, and the whole keeps its height', async () => {
    const { host, shown } = await board(many)
    expect(shown().length).toBeLessThan(40)
    expect(shown()[0]!.dataset['row']).toBe('r0')
    expect(host.querySelector<HTMLElement>('[role=rowgroup]')!.style.height).toBe('30000px')
  })

  it('stand in the document in the order of the board, and say their place', async () => {
    const { shown, order } = await board([1, 2, 3])
    await order([3, 1, 2])
    expect(shown().map((row) => [row.dataset['row'], row.style.translate, row.getAttribute('aria-rowindex')])).toEqual([
      ['r3', '0 0px', '2'],
      ['r1', '0 60px', '3'],
      ['r2', '0 120px', '4'],
    ])
  })

  it('glide from where they were; one that stayed does not move', async () => {
    const { order } = await board([1, 2, 3, 4])
    await order([1, 2, 3, 4])
    animate.mockReset()
    await order([2, 1, 3, 4])
    expect(animate.mock.calls.map(([frames]) => frames[0].transform).sort()).toEqual(['translateY(-60px)', 'translateY(60px)'])
    expect(animate.mock.calls.every(([, how]) => how.duration <= 300)).toBe(true)
  })

  it('one that comes from far away enters from the edge', async () => {
    const { order } = await board(many)
    await order([...many])
    animate.mockReset()
    await order([499, ...many.slice(0, 499)])
    const furthest = Math.max(...animate.mock.calls.map(([frames]) => Math.abs(parseInt(/-?\d+/.exec(frames[0].transform)![0], 10))))
    expect(furthest).toBeLessThanOrEqual(Math.ceil(innerHeight / 60) * 60)
  })

  it('do not move where motion is not wanted', async () => {
    const { order } = await board([1, 2, 3])
    await order([1, 2, 3])
    reduced = true
    animate.mockReset()
    await order([3, 2, 1])
    expect(animate).not.toHaveBeenCalled()
  })

  it('keep the focus when they change places', async () => {
    const { host, order } = await board([1, 2, 3])
    const button = [...host.querySelectorAll('button')][2]!
    button.focus()
    await order([3, 1, 2])
    expect(document.activeElement).toBe(button)
    expect(button.textContent).toBe('r3')
  })
})
