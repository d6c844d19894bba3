/** What an organiser writes in the letters, as a form has it. Pure. */
import type { Schemas } from '@shared/api/client'
import type { Text } from '@shared/text'

export type Words = Schemas['LetterWords']
type Appointment = { at: string; what: Text; place: Text }
/** Times are as a clock of this device shows them; what is empty on both sides is not there. */
export interface Draft {
  appointments: Appointment[]
  addresses: Record<string, Text>
  bring: Text[]
  notes: Text[]
}

export const empty = (): Text => ({ zh: '', en: '' })
const isThere = (text: Text) => text.zh.trim() !== '' || text.en.trim() !== ''
const two = (n: number) => String(n).padStart(2, '0')

/** `2026-12-05T08:30`, by the clock of this device. */
export function local(at: string): string {
  const then = new Date(at)
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}T${two(then.getHours())}:${two(then.getMinutes())}`
}

export function draftOf(words: Words, venues: readonly { id: string }[]): Draft {
  return {
    appointments: words.appointments.map(({ at, what, place }) => ({ at: local(at), what: { ...what }, place: { ...(place ?? empty()) } })),
    addresses: Object.fromEntries(venues.map(({ id }) => [id, { ...(words.addresses[id] ?? empty()) }])),
    bring: words.bring.map((text) => ({ ...text })),
    notes: words.notes.map((text) => ({ ...text })),
  }
}

/** A text that is written in one language only stands in both. */
const both = ({ zh, en }: Text): Text => ({ zh: zh.trim() || en.trim(), en: en.trim() || zh.trim() })

export function wordsOf(draft: Draft): Words {
  const said = (list: readonly Text[]) => list.filter(isThere).map(both)
  return {
    appointments: draft.appointments
      .filter(({ at, what }) => at !== '' || isThere(what))
      .map(({ at, what, place }) => ({ at: at === '' ? '' : new Date(at).toISOString(), what: both(what), place: isThere(place) ? both(place) : null })),
    addresses: Object.fromEntries(Object.entries(draft.addresses).filter(([, text]) => isThere(text)).map(([venue, text]) => [venue, both(text)])),
    bring: said(draft.bring),
    notes: said(draft.notes),
  }
}
