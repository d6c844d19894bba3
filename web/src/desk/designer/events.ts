/** What a rule waits for, and the witnesses of it: text to text, as in `document.ts`. Pure. */
import { isMap, isScalar, isSeq, Scalar, YAMLMap, YAMLSeq, type Document, type Pair } from 'yaml'
import { countAt, edit, flowMap, nodeAt, put, setWord, wordAt, type Path } from './document'

export const EVENTS = ['rises', 'falls', 'changes', 'request', 'begins', 'ends', 'agree', 'holds'] as const
export type EventKind = (typeof EVENTS)[number]
/** Those that speak of a condition: what is written stays when one becomes another. */
const CONDITIONAL: readonly EventKind[] = ['rises', 'falls', 'holds']

export const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key))
const isEvent = (pair: Pair) => (EVENTS as readonly string[]).includes(keyOf(pair))

/** The one event that a map names; null where it names none or several. */
export function eventAt(doc: Document, path: Path): EventKind | null {
  const node = nodeAt(doc, path)
  const named = isMap(node) ? node.items.filter(isEvent) : []
  return named.length === 1 ? (keyOf(named[0] as Pair) as EventKind) : null
}

/** An empty word stays: what must be there is then said at its place. */
export const setKept = (text: string, path: Path, word: string): string => edit(text, (doc) => put(doc, path, word, word === ''))

/** The condition that an event speaks of; of several witnesses that of the first. */
function conditionOf(pair: Pair | undefined): Scalar | null {
  if (!pair) return null
  if (CONDITIONAL.includes(keyOf(pair) as EventKind) && isScalar(pair.value)) return pair.value
  if (keyOf(pair) !== 'agree') return null
  const list = isMap(pair.value) ? pair.value.get('witnesses', true) : pair.value
  const first = isSeq(list) ? list.items[0] : null
  return isScalar(first) ? first : null
}

function valueOf(doc: Document, kind: EventKind, condition: Scalar | null): unknown {
  if (CONDITIONAL.includes(kind)) return condition ?? new Scalar('')
  if (kind === 'request') return new Scalar('any')
  if (kind === 'begins' || kind === 'ends') return new Scalar('run')
  if (kind === 'changes') return new Scalar('')
  const map = flowMap(doc, { witnesses: [] }) as YAMLMap
  const list = map.get('witnesses') as YAMLSeq
  list.items = [condition ?? new Scalar(''), new Scalar('')]
  return map
}

/** A map becomes this event; what stands in it beside the event stays, but for how long a condition has to hold. */
export function become(doc: Document, map: YAMLMap, kind: EventKind) {
  const at = map.items.findIndex(isEvent)
  const before = map.items[at] as Pair | undefined
  if (before && keyOf(before) === kind && map.items.filter(isEvent).length === 1) return
  const value = valueOf(doc, kind, conditionOf(before))
  map.items = map.items.filter((pair) => !isEvent(pair))
  map.items.splice(at < 0 ? 0 : at, 0, doc.createPair(kind, value) as YAMLMap['items'][number])
  if (kind === 'holds') {
    if (!map.has('for')) map.set('for', '1s')
  } else map.delete('for')
}

export const setEvent = (text: string, path: Path, kind: EventKind): string =>
  edit(text, (doc) => {
    if (!isMap(nodeAt(doc, path))) doc.setIn(path, flowMap(doc, {}))
    become(doc, nodeAt(doc, path) as YAMLMap, kind)
  })

/** An event by itself, as what stands in a map; without one, a condition that is still to be written. */
export function eventFrom(doc: Document, from: unknown): YAMLMap {
  const fresh = flowMap(doc, {}) as YAMLMap
  const found = isMap(from) ? from.items.find(isEvent) : undefined
  if (found) fresh.items.push(found)
  else fresh.set('rises', '')
  if (fresh.has('holds')) become(doc, fresh, 'rises')
  return fresh
}

// Witnesses

export interface Witnesses {
  /** Where their conditions stand. */
  list: Path
  count: number
  at_least: string
  within: string
}
/** Null where what is written is no list of conditions. */
export function witnessesAt(doc: Document, agree: Path): Witnesses | null {
  const list = isSeq(nodeAt(doc, agree)) ? agree : [...agree, 'witnesses']
  const node = nodeAt(doc, list)
  if (!isSeq(node) || !node.items.every((item) => isScalar(item))) return null
  return { list, count: countAt(doc, list), at_least: list === agree ? '' : wordAt(doc, [...agree, 'at_least']), within: list === agree ? '' : wordAt(doc, [...agree, 'within']) }
}
export const addWitness = (text: string, agree: Path): string =>
  edit(text, (doc) => {
    const node = nodeAt(doc, witnessesAt(doc, agree)?.list ?? agree)
    if (isSeq(node)) node.add(new Scalar(''))
  })
/** How many have to agree, or within which time. A plain list of witnesses becomes a map that can say so. */
export const setAgreement = (text: string, agree: Path, field: 'at_least' | 'within', word: string): string => {
  const roomy = edit(text, (doc) => {
    const list = nodeAt(doc, agree)
    if (!isSeq(list) || word === '') return
    const map = flowMap(doc, {}) as YAMLMap
    map.flow = list.flow ?? false
    map.set('witnesses', list)
    doc.setIn(agree, map)
  })
  return setWord(roomy, [...agree, field], word)
}
/** So many have to agree while all are connected: more than half, and two at least. */
export const usualQuorum = (witnesses: number) => Math.max(2, Math.floor(witnesses / 2) + 1)
