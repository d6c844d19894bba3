/** Faults that the hall found in a scheme, by their place in the text. Pure. */

import { indexOf, type SchemeFault } from '../making/draft'

const WORD = /^[\p{L}\p{N}_.-]+/u

/** From the fault's place to the end of the word there, or of the line where there is no word. */
export function stretchOf(text: string, fault: Pick<SchemeFault, 'line' | 'column'>): [from: number, to: number] {
  const from = indexOf(text, fault.line, fault.column)
  const end = text.indexOf('\n', from)
  const line = text.slice(from, end < 0 ? undefined : end)
  const long = WORD.exec(line)?.[0].length ?? line.trimEnd().length
  return [from, from + long]
}

/** What was meant can be put in where the word at the place is as wrong as the hall says: it stands there, and is another one. */
export function replaceable(text: string, fault: SchemeFault): boolean {
  if (!fault.suggestion) return false
  const [from, to] = stretchOf(text, fault)
  const there = text.slice(from, to)
  return WORD.exec(there)?.[0] === there && there !== fault.suggestion && near(there, fault.suggestion)
}

/** Two words that share most of their letters; so the suggestion is for this one and not for another on the line. */
function near(one: string, other: string): boolean {
  const left = [...other]
  const shared = [...one].filter((letter) => {
    const at = left.indexOf(letter)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
  return shared.length * 2 > Math.max(one.length, other.length)
}
