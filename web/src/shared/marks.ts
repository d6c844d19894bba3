/** Marks travel as integers in hundredths on live topics and as text with two decimals elsewhere. */
export function formatMark(hundredths: number | null | undefined): string {
  if (hundredths === null || hundredths === undefined) return '–'
  const sign = hundredths < 0 ? '−' : ''
  const whole = Math.abs(Math.trunc(hundredths))
  return `${sign}${Math.trunc(whole / 100)}.${String(whole % 100).padStart(2, '0')}`
}

/** `"2.75"` → 275; `null` when it is no mark. */
export function parseMark(text: string): number | null {
  const found = /^([-−]?)(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!found) return null
  const value = Number(found[2]) * 100 + Number((found[3] ?? '').padEnd(2, '0'))
  return found[1] ? -value : value
}

/** `83 250` → `1:23`; hours appear when there are any. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`
}
