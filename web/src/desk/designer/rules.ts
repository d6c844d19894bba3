/** The rules of a scheme's text, added and changed as a form does: text to text, as in `document.ts`. Pure. */
import { isMap, isScalar, isSeq, Scalar, YAMLMap, YAMLSeq, type Document, type Pair } from 'yaml'
import { shapesAt } from '../editor/complete'
import { countAt, edit, flowMap, listAt, nodeAt, ownComment, put, wordAt, type Edited, type Path } from './document'
import { become, eventFrom, keyOf } from './events'
import { check, checkAt, isStatistic, settle } from './figures'

/** What a rule looks for, and the fields that say so; those that need not be there come last. */
const PARTS = {
  event: ['on'], check_at: ['on', 'check'], then: ['on', 'then'], without: ['on', 'without'], figure: ['check'], count: ['count'], measure: ['measure'],
  absent: ['absent', 'by'], sequence: ['sequence', 'within', 'per'], forbidden: ['forbidden'], while: ['while', 'per'],
} as const
export type Pattern = keyof typeof PARTS
export const PATTERNS = Object.keys(PARTS) as Pattern[]
const HEADS = ['on', 'check', 'count', 'measure', 'absent', 'sequence', 'forbidden', 'while']
const ALL: readonly string[] = [...new Set(Object.values(PARTS).flat()), 'then', 'without']

const keys = (map: YAMLMap) => map.items.map(keyOf)

/** Null where a rule has none, or more than one. */
export function patternAt(doc: Document, path: Path): Pattern | null {
  const rule = nodeAt(doc, path)
  if (!isMap(rule)) return null
  const heads = keys(rule).filter((key) => HEADS.includes(key))
  const asides = ['check', 'then', 'without'].filter((key) => rule.has(key))
  if (heads.includes('on')) {
    if (asides.length > 1 || heads.some((head) => head !== 'on' && head !== 'check')) return null
    return asides.length === 0 ? 'event' : asides[0] === 'check' ? 'check_at' : (asides[0] as Pattern)
  }
  if (heads.length !== 1 || rule.has('then') || rule.has('without')) return null
  return heads[0] === 'check' ? 'figure' : (heads[0] as Pattern)
}

/** The first event that a rule names, wherever it stands. */
function eventOf(rule: YAMLMap): unknown {
  for (const key of ['on', 'count', 'absent']) if (rule.has(key)) return rule.get(key, true)
  const inner = ['measure', 'sequence', 'forbidden'].map((key) => rule.get(key, true) as unknown).find((node) => node !== undefined)
  if (isMap(inner)) return inner.get('from', true)
  if (isSeq(inner)) return inner.items[0]
  const condition = rule.get('while', true) as unknown
  if (!isScalar(condition)) return null
  const map = new YAMLMap()
  map.set('rises', condition)
  return map
}
function conditionOf(event: YAMLMap): Scalar {
  const found = event.get('rises', true) ?? event.get('falls', true)
  return isScalar(found) ? found : new Scalar('')
}

function made(doc: Document, key: string, event: YAMLMap): unknown {
  const other = (more: Record<string, unknown> = {}) => flowMap(doc, { rises: '', ...more })
  const listed = (items: unknown[]) => {
    const list = new YAMLSeq()
    list.flow = true
    list.items = items
    return list
  }
  switch (key) {
    case 'then':
    case 'without':
      return other({ within: '5s' })
    case 'measure': {
      const map = flowMap(doc, { from: null, to: null, curve: [['10s', 1], ['60s', 0]] }) as YAMLMap
      map.set('from', event)
      map.set('to', other())
      return map
    }
    case 'by':
      return new Scalar('60s')
    case 'sequence':
    case 'forbidden':
      return listed([event, other()])
    case 'while':
      return conditionOf(event)
    default:
      return event
  }
}

/** Another pattern in the place of the one before; the event goes over into it, and so does a check. */
export const setPattern = (text: string, path: Path, pattern: Pattern): string =>
  edit(text, (doc) => {
    const rule = nodeAt(doc, path)
    if (!isMap(rule) || patternAt(doc, path) === pattern) return
    const event = eventFrom(doc, eventOf(rule))
    const first = rule.items.findIndex((pair) => ALL.includes(keyOf(pair)))
    const before = new Map(rule.items.filter((pair) => ALL.includes(keyOf(pair))).map((pair) => [keyOf(pair), pair]))
    rule.items = rule.items.filter((pair) => !ALL.includes(keyOf(pair)))
    const at = first < 0 ? rule.items.length : first
    const wanted = PARTS[pattern].filter((key) => !['within', 'per', 'check'].includes(key))
    const pairs = wanted.map((key) => (key === 'on' && isMap(before.get('on')?.value) ? (before.get('on') as Pair) : doc.createPair(key, made(doc, key, event))))
    if ((PARTS[pattern] as readonly string[]).includes('check')) pairs.push(before.get('check') ?? doc.createPair('check', flowMap(doc, {})))
    rule.items.splice(at, 0, ...(pairs as YAMLMap['items']))
    const on = rule.get('on', true) as unknown
    // Only a bare event can be one that holds.
    if (isMap(on) && on.has('holds') && pattern !== 'event') become(doc, on, 'rises')
    if (pattern === 'check_at' || pattern === 'figure') {
      const [there, whole] = [[...path, 'check'], pattern === 'figure']
      const kind = checkAt(doc, there)
      if (kind === null || (whole && !isStatistic(kind))) check(doc, there, whole ? 'mean' : 'is', whole)
      else settle(doc, nodeAt(doc, there) as YAMLMap, there, whole)
    }
  })

// Lists of events

export const addStep = (text: string, list: Path): string => edit(text, (doc) => listAt(doc, list).add(flowMap(doc, { rises: '' })))

/** `unless` of a `then`: an event that must not come between the two, or none. */
export const setUnless = (text: string, then: Path, on: boolean): string =>
  edit(text, (doc) => {
    if (on) doc.setIn([...then, 'unless'], flowMap(doc, { rises: '' }))
    else doc.deleteIn([...then, 'unless'])
  })
/** The time that an event must not have come in: after it, or before it. */
export const setSide = (text: string, without: Path, side: 'within' | 'before'): string =>
  edit(text, (doc) => {
    const map = nodeAt(doc, without)
    if (!isMap(map)) return
    const pair = map.items.find((each) => ['within', 'before'].includes(keyOf(each)))
    if (!pair) map.set(side, '5s')
    else pair.key = doc.createNode(side) as Scalar
  })

// What time a rule looks at

export type Extent = 'run' | 'named' | 'while' | 'events'
export function extentAt(doc: Document, path: Path): Extent | null {
  const node = nodeAt(doc, path)
  if (node === undefined) return 'run'
  if (isScalar(node)) return node.value === 'run' ? 'run' : 'named'
  if (!isMap(node)) return null
  if (keys(node).includes('while')) return node.has('from') || node.has('to') ? null : 'while'
  return node.has('from') || node.has('to') ? 'events' : null
}
/** The whole run, a named phase, or one of its own that is still to be written. */
export const setExtent = (text: string, path: Path, extent: Extent, name = ''): string =>
  edit(text, (doc) => {
    if (extentAt(doc, path) === extent && extent !== 'named') return
    if (extent === 'run') doc.deleteIn(path)
    else if (extent === 'named') put(doc, path, name, true)
    else doc.setIn(path, flowMap(doc, extent === 'while' ? { while: '' } : { from: { rises: '' }, to: { rises: '' } }))
  })

// What it is worth

export type Worth = 'award' | 'deduct'
export function worthAt(doc: Document, path: Path): Worth | 'both' | null {
  const has = (field: Worth) => nodeAt(doc, [...path, field]) !== undefined
  return has('award') ? (has('deduct') ? 'both' : 'award') : has('deduct') ? 'deduct' : null
}
/** It gives, takes, or does neither; the figure stays. */
export const setWorth = (text: string, path: Path, worth: Worth | null): string =>
  edit(text, (doc) => {
    const rule = nodeAt(doc, path)
    if (!isMap(rule)) return
    const [kept, ...more] = rule.items.filter((pair) => ['award', 'deduct'].includes(keyOf(pair)))
    rule.items = rule.items.filter((pair) => !more.includes(pair))
    if (worth === null) rule.items = rule.items.filter((pair) => pair !== kept)
    else if (kept) kept.key = doc.createNode(worth) as Scalar
    else rule.set(worth, doc.createNode(1))
  })

export function gateAt(doc: Document, path: Path): string[] {
  const gate: Path = [...path, 'gate']
  const node = nodeAt(doc, gate)
  if (isScalar(node)) return [wordAt(doc, gate)]
  return Array.from({ length: countAt(doc, gate) }, (_, at) => wordAt(doc, [...gate, at]))
}
export const setGate = (text: string, path: Path, id: string, on: boolean): string =>
  edit(text, (doc) => {
    const ids = gateAt(doc, path).filter((each) => each !== id)
    if (on) ids.push(id)
    const node = doc.createNode(ids.length === 1 ? ids[0] : ids)
    if (isSeq(node)) node.flow = true
    if (ids.length === 0) doc.deleteIn([...path, 'gate'])
    else doc.setIn([...path, 'gate'], node)
  })

// The list of rules

export const isRule = (path: Path) => path.length === 2 && path[0] === 'rules' && typeof path[1] === 'number'
export const rulesOf = (doc: Document, aspect?: string): Path[] =>
  Array.from({ length: countAt(doc, ['rules']) }, (_, at): Path => ['rules', at]).filter((path) => aspect === undefined || wordAt(doc, [...path, 'aspect']) === aspect)
const idsOf = (doc: Document) => rulesOf(doc).map((path) => wordAt(doc, [...path, 'id']))
function freshId(doc: Document, stem: string): string {
  const taken = new Set(idsOf(doc))
  for (let n = stem === 'rule' ? 1 : 2; ; n += 1) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`
}

/** Every automatic aspect, in order, wherever it stands. */
export function automatic(doc: Document): Path[] {
  const found: Path[] = []
  const look = (node: unknown, path: Path) => {
    if (isMap(node)) {
      if (node.get('type') === 'automatic') found.push(path)
      for (const pair of node.items) look(pair.value, [...path, keyOf(pair)])
    } else if (isSeq(node)) node.items.forEach((item, at) => look(item, [...path, at]))
  }
  look(nodeAt(doc, ['modules']), ['modules'])
  return found
}

/**
 * A rule that is still to be written, behind the one at `after`, or behind the last of its aspect. Without an aspect it is for that of the rule
 * before it, or for the first that is automatic. Where an aspect starts at its maximum, it takes.
 */
export function addRule(text: string, of: string | null, after?: number): Edited {
  let at: number | null = null
  const next = edit(text, (doc) => {
    const there = nodeAt(doc, ['rules'])
    // What is no list is its author's to mend.
    if (there !== undefined && !isSeq(there) && !(isScalar(there) && there.value === null)) return
    const aspects = automatic(doc).map((path) => ({ code: wordAt(doc, [...path, 'code']), full: wordAt(doc, [...path, 'starts_at']) === 'full' }))
    const aspect = of ?? (after === undefined ? (aspects[0]?.code ?? '') : wordAt(doc, ['rules', after, 'aspect']))
    const takes = aspects.some(({ code, full }) => full && code === aspect)
    const own = rulesOf(doc, aspect).at(-1)?.[1] as number | undefined
    const list = listAt(doc, ['rules'])
    at = (after ?? own ?? list.items.length - 1) + 1
    list.flow = false
    ownComment(list)
    const rule = doc.createNode({ id: freshId(doc, 'rule'), aspect, says: { zh: '新规则', en: 'New rule' }, on: { rises: '' }, [takes ? 'deduct' : 'award']: 1 }) as YAMLMap
    for (const key of ['says', 'on']) (rule.get(key) as YAMLMap).flow = true
    list.items.splice(at, 0, rule)
  })
  return { text: next, path: at === null ? ['rules'] : ['rules', at] }
}
/** A copy behind the original, with an id of its own. */
export function duplicateRule(text: string, path: Path): Edited {
  const at = (path.at(-1) as number) + 1
  const next = edit(text, (doc) => {
    const [list, rule] = [nodeAt(doc, ['rules']), nodeAt(doc, path)]
    if (!isSeq(list) || !isMap(rule)) return
    ownComment(list)
    const copy = rule.clone() as YAMLMap
    copy.commentBefore = null
    copy.spaceBefore = false
    copy.set('id', freshId(doc, wordAt(doc, [...path, 'id']) || 'rule'))
    list.items.splice(at, 0, copy)
  })
  return { text: next, path: ['rules', at] }
}
/** An id is another one, and so it is in the gates that name it. */
export const renameRule = (text: string, path: Path, id: string): string =>
  edit(text, (doc) => {
    const was = wordAt(doc, [...path, 'id'])
    const alone = idsOf(doc).filter((each) => each === was).length === 1
    put(doc, [...path, 'id'], id, true)
    if (was === '' || id === '' || !alone) return
    for (const rule of rulesOf(doc)) {
      const gate: Path = [...rule, 'gate']
      if (wordAt(doc, gate) === was) put(doc, gate, id, true)
      for (let at = 0; at < countAt(doc, gate); at += 1) if (wordAt(doc, [...gate, at]) === was) put(doc, [...gate, at], id, true)
    }
  })

/** What no form shows: fields that nobody knows, and what is written in another way than is known. It stays as it is. */
export function beyondForms(doc: Document, path: Path): Path[] {
  const found: Path[] = []
  const look = (node: unknown, at: Path, known: string[]) => {
    const shapes = shapesAt(known)
    const fits = isMap(node) ? shapes.some((shape) => shape.properties) : isSeq(node) ? shapes.some((shape) => shape.items ?? shape.prefixItems) : !isScalar(node) || node.value === null || shapes.some((shape) => !shape.properties && !shape.items)
    if (!fits) {
      found.push(at)
      return
    }
    if (isMap(node)) for (const pair of node.items) look(pair.value, [...at, keyOf(pair)], [...known, keyOf(pair)])
    else if (isSeq(node)) node.items.forEach((item, ix) => look(item, [...at, ix], [...known, '[]']))
  }
  look(nodeAt(doc, path), path, ['rules', '[]'])
  return found
}
