/** What rules can give and take in a run, as far as their text says. Pure. */
import { isSeq, type Document } from 'yaml'
import { parseMark } from '@shared/marks'
import { countAt, nodeAt, wordAt, type Path } from './document'
import { scaleAt } from './figures'
import { extentAt, patternAt, rulesOf, type Pattern } from './rules'

/** Hundredths; `most` isn't below zero and `least` not above. Null: as often as it happens. */
export interface Reach {
  most: number | null
  least: number | null
}

const marksAt = (doc: Document, path: Path) => parseMark(wordAt(doc, path))

/** Where the scale of a pattern stands. */
const SCALED: Partial<Record<Pattern, string>> = { check_at: 'check', figure: 'check', count: 'count', measure: 'measure' }
/** Whether a curve says what it is worth. */
export function byCurve(doc: Document, path: Path): boolean {
  const scaled = SCALED[patternAt(doc, path) ?? 'event']
  return scaled !== undefined && scaleAt(doc, [...path, scaled]) === 'curve'
}
/** What is said once, at the end of a phase or of the run. */
const AT_END: readonly Pattern[] = ['figure', 'absent']

/** The marks of a single verdict that are possible at the ends. */
function single(doc: Document, path: Path, pattern: Pattern): number[] {
  const scaled = SCALED[pattern]
  if (scaled && byCurve(doc, path)) {
    const curve: Path = [...path, scaled, 'curve']
    return Array.from({ length: countAt(doc, curve) }, (_, at) => (isSeq(nodeAt(doc, [...curve, at])) ? marksAt(doc, [...curve, at, 1]) : null)).filter((marks) => marks !== null)
  }
  const [award, deduct, otherwise] = ['award', 'deduct', 'otherwise'].map((field) => marksAt(doc, [...path, field]))
  const times = pattern === 'sequence' && wordAt(doc, [...path, 'per']) === 'step' ? countAt(doc, [...path, 'sequence']) : 1
  return [(award ?? (deduct === null || deduct === undefined ? 0 : -deduct)) * times, otherwise ?? 0]
}

/** Whether a run has one verdict of it at most that is worth anything. */
function happensOnce(doc: Document, path: Path, pattern: Pattern): boolean {
  if (wordAt(doc, [...path, 'once']) === 'true') return true
  const atEnd = AT_END.includes(pattern) || (pattern === 'count' && scaleAt(doc, [...path, 'count']) !== null)
  return atEnd && (extentAt(doc, [...path, 'during']) === 'run' || wordAt(doc, [...path, 'best_of']) !== '')
}

export function reachOf(doc: Document, path: Path): Reach {
  const pattern = patternAt(doc, path)
  if (pattern === null) return { most: null, least: null }
  const marks = single(doc, path, pattern)
  // A violation is worth its marks for each of its seconds.
  const once = happensOnce(doc, path, pattern) && !(pattern === 'while' && wordAt(doc, [...path, 'per']).endsWith('second'))
  const [up, down] = [Math.max(0, ...marks), Math.min(0, ...marks)]
  const cap = marksAt(doc, [...path, 'at_most'])
  const floor = marksAt(doc, [...path, 'min_total'])
  const most = up === 0 || once ? Math.min(up, cap ?? up) : cap
  const least = down === 0 || once ? Math.max(down, -(cap ?? -down)) : cap === null ? null : -cap
  return { most, least: floor === null ? least : Math.max(least ?? floor, floor) }
}
/** All rules of an aspect together. */
export function reachOfAspect(doc: Document, aspect: string): Reach {
  return rulesOf(doc, aspect)
    .map((path) => reachOf(doc, path))
    .reduce((all, each) => ({ most: all.most === null || each.most === null ? null : all.most + each.most, least: all.least === null || each.least === null ? null : all.least + each.least }), { most: 0, least: 0 })
}
