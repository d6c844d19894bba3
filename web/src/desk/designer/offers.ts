/** What may follow in a field that holds a piece of a rule: the same words as in the text. Pure. */
import type { Language } from '@shared/text'
import { offerAt, type Option } from '../editor/complete'

/** A condition or an expression, a signal's name, a duration, a figure. */
export type Piece = 'condition' | 'signal' | 'duration' | 'figure'
const AS: Record<Piece, string> = { condition: 'while', signal: 'changes', duration: 'for', figure: 'target' }

export interface Offers {
  /** Where the word that is being written begins. */
  from: number
  options: Option[]
}

export function offersFor(text: string, piece: Piece, before: string, language: Language): Offers {
  // A text in quotation marks is its author's own.
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return { from: before.length, options: [] }
  const head = `${text}\nrules:\n  - ${AS[piece]}: `
  const offer = offerAt(head + before, head.length + before.length, language)
  if (!offer) return { from: before.length, options: [] }
  const from = Math.max(0, offer.from - head.length)
  const typed = before.slice(from).toLowerCase()
  const options = offer.options.filter(({ label }) => label.toLowerCase().includes(typed) && label.toLowerCase() !== typed)
  const begins = ({ label }: Option) => label.toLowerCase().startsWith(typed)
  return { from, options: [...options.filter(begins), ...options.filter((option) => !begins(option))] }
}
