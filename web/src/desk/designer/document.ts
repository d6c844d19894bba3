/**
 * The text of a scheme, changed as a tree is: each operation takes a text and gives a text, so that whoever undoes it puts the old one back.
 * Comments, blank lines, quotation marks and the order of fields stay where nothing was changed. Pure.
 */
import { Document, isMap, isScalar, isSeq, parseDocument, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml'
import type { Text } from '@shared/text'

export type Path = (string | number)[]
export type Kind = 'module' | 'criterion' | 'sub_criterion' | 'aspect'
export type AspectType = 'measurement' | 'judgement' | 'automatic' | 'theory'
/** How a mark comes about: of a measurement the first four, of a judgement the last two. */
export type Method = 'yes_no' | 'tolerance' | 'steps' | 'deductions' | 'levels' | 'panel'
export type PartList = 'steps' | 'deductions'

export interface Edited {
  text: string
  /** Where what was added or moved stands now. */
  path: Path
}

const CHILDREN: Record<Kind, string> = { module: 'modules', criterion: 'criteria', sub_criterion: 'sub_criteria', aspect: 'aspects' }
/** What may stand below each. */
const BELOW: Record<Kind, readonly Kind[]> = { module: ['criterion'], criterion: ['aspect', 'sub_criterion'], sub_criterion: ['aspect'], aspect: [] }
/** How long the path of each may be. */
const DEPTHS: Record<Kind, readonly number[]> = { module: [2], criterion: [4], sub_criterion: [6], aspect: [6, 8] }
const KINDS = Object.keys(CHILDREN) as Kind[]

/** `['modules', 0, 'name']` → `modules[0].name`, as the hall says it. */
export const pathText = (path: Path) => path.reduce<string>((all, each) => (typeof each === 'number' ? `${all}[${each}]` : all === '' ? each : `${all}.${each}`), '')
export const pathOf = (text: string): Path => [...text.matchAll(/[^.[\]]+/g)].map(([each]) => (/^\d+$/.test(each) ? Number(each) : each))

export function parse(text: string): Document {
  return parseDocument(text, { uniqueKeys: false, prettyErrors: false })
}
const print = (doc: Document) => doc.toString({ lineWidth: 0, flowCollectionPadding: false })

export function edit(text: string, change: (doc: Document) => void): string {
  const doc = parse(text)
  if (doc.errors.length > 0) return text
  change(doc)
  return print(doc)
}

export const nodeAt = (doc: Document, path: Path): unknown => (path.length === 0 ? doc.contents : doc.getIn(path, true))
/** What is written at a place, to the letter. */
export function wordAt(doc: Document, path: Path): string {
  const node = nodeAt(doc, path)
  if (!isScalar(node) || node.value === null || node.value === undefined) return ''
  return typeof node.source === 'string' && typeof node.value !== 'string' ? node.source : String(node.value)
}
export const textAt = (doc: Document, path: Path): Text => ({ zh: wordAt(doc, [...path, 'zh']), en: wordAt(doc, [...path, 'en']) })
export const countAt = (doc: Document, path: Path): number => {
  const node = nodeAt(doc, path)
  return isSeq(node) ? node.items.length : 0
}

/** A number is written as one, with the figures that were typed; truth as truth; anything else as text. */
function scalarOf(word: string): Scalar {
  if (/^-?\d{1,15}(\.\d{1,10})?$/.test(word)) {
    const scalar = new Scalar(Number(word))
    const decimals = word.split('.')[1]?.length ?? 0
    if (decimals > 0) scalar.minFractionDigits = decimals
    return scalar
  }
  if (word === 'true' || word === 'false') return new Scalar(word === 'true')
  return new Scalar(word)
}

export function put(doc: Document, path: Path, word: string, asText = false) {
  const fresh = asText ? new Scalar(word) : scalarOf(word)
  const old = nodeAt(doc, path)
  if (isScalar(old)) {
    // What stands beside it stays.
    if (old.comment) fresh.comment = old.comment
    if (old.commentBefore) fresh.commentBefore = old.commentBefore
    if (old.spaceBefore) fresh.spaceBefore = true
    if (typeof fresh.value === 'string' && typeof old.value === 'string' && old.value !== '' && old.type && old.type.startsWith('QUOTE')) fresh.type = old.type
  }
  doc.setIn(path, fresh)
}

/** An empty word takes the field away. */
export const setWord = (text: string, path: Path, word: string): string =>
  edit(text, (doc) => {
    if (word === '') doc.deleteIn(path)
    else put(doc, path, word)
  })
/** Words for people: always there, if empty, so that what is missing is said at its place. */
export const setSaid = (text: string, path: Path, language: 'zh' | 'en', word: string): string =>
  edit(text, (doc) => {
    if (!isMap(nodeAt(doc, path))) doc.setIn(path, flowMap(doc, { zh: '', en: '' }))
    put(doc, [...path, language], word, true)
  })

export function flowMap(doc: Document, value: unknown): Node {
  const node = doc.createNode(value) as YAMLMap
  node.flow = true
  return node
}
const named = (code: string, zh: string, en: string) => ({ code, name: { zh, en } })

// What is added

/** Every code that is taken by a module, a criterion, a sub-criterion or an aspect. */
function codes(doc: Document): Set<string> {
  const found = new Set<string>()
  for (const path of everywhere(doc)) found.add(wordAt(doc, [...path, 'code']))
  return found
}
function* everywhere(doc: Document, list: Path = ['modules']): Generator<Path> {
  for (let at = 0; at < countAt(doc, list); at += 1) {
    const path: Path = [...list, at]
    yield path
    for (const below of listsBelow(path)) yield* everywhere(doc, below)
  }
}
export const kindOf = (path: Path): Kind | null => KINDS.find((kind) => DEPTHS[kind].includes(path.length) && path.at(-2) === CHILDREN[kind]) ?? null
/** The lists in which there may be something below a place. */
export function listsBelow(path: Path): Path[] {
  const kind = kindOf(path)
  return kind ? BELOW[kind].map((below) => [...path, CHILDREN[below]]) : []
}
export const isDivided = (doc: Document, criterion: Path) => isSeq(nodeAt(doc, [...criterion, CHILDREN.sub_criterion]))
/** What is added below a place. */
export function kindBelow(doc: Document, path: Path): Kind | null {
  const kind = kindOf(path)
  return kind === 'criterion' && isDivided(doc, path) ? 'sub_criterion' : kind ? (BELOW[kind][0] ?? null) : null
}

function freshCode(kind: Kind, above: string, taken: Set<string>): string {
  if (kind === 'module') {
    const letter = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find((each) => !taken.has(each))
    if (letter) return letter
  }
  if (kind === 'sub_criterion') {
    const letter = [...'abcdefghijklmnopqrstuvwxyz'].find((each) => !taken.has(`${above}${each}`))
    if (letter) return `${above}${letter}`
  }
  const stem = kind === 'module' ? 'M' : kind === 'criterion' ? above : kind === 'sub_criterion' ? `${above}-` : `${above}.`
  for (let n = 1; ; n += 1) if (!taken.has(`${stem}${n}`)) return `${stem}${n}`
}
const NEW: Record<Kind, Text> = { module: { zh: '新模块', en: 'New module' }, criterion: { zh: '新评分单元', en: 'New criterion' }, sub_criterion: { zh: '新评分子单元', en: 'New sub-criterion' }, aspect: { zh: '新评分项', en: 'New aspect' } }

function made(doc: Document, kind: Kind, above: string, taken: Set<string>): YAMLMap {
  const code = freshCode(kind, above, taken)
  taken.add(code)
  const ability = wordAt(doc, ['abilities', 0, 'code'])
  const more = kind === 'aspect' ? { type: 'measurement', max: 1, abilities: ability ? [ability] : [] } : {}
  const node = doc.createNode({ ...named(code, NEW[kind].zh, NEW[kind].en), ...more }) as YAMLMap
  flowed(node)
  const below = BELOW[kind][0]
  if (below) {
    const list = new YAMLSeq()
    list.add(made(doc, below, code, taken))
    node.set(CHILDREN[below], list)
  }
  return node
}
/** Names and lists of codes stand on one line. */
function flowed(node: YAMLMap) {
  for (const key of ['name', 'abilities', 'says', 'tolerance', 'panel']) {
    const value = node.get(key, true) as unknown
    if (isMap(value) || isSeq(value)) value.flow = true
  }
}

/** A list under a key, made where there is none. */
export function listAt(doc: Document, path: Path): YAMLSeq {
  const node = nodeAt(doc, path)
  if (isSeq(node)) return node
  const list = new YAMLSeq()
  doc.setIn(path, list)
  return list
}

/** What is said above the first one is kept by its list; it is the first one's, and goes where that goes. */
export function ownComment(list: YAMLSeq) {
  const first = list.items[0]
  if (!list.commentBefore || !isMap(first)) return
  first.commentBefore = first.commentBefore ? `${list.commentBefore}\n${first.commentBefore}` : list.commentBefore
  list.commentBefore = null
}

/** Behind the one at `after`, or at the end of its parent's list. */
export function add(text: string, kind: Kind, parent: Path, after?: number): Edited {
  let at = 0
  const list = [...parent, CHILDREN[kind]]
  const next = edit(text, (doc) => {
    const items = listAt(doc, list)
    at = after === undefined ? items.items.length : after + 1
    items.flow = false
    ownComment(items)
    items.items.splice(at, 0, made(doc, kind, wordAt(doc, [...parent, 'code']), codes(doc)))
  })
  return { text: next, path: [...list, at] }
}

export const remove = (text: string, path: Path): string =>
  edit(text, (doc) => {
    const list = nodeAt(doc, path.slice(0, -1))
    if (isSeq(list)) ownComment(list)
    doc.deleteIn(path)
  })

/** A copy behind the original, with codes of its own all the way down. */
export function duplicate(text: string, path: Path): Edited {
  const kind = kindOf(path)
  const at = (path.at(-1) as number) + 1
  const next = edit(text, (doc) => {
    const node = nodeAt(doc, path)
    const list = nodeAt(doc, path.slice(0, -1))
    if (!kind || !isMap(node) || !isSeq(list)) return
    ownComment(list)
    const copy = node.clone() as YAMLMap
    copy.spaceBefore = node.spaceBefore ?? false
    recode(copy, kind, wordAt(doc, [...path.slice(0, -2), 'code']), codes(doc))
    list.items.splice(at, 0, copy)
  })
  return { text: next, path: [...path.slice(0, -1), at] }
}
function recode(node: YAMLMap, kind: Kind, above: string, taken: Set<string>) {
  const code = freshCode(kind, above, taken)
  taken.add(code)
  node.set('code', code)
  for (const below of BELOW[kind]) {
    const list = node.get(CHILDREN[below], true) as unknown
    if (isSeq(list)) for (const each of list.items) if (isMap(each)) recode(each, below, code, taken)
  }
}

/** Where something goes that leaves its list at an end: an aspect within its module, whether criteria are divided or not; a sub-criterion into a criterion that is. */
function listBeside(doc: Document, path: Path, by: 1 | -1): Path | null {
  const kind = kindOf(path)
  const list = path.slice(0, -1)
  if (kind === 'criterion' || kind === 'sub_criterion') {
    const beside: Path = [...path.slice(0, -3), (path.at(-3) as number) + by]
    const there = isMap(nodeAt(doc, beside)) && (kind === 'criterion' || isDivided(doc, beside))
    return there ? [...beside, CHILDREN[kind]] : null
  }
  if (kind !== 'aspect') return null
  const shelves: Path[] = []
  for (let c = 0; c < countAt(doc, [...path.slice(0, 2), 'criteria']); c += 1) {
    const criterion: Path = [...path.slice(0, 2), 'criteria', c]
    const parts = countAt(doc, [...criterion, 'sub_criteria'])
    if (!isDivided(doc, criterion) || pathText(list) === pathText([...criterion, 'aspects'])) shelves.push([...criterion, 'aspects'])
    for (let s = 0; s < parts; s += 1) shelves.push([...criterion, 'sub_criteria', s, 'aspects'])
  }
  return shelves[shelves.findIndex((each) => pathText(each) === pathText(list)) + by] ?? null
}
/** One place up or down; at the end of a list into the neighbouring one of the same module or scheme. Null where there is no place. */
export function move(text: string, path: Path, by: 1 | -1): Edited | null {
  const doc = parse(text)
  if (doc.errors.length > 0) return null
  const [list, at] = [path.slice(0, -1), path.at(-1) as number]
  const target = at + by
  const items = nodeAt(doc, list)
  if (!isSeq(items)) return null
  ownComment(items)
  if (target >= 0 && target < items.items.length) {
    swap(items, at, target)
    return { text: print(doc), path: [...list, target] }
  }
  const beside = listBeside(doc, path, by)
  if (beside === null) return null
  const [node] = items.items.splice(at, 1)
  const others = listAt(doc, beside)
  // One that was empty is written on its line.
  if (others.items.length === 0) others.flow = false
  ownComment(others)
  const place = by === 1 ? 0 : others.items.length
  others.items.splice(place, 0, node)
  return { text: print(doc), path: [...beside, place] }
}
/** The blank line that parts the first from what stands above it stays there. */
function swap(list: YAMLSeq, one: number, other: number) {
  const [first, second] = [list.items[one], list.items[other]] as [YAMLMap, YAMLMap]
  const blank = [first?.spaceBefore, second?.spaceBefore]
  list.items[one] = second
  list.items[other] = first
  if (isMap(second)) second.spaceBefore = blank[0] ?? false
  if (isMap(first)) first.spaceBefore = blank[1] ?? false
}

// Criteria in parts

/** The aspects of a criterion go into a first sub-criterion, which stands in their place. */
export const divide = (text: string, path: Path): string =>
  edit(text, (doc) => {
    const criterion = nodeAt(doc, path)
    if (!isMap(criterion) || isDivided(doc, path)) return
    const code = freshCode('sub_criterion', wordAt(doc, [...path, 'code']), codes(doc))
    const part = doc.createNode(named(code, NEW.sub_criterion.zh, NEW.sub_criterion.en)) as YAMLMap
    flowed(part)
    const pair = criterion.items.find((each) => isScalar(each.key) && each.key.value === CHILDREN.aspect)
    part.set(CHILDREN.aspect, isSeq(pair?.value) ? pair.value : new YAMLSeq())
    const parts = new YAMLSeq()
    parts.add(part)
    if (pair) {
      ;(pair.key as Scalar).value = CHILDREN.sub_criterion
      pair.value = parts
    } else criterion.set(CHILDREN.sub_criterion, parts)
  })

/** The aspects of all sub-criteria stand below their criterion again; names and codes of the parts go. */
export const join = (text: string, path: Path): string =>
  edit(text, (doc) => {
    const criterion = nodeAt(doc, path)
    if (!isMap(criterion)) return
    const pair = criterion.items.find((each) => isScalar(each.key) && each.key.value === CHILDREN.sub_criterion)
    if (!pair || !isSeq(pair.value)) return
    ownComment(pair.value)
    const lists = pair.value.items.filter(isMap).map((part) => {
      const list = part.get(CHILDREN.aspect, true) as unknown
      const aspects = isSeq(list) ? list : new YAMLSeq()
      // What is said of a part is said of what stood in it.
      if (part.commentBefore) aspects.commentBefore = aspects.commentBefore ? `${part.commentBefore}\n${aspects.commentBefore}` : part.commentBefore
      return aspects
    })
    const own = nodeAt(doc, [...path, CHILDREN.aspect])
    if (isSeq(own)) lists.unshift(own)
    criterion.delete(CHILDREN.aspect)
    const [first, ...others] = lists
    const all = first ?? new YAMLSeq()
    for (const list of others) {
      ownComment(list)
      all.items.push(...list.items)
    }
    ;(pair.key as Scalar).value = CHILDREN.aspect
    pair.value = all
  })

// Codes, and whoever names them

/** A code is another one, and so it is wherever it is named: by rules, by ties, by aspects. */
export function rename(text: string, path: Path, code: string): string {
  return edit(text, (doc) => {
    const was = wordAt(doc, [...path, 'code'])
    put(doc, [...path, 'code'], code, true)
    if (was === '' || code === '') return
    const kind = kindOf(path)
    if (kind === 'aspect') for (let r = 0; r < countAt(doc, ['rules']); r += 1) if (wordAt(doc, ['rules', r, 'aspect']) === was) put(doc, ['rules', r, 'aspect'], code, true)
    if (kind === 'module') for (let t = 0; t < countAt(doc, ['ranking', 'ties']); t += 1) if (wordAt(doc, ['ranking', 'ties', t, 'module']) === was) put(doc, ['ranking', 'ties', t, 'module'], code, true)
    if (path[0] === 'abilities') {
      for (const each of everywhere(doc)) {
        const list: Path = [...each, 'abilities']
        for (let at = 0; at < countAt(doc, list); at += 1) if (wordAt(doc, [...list, at]) === was) put(doc, [...list, at], code, true)
      }
    }
  })
}

// What an aspect is

const FIELDS: Record<AspectType, readonly string[]> = { measurement: ['tolerance', 'steps', 'deductions'], judgement: ['levels', 'panel', 'judges', 'spread_max', 'rounds_most'], automatic: ['policy', 'starts_at'], theory: [] }
const OWN = Object.values(FIELDS).flat()
const LEVELS: Text[] = [{ zh: '低于行业水平', en: 'Below what the trade expects' }, { zh: '达到行业水平', en: 'As the trade expects' }, { zh: '部分优于行业水平', en: 'Better in some respects' }, { zh: '全面优于行业水平', en: 'Excellent throughout' }]

/** What the new type can't have goes. A judgement gets four levels to begin with, for without them it is none. */
export const setType = (text: string, path: Path, type: AspectType): string =>
  edit(text, (doc) => {
    const node = nodeAt(doc, path)
    if (!isMap(node)) return
    for (const field of OWN) if (!FIELDS[type].includes(field)) node.delete(field)
    put(doc, [...path, 'type'], type)
    if (type === 'judgement' && !node.has('levels') && !node.has('panel')) begin(doc, path, 'levels')
  })

export function methodOf(doc: Document, path: Path): Method | null {
  const type = wordAt(doc, [...path, 'type'])
  const has = (field: string) => nodeAt(doc, [...path, field]) !== undefined
  if (type === 'measurement') return (['tolerance', 'steps', 'deductions'] as const).find(has) ?? 'yes_no'
  if (type === 'judgement') return has('panel') ? 'panel' : 'levels'
  return null
}

function begin(doc: Document, path: Path, method: Method) {
  const max = wordAt(doc, [...path, 'max']) || '1'
  const part = () => [{ code: 'a', name: { zh: method === 'steps' ? '第一步' : '扣分一处', en: method === 'steps' ? 'First step' : 'A fault' }, marks: Number(max) || 1 }]
  const wanted: Record<Exclude<Method, 'yes_no'>, unknown> = { tolerance: { unit: 'mm', target: 10, full: 0.1, zero: 0.5 }, steps: part(), deductions: part(), levels: LEVELS, panel: { judges: 5, drop_extremes: true, step: 0.1 } }
  if (method === 'yes_no') return
  const node = doc.createNode(wanted[method]) as YAMLMap | YAMLSeq
  if (isMap(node)) node.flow = true
  else for (const item of node.items) if (isMap(item)) item.flow = true
  doc.setIn([...path, method], node)
  if (method === 'levels') for (const [field, word] of [['judges', '3'], ['spread_max', '1']] as const) if (nodeAt(doc, [...path, field]) === undefined) put(doc, [...path, field], word)
}

/** Another way to the mark; what belongs to the others goes. */
export const setMethod = (text: string, path: Path, method: Method): string =>
  edit(text, (doc) => {
    const node = nodeAt(doc, path)
    if (!isMap(node)) return
    for (const each of ['tolerance', 'steps', 'deductions', 'levels', 'panel']) if (each !== method) node.delete(each)
    if (method === 'panel') for (const field of ['judges', 'spread_max', 'rounds_most']) node.delete(field)
    if (!node.has(method)) begin(doc, path, method)
  })

/** An ability of an aspect, on or off, in the order in which the scheme declares them. */
export const setAbility = (text: string, path: Path, code: string, on: boolean): string =>
  edit(text, (doc) => {
    const list: Path = [...path, 'abilities']
    const had = Array.from({ length: countAt(doc, list) }, (_, at) => wordAt(doc, [...list, at]))
    const known = Array.from({ length: countAt(doc, ['abilities']) }, (_, at) => wordAt(doc, ['abilities', at, 'code']))
    const has = new Set(had)
    if (on) has.add(code)
    else has.delete(code)
    const kept = [...known.filter((each) => has.has(each)), ...[...has].filter((each) => !known.includes(each))]
    const node = doc.createNode(kept) as YAMLSeq
    node.flow = true
    doc.setIn(list, node)
  })

// Lists of small things: steps, deductions, abilities, groups, ties

/** One more in a list, on one line. */
export const append = (text: string, list: Path, value: unknown): string =>
  edit(text, (doc) => {
    const items = listAt(doc, list)
    items.add(flowMap(doc, value))
  })
export function appendNamed(text: string, list: Path, stem: string, said: Text, more: Record<string, unknown> = {}): string {
  const doc = parse(text)
  const taken = new Set(Array.from({ length: countAt(doc, list) }, (_, at) => wordAt(doc, [...list, at, 'code'])))
  let n = 1
  while (taken.has(`${stem}${n}`)) n += 1
  return append(text, list, { ...named(`${stem}${n}`, said.zh, said.en), ...more })
}
/** A tie-break is one word with its value. */
export const setTie = (text: string, at: number, by: string, module: string): string =>
  edit(text, (doc) => doc.setIn(['ranking', 'ties', at], flowMap(doc, by === 'module' ? { module } : { [by]: true })))
