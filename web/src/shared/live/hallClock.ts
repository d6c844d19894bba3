/**
 * The hall's clock, as the header `X-Hall-Time` of its answers tells. Running clocks are shown by the hall's time, so that
 * a tablet that is a minute late does not show a run a minute short.
 *
 * A demonstration's clock runs at a pace of its own and stands still while somebody is waited for. The header then tells
 * the pace too, and the page asks again every few seconds.
 */
import { shallowRef } from 'vue'

/** Below this the way of the answer may be all the difference. */
const TOLERANCE_MS = 2_000
/** So often a clock is asked for that stands still now and then. */
export const ASK_EVERY_MS = 5_000

/** At this instant of the hall's clock this device's showed that, and from there the hall's runs so many times as fast. */
const heard = shallowRef({ hall: 0, here: 0, pace: 1 })
let nextAsked: ReturnType<typeof setTimeout> | undefined

/** What the hall's clock shows when this device's shows `here`. */
export function hallTime(here: number): number {
  return heard.value.hall + (here - heard.value.here) * heard.value.pace
}

export function noteHallTime(headers: Headers, here: number) {
  const [, hallMs, pace] = /^(\d+)(?:;pace=([\d.]+))?$/.exec(headers.get('x-hall-time') ?? '') ?? []
  if (hallMs === undefined) return
  const hall = Number(hallMs)
  if (pace !== undefined) {
    heard.value = { hall, here, pace: Number(pace) }
    nextAsked ??= setTimeout(() => void ask(), ASK_EVERY_MS)
  } else {
    clearTimeout(nextAsked)
    nextAsked = undefined
    heard.value = Math.abs(hall - here) > TOLERANCE_MS ? { hall, here, pace: 1 } : { hall: 0, here: 0, pace: 1 }
  }
}

async function ask() {
  nextAsked = undefined
  const isHidden = document.visibilityState === 'hidden'
  const answer = isHidden ? null : await fetch('/healthz', { cache: 'no-store' }).catch(() => null)
  nextAsked ??= setTimeout(() => void ask(), ASK_EVERY_MS)
  // Asks no more if the hall's clock is the wall's by now; an answer that doesn't tell (a proxy's) changes nothing.
  if (answer) noteHallTime(answer.headers, Date.now())
}
