/** Theory marks by blind number: typed, or pasted from a spreadsheet; what is wrong, and what would change. Pure. */

import { parseMark } from '@shared/marks'

export interface Fault {
  key: string
  places?: Record<string, unknown>
}
export interface PasteFault extends Fault {
  /** The row of what was pasted, from 1. */
  row: number
}
/** The hall takes so many in one go, all or nothing. */
export const MARKS_MOST = 1000

/** Full-width digits and stops are what a Chinese keyboard makes. */
const plain = (text: string) => text.normalize('NFKC').replaceAll('。', '.').trim()

/** `null`: fine, also when nothing is there. */
export function markFault(typed: string, max: string): Fault | null {
  const text = plain(typed)
  if (text === '') return null
  const mark = parseMark(text)
  if (mark === null) return /^-?\d+\.\d{3,}$/.test(text) ? { key: 'desk.markDecimals' } : { key: 'desk.markNone' }
  if (mark < 0) return { key: 'desk.markBelow' }
  return mark > (parseMark(max) ?? 0) ? { key: 'desk.markAbove', places: { max } } : null
}

/** As it travels; null where it is none. */
export function markText(typed: string): string | null {
  const mark = parseMark(plain(typed))
  return mark === null || mark < 0 ? null : `${Math.trunc(mark / 100)}.${String(mark % 100).padStart(2, '0')}`
}

/** The cells of what a spreadsheet puts on the clipboard; commas and semicolons too, for those who come from a CSV file. */
export function cellsOf(pasted: string): string[][] {
  const rows = pasted.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
  while (rows.length > 0 && rows.at(-1)?.trim() === '') rows.pop()
  const mark = rows.some((row) => row.includes('\t')) ? '\t' : /[,;，；]/
  return rows.map((row) => row.split(mark).map((cell) => cell.trim()))
}

/**
 * Two columns: number and mark. A first row whose second cell is no number is a heading. Rows without a mark are left out;
 * rows at fault too, and they are told.
 */
export function readColumns(pasted: string, numbers: readonly string[], max: string): { marks: Map<string, string>; faults: PasteFault[] } {
  const known = new Map(numbers.map((no) => [plain(no).toLowerCase(), no]))
  const marks = new Map<string, string>()
  const faults: PasteFault[] = []
  cellsOf(pasted).forEach(([first = '', second = ''], at) => {
    const row = at + 1
    const no = known.get(plain(first).toLowerCase())
    if (first === '' && second === '') return
    if (at === 0 && no === undefined && parseMark(plain(second)) === null) return
    if (no === undefined) return void faults.push({ row, key: 'desk.numberUnknown', places: { no: first || '–' } })
    if (second === '') return
    if (marks.has(no)) return void faults.push({ row, key: 'desk.numberTwice', places: { no } })
    const fault = markFault(second, max)
    if (fault) faults.push({ row, key: fault.key, places: { ...fault.places, no } })
    else marks.set(no, markText(second) ?? '')
  })
  return { marks, faults }
}

/** One column goes downward from the row where it was dropped. */
export function fillDown(pasted: string, order: readonly string[], from: string): Map<string, string> {
  const start = order.indexOf(from)
  const marks = new Map<string, string>()
  cellsOf(pasted).forEach(([first = ''], at) => {
    const no = order[start + at]
    if (start >= 0 && no !== undefined && first !== '') marks.set(no, first)
  })
  return marks
}

export interface Change {
  no: string
  mark: string
  /** What stands now. */
  before: string | null
}
/** What would be sent: everything typed that differs from what stands, and nothing that has a fault. */
export function changesOf(order: readonly string[], typed: Readonly<Record<string, string>>, standing: ReadonlyMap<string, string>, faulty: ReadonlyMap<string, unknown>): Change[] {
  return order.flatMap((no) => {
    if (faulty.has(no)) return []
    const mark = markText(typed[no] ?? '')
    const before = standing.get(no) ?? null
    return mark === null || mark === before ? [] : [{ no, mark, before }]
  })
}
