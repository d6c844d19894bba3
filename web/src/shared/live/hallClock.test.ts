import { afterEach, describe, expect, it, vi } from 'vitest'
import { ASK_EVERY_MS, hallTime, noteHallTime } from './hallClock'

const told = (text: string | null) => new Headers(text === null ? {} : { 'x-hall-time': text })

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  noteHallTime(told('0'), 0)
})

describe("the hall's clock", () => {
  it('is this device’s where the two are close, and the hall’s where they are not', () => {
    noteHallTime(told('1001500'), 1_000_000)
    expect(hallTime(1_000_000)).toBe(1_000_000)
    noteHallTime(told('1060000'), 1_000_000)
    expect(hallTime(1_005_000)).toBe(1_065_000)
  })
  it.each([null, '', 'soon', '12;pace=', '-5', '7;speed=2'])('is left as it was by %s', (text) => {
    noteHallTime(told('1060000'), 1_000_000)
    noteHallTime(told(text), 1_000_000)
    expect(hallTime(1_000_000)).toBe(1_060_000)
  })
  it('runs at the pace of a demonstration, however close it is', () => {
    vi.useFakeTimers()
    noteHallTime(told('1000000;pace=10'), 1_000_000)
    expect(hallTime(1_000_500)).toBe(1_005_000)
    noteHallTime(told('2000000;pace=0.5'), 1_000_000)
    expect(hallTime(1_004_000)).toBe(2_002_000)
  })
  it('is asked for again in a demonstration, since it may have stood still, and not where it is the wall’s', async () => {
    vi.useFakeTimers({ now: 1_000_000 })
    const asked: string[] = []
    let answer: Response | null = null
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path)
      return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('network'))
    })
    noteHallTime(told('1060000'), 1_000_000)
    await vi.advanceTimersByTimeAsync(10 * ASK_EVERY_MS)
    expect(asked).toEqual([])
    noteHallTime(told('5000000;pace=10'), Date.now())
    noteHallTime(told('5000000;pace=10'), Date.now())
    await vi.advanceTimersByTimeAsync(ASK_EVERY_MS)
    expect(asked).toEqual(['/healthz'])
    answer = new Response('ok', { headers: told('5020000;pace=10') })
    await vi.advanceTimersByTimeAsync(ASK_EVERY_MS)
    expect(asked).toHaveLength(2)
    expect(hallTime(Date.now())).toBe(5_020_000)
  })
  it('is asked for again after an answer that does not tell it, until it is the wall’s', async () => {
    vi.useFakeTimers({ now: 1_000_000 })
    const answers = [null, 'soon', '5020000;pace=10', '1060000']
    let asked = 0
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('ok', { headers: told(answers[asked++] ?? null) })))
    noteHallTime(told('5000000;pace=10'), Date.now())
    await vi.advanceTimersByTimeAsync(2 * ASK_EVERY_MS)
    expect(asked).toBe(2)
    expect(hallTime(1_000_000)).toBe(5_000_000)
    await vi.advanceTimersByTimeAsync(ASK_EVERY_MS)
    expect(hallTime(Date.now())).toBe(5_020_000)
    await vi.advanceTimersByTimeAsync(10 * ASK_EVERY_MS)
    expect(asked).toBe(answers.length)
  })
})
