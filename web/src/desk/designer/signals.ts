/** Signals and phases of a scheme's text: text to text, as in `document.ts`. Pure. */
import { isCollection, isMap, isPair, isScalar, visit, Scalar, type Document } from 'yaml'
import { CONDITIONS } from '../editor/complete'
import { countAt, edit, flowMap, nodeAt, put, setWord, wordAt, type Path } from './document'
import { keyOf } from './events'

export type Declared = 'signals' | 'phases'
export const namesOf = (doc: Document, of: Declared): string[] => {
  const map = nodeAt(doc, [of])
  return isMap(map) ? map.items.map(keyOf) : []
}

/** One more at the end, with a name that is free. */
export function declare(text: string, of: Declared): string {
  return edit(text, (doc) => {
    const [taken, stem] = [new Set(namesOf(doc, of)), of === 'signals' ? 'signal' : 'phase']
    let n = 1
    while (taken.has(`${stem}_${n}`)) n += 1
    const map = nodeAt(doc, [of])
    // What is no map is its author's to mend.
    if (map !== undefined && !isMap(map) && !(isScalar(map) && map.value === null)) return
    const fresh = flowMap(doc, of === 'signals' ? { type: 'bool' } : { while: '' })
    if (isMap(map)) {
      if (map.items.length === 0) map.flow = false
      map.set(`${stem}_${n}`, fresh)
    } else doc.setIn([of], doc.createNode({ [`${stem}_${n}`]: fresh }))
  })
}

/** Texts in quotation marks are no names. */
const LITERAL = /("[^"]*"|'[^']*')/
function renamed(condition: string, was: string, name: string): string {
  const word = new RegExp(`(?<![\\p{L}\\p{N}_.])${was.replaceAll(/[^\p{L}\p{N}_]/gu, '\\$&')}(?![\\p{L}\\p{N}_])`, 'gu')
  return condition.split(LITERAL).map((part, at) => (at % 2 === 1 ? part : part.replace(word, () => name))).join('')
}

/** Another name for it, here and wherever rules and phases read it. A name that is taken, or none, changes nothing. */
export function renameDeclared(text: string, of: Declared, was: string, name: string): string {
  return edit(text, (doc) => {
    const map = nodeAt(doc, [of])
    if (!isMap(map) || !/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) || map.has(name)) return
    const pair = map.items.find((each) => keyOf(each) === was)
    if (!pair) return
    if (isScalar(pair.key)) pair.key.value = name
    else pair.key = new Scalar(name)
    if (of === 'signals') inConditions(doc, (scalar) => (scalar.value = renamed(String(scalar.value), was, name)))
    else for (let at = 0; at < countAt(doc, ['rules']); at += 1) if (wordAt(doc, ['rules', at, 'during']) === was) put(doc, ['rules', at, 'during'], name, true)
  })
}
function inConditions(doc: Document, change: (scalar: Scalar) => void) {
  for (const part of ['rules', 'phases']) {
    const node = nodeAt(doc, [part])
    if (!isCollection(node)) continue
    visit(node, {
      Scalar(at, scalar, above) {
        const pair = above.filter(isPair).at(-1)
        const key = pair ? keyOf(pair) : ''
        if (at !== 'key' && typeof scalar.value === 'string' && (CONDITIONS.has(key) || key === 'changes')) change(scalar)
      },
    })
  }
}

/** Only a real has a unit. */
export const setSignalType = (text: string, name: string, type: string): string => {
  const path: Path = ['signals', name]
  const typed = setWord(text, [...path, 'type'], type)
  return type === 'real' ? typed : setWord(typed, [...path, 'unit'], '')
}
