/** What a scheme's text holds, as a tree with sums and faults at its nodes. Pure. */
import { isMap, type Document } from 'yaml'
import type { Text } from '@shared/text'
import { parseMark } from '@shared/marks'
import type { SchemeFault } from '../making/draft'
import { countAt, kindOf, listsBelow, nodeAt, parse, pathText, textAt, wordAt, type Kind, type Path } from './document'

export type NodeKind = Kind | 'scheme' | 'abilities' | 'groups' | 'ranking' | 'rules' | 'signals' | 'phases' | 'rule'
export interface OutlineNode {
  /** Its path, as the hall says it; of the scheme itself, nothing. */
  id: string
  kind: NodeKind
  path: Path
  code: string
  name: Text
  /** Hundredths; null where what is written is no mark. */
  max: number | null
  type: string
  children: OutlineNode[]
  errors: number
  warnings: number
}
export interface Outline {
  doc: Document
  /** Where the text stops to be YAML; the tree can't be shown then. */
  broken: { line: number; column: number } | null
  nodes: OutlineNode[]
  total: number | null
}

const sum = (nodes: readonly OutlineNode[]): number | null => nodes.reduce<number | null>((all, each) => (all === null || each.max === null ? null : all + each.max), 0)

function below(doc: Document, list: Path): OutlineNode[] {
  return Array.from({ length: countAt(doc, list) }, (_, at) => {
    const path: Path = [...list, at]
    const kind = kindOf(path) ?? 'aspect'
    const children = listsBelow(path).flatMap((each) => below(doc, each))
    return {
      id: pathText(path), kind, path, code: wordAt(doc, [...path, 'code']), name: textAt(doc, [...path, 'name']), type: wordAt(doc, [...path, 'type']), children,
      max: kind === 'aspect' ? parseMark(wordAt(doc, [...path, 'max'])) : sum(children), errors: 0, warnings: 0,
    }
  })
}
const leaf = (kind: NodeKind, key: string): OutlineNode => ({ id: key, kind, path: key === '' ? [] : [key], code: '', name: { zh: '', en: '' }, type: '', max: null, children: [], errors: 0, warnings: 0 })
/** What the referee watches: signals and phases, each as one, and the rules. */
const watched = (doc: Document): OutlineNode[] => [
  leaf('signals', 'signals'), leaf('phases', 'phases'),
  ...Array.from({ length: countAt(doc, ['rules']) }, (_, at): OutlineNode => {
    const path: Path = ['rules', at]
    return { ...leaf('rule', pathText(path)), path, code: wordAt(doc, [...path, 'id']), name: textAt(doc, [...path, 'says']) }
  }),
]

export function outlineOf(text: string, faults: readonly SchemeFault[]): Outline {
  const doc = parse(text)
  const error = doc.errors[0]
  if (error || !isMap(doc.contents)) {
    const before = text.slice(0, error?.pos[0] ?? 0).split('\n')
    return { doc, broken: { line: before.length, column: (before.at(-1) ?? '').length + 1 }, nodes: [], total: null }
  }
  const modules = below(doc, ['modules'])
  const nodes = [leaf('scheme', ''), leaf('abilities', 'abilities'), leaf('groups', 'groups'), ...modules, leaf('ranking', 'ranking'), { ...leaf('rules', 'rules'), children: watched(doc) }]
  for (const fault of faults) {
    for (const node of lineTo(nodes, fault.path)) {
      if (fault.severity === 'error') node.errors += 1
      else node.warnings += 1
    }
  }
  return { doc, broken: null, nodes, total: sum(modules) }
}

const within = (path: string, around: string) => path === around || path.startsWith(`${around}.`) || path.startsWith(`${around}[`)
/** The node that a fault stands at, with those above it, the nearest last; what belongs to no other is the scheme's own. */
export function lineTo(nodes: readonly OutlineNode[], path: string): OutlineNode[] {
  const line: OutlineNode[] = []
  const holds = (node: OutlineNode) => within(path, node.id) || (node.id === 'rules' && (within(path, 'signals') || within(path, 'phases')))
  let level: readonly OutlineNode[] = nodes
  for (;;) {
    const next = level.find((node) => node.id !== '' && holds(node))
    if (!next) break
    line.push(next)
    level = next.children
  }
  const scheme = nodes.find((node) => node.id === '')
  return line.length > 0 || !scheme ? line : [scheme]
}

/** What is seen of a tree of which some nodes are closed, from above to below. */
export interface Row {
  node: OutlineNode
  depth: number
  parent: string | null
  /** Its place among its siblings, from 1, and how many they are. */
  place: number
  of: number
}
export function rowsOf(nodes: readonly OutlineNode[], closed: ReadonlySet<string>, depth = 1, parent: string | null = null): Row[] {
  return nodes.flatMap((node, at) => [{ node, depth, parent, place: at + 1, of: nodes.length }, ...(closed.has(node.id) ? [] : rowsOf(node.children, closed, depth + 1, node.id))])
}
export const nodeOf = (nodes: readonly OutlineNode[], id: string): OutlineNode | null => {
  for (const node of nodes) {
    if (node.id === id) return node
    const found = nodeOf(node.children, id)
    if (found) return found
  }
  return null
}

/** The sum of an aspect's steps; null where it has none, or one of them is no mark. */
export function stepsSum(doc: Document, path: Path): number | null {
  const list: Path = [...path, 'steps']
  if (nodeAt(doc, list) === undefined) return null
  return Array.from({ length: countAt(doc, list) }, (_, at) => parseMark(wordAt(doc, [...list, at, 'marks']))).reduce<number | null>((all, each) => (all === null || each === null ? null : all + each), 0)
}
