/** What a rule checks, and how a figure becomes marks: text to text, as in `document.ts`. Pure. */
import { isMap, isScalar, isSeq, Scalar, YAMLMap, YAMLSeq, type Document, type Pair } from 'yaml'
import { countAt, edit, flowMap, nodeAt, put, type Path } from './document'
import { keyOf } from './events'

export const STATISTICS = ['mean', 'min', 'max', 'last', 'time_mean', 'integral', 'percentile', 'time_in_band', 'share_in_band'] as const
export const CHECKS = ['is', 'held', ...STATISTICS] as const
export type Check = (typeof CHECKS)[number]
export const SCALES = ['between', 'tolerance', 'curve'] as const
export type Scale = (typeof SCALES)[number]

const among = <Word extends string>(doc: Document, path: Path, words: readonly Word[]): Word | null => {
  const node = nodeAt(doc, path)
  const named = isMap(node) ? words.filter((word) => node.has(word)) : []
  return named.length === 1 ? (named[0] as Word) : null
}
/** Null where none is named, or several are. */
export const checkAt = (doc: Document, path: Path): Check | null => among(doc, path, CHECKS)
export const scaleAt = (doc: Document, path: Path): Scale | null => among(doc, path, SCALES)
export const isStatistic = (check: Check | null) => (STATISTICS as readonly (Check | null)[]).includes(check)

/** A figure in the unit that it needs: a time and a share can't be without one. */
const unitOf = (doc: Document, path: Path) => (path.at(-1) === 'measure' || checkAt(doc, path) === 'time_in_band' ? 's' : checkAt(doc, path) === 'share_in_band' ? '%' : '')
const quantity = (figure: number, unit: string) => (unit === '' ? figure : `${figure}${unit}`)
function open(): Scalar {
  const scalar = new Scalar(null)
  scalar.source = '~'
  return scalar
}
function bounds(low: Scalar, high: Scalar): YAMLSeq {
  const list = new YAMLSeq()
  list.flow = true
  list.items = [low, high]
  return list
}

function scaled(doc: Document, scale: Scale, unit: string): unknown {
  if (scale === 'between') return bounds(new Scalar(quantity(0, unit)), open())
  if (scale === 'tolerance') return flowMap(doc, { target: quantity(0, unit), full: quantity(1, unit), zero: quantity(5, unit) })
  const curve = doc.createNode([[quantity(10, unit), 1], [quantity(60, unit), 0]]) as YAMLSeq
  curve.flow = true
  return curve
}
/** Another way to the marks, in its place; null takes it away. */
export const setScale = (text: string, path: Path, scale: Scale | null): string =>
  edit(text, (doc) => {
    const map = nodeAt(doc, path)
    if (!isMap(map)) return
    const unit = unitOf(doc, path)
    replace(doc, map, SCALES, scale, () => (scale === null ? null : scaled(doc, scale, unit)))
  })

/** The one of these keys that is wanted takes the place of the others; a value that is there stays. */
function replace(doc: Document, map: YAMLMap, keys: readonly string[], wanted: string | null, value: (before: Pair | undefined) => unknown) {
  const at = map.items.findIndex((pair) => keys.includes(keyOf(pair)))
  const kept = map.items.find((pair) => keyOf(pair) === wanted)
  const made = kept ?? (wanted === null ? null : doc.createPair(wanted, value(map.items[at])))
  map.items = map.items.filter((pair) => !keys.includes(keyOf(pair)))
  if (made) map.items.splice(at < 0 ? map.items.length : at, 0, made as YAMLMap['items'][number])
}

/** What a check must have besides, and can't have. `whole`: over a phase, not over the time before an event. */
export function settle(doc: Document, map: YAMLMap, path: Path, whole: boolean) {
  const check = checkAt(doc, path)
  const statistic = isStatistic(check)
  const wanted: Record<string, (() => unknown) | null> = {
    for: check === 'held' ? () => '1s' : null,
    p: check === 'percentile' ? () => 95 : null,
    band: check === 'time_in_band' || check === 'share_in_band' ? () => bounds(new Scalar(0), open()) : null,
    over: statistic && !whole ? () => '1s' : null,
  }
  for (const [field, made] of Object.entries(wanted)) {
    if (made === null) map.delete(field)
    else if (!map.has(field)) map.set(field, doc.createNode(made()))
  }
  if (!statistic) for (const scale of SCALES) map.delete(scale)
  else if (scaleAt(doc, path) === null && !SCALES.some((scale) => map.has(scale))) map.set('between', scaled(doc, 'between', unitOf(doc, path)))
}
/** What is checked, stays if both are conditions, or both are figures. */
export function check(doc: Document, path: Path, kind: Check, whole: boolean) {
  if (!isMap(nodeAt(doc, path))) doc.setIn(path, flowMap(doc, {}))
  const map = nodeAt(doc, path) as YAMLMap
  const timed = unitOf(doc, path)
  replace(doc, map, CHECKS, kind, (before) => (before && isScalar(before.value) && isStatistic(keyOf(before) as Check) === isStatistic(kind) ? before.value : new Scalar('')))
  // A scale in seconds or in % means nothing for another figure.
  if (unitOf(doc, path) !== timed) for (const scale of SCALES) map.delete(scale)
  settle(doc, map, path, whole)
}
export const setCheck = (text: string, path: Path, kind: Check, whole: boolean): string => edit(text, (doc) => check(doc, path, kind, whole))

/** One of two bounds; an empty one is open. */
export const setBound = (text: string, list: Path, at: 0 | 1, word: string): string =>
  edit(text, (doc) => {
    const node = nodeAt(doc, list)
    if (!isSeq(node) || node.items.length !== 2) doc.setIn(list, bounds(open(), open()))
    if (word === '' || word === '~') doc.setIn([...list, at], open())
    else put(doc, [...list, at], word)
  })

/** Whether each point of a curve is a pair of single values. */
export function isCurve(doc: Document, list: Path): boolean {
  const node = nodeAt(doc, list)
  return isSeq(node) && node.items.every((point) => isSeq(point) && point.items.length === 2 && point.items.every((each) => isScalar(each)))
}
/** One more point behind the last, with the same figures to go on from. */
export const addPoint = (text: string, list: Path): string =>
  edit(text, (doc) => {
    const node = nodeAt(doc, list)
    if (!isSeq(node)) return
    const last = nodeAt(doc, [...list, countAt(doc, list) - 1])
    const point = isSeq(last) ? (last.clone() as YAMLSeq) : (doc.createNode([0, 0]) as YAMLSeq)
    point.flow = true
    node.add(point)
  })
