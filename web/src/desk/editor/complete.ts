/** What may stand at a place of a scheme's text or a rule set's: keys by its own schema, and the names that a scheme declares. Pure. */

import ruleSet from '../../../../contract/rule-set.schema.json'
import scheme from '../../../../contract/scheme.schema.json'
import season from '../../../../contract/season.schema.json'
import type { Language } from '@shared/text'
import type { Document } from './document'
import { namesIn, type Named } from './names'
import { placeOf } from './place'

export interface Option {
  label: string
  /** What is put in, where it is more than the label. */
  apply?: string
  kind: 'key' | 'word' | 'signal' | 'function' | 'unit' | 'aspect' | 'phase' | 'rule'
  detail: string
}
export interface Offer {
  /** Where the word that is being written begins. */
  from: number
  options: Option[]
}

interface Shape {
  $ref?: string
  type?: string | string[]
  enum?: string[]
  description?: string
  properties?: Record<string, Shape>
  items?: Shape
  prefixItems?: Shape[]
  anyOf?: Shape[]
}
type Root = Shape & { $defs: Record<string, Shape> }
const ROOTS: Record<Document, Root> = { scheme: scheme as unknown as Root, ruleSet: ruleSet as unknown as Root, season: season as unknown as Root }

/** A shape as it is meant: references followed, alternatives apart. */
function shapes(shape: Shape | undefined, root: Root): Shape[] {
  if (!shape) return []
  if (shape.$ref) return shapes(root.$defs[shape.$ref.replace('#/$defs/', '')], root)
  if (shape.anyOf) return shape.anyOf.flatMap((each) => shapes(each, root))
  return [shape]
}
/** Signals and phases are called as their author likes: their keys are no keys of the schema. */
const additional = (shape: Shape) => (shape as { additionalProperties?: Shape | boolean }).additionalProperties

export function shapesAt(path: readonly string[], of: Document = 'scheme'): Shape[] {
  const root = ROOTS[of]
  let found = shapes(root, root)
  for (const step of path) {
    found = found.flatMap((shape) => {
      if (step === '[]') return [...shapes(shape.items, root), ...(shape.prefixItems ?? []).flatMap((each) => shapes(each, root))]
      const free = additional(shape)
      return shape.properties?.[step] ? shapes(shape.properties[step], root) : typeof free === 'object' ? shapes(free, root) : []
    })
  }
  return found
}

/** Keys whose value is a condition or an expression over signals. */
export const CONDITIONS = new Set(['rises', 'falls', 'holds', 'held', 'is', 'while', 'mean', 'min', 'max', 'last', 'time_mean', 'integral', 'percentile', 'time_in_band', 'share_in_band', 'agree', 'witnesses'])
const TIMES = new Set(['for', 'within', 'before', 'by', 'over', 'stale_after'])
const FIGURES = new Set(['between', 'band', 'target', 'full', 'zero', 'curve'])
const FUNCTIONS = { abs: 'abs(x)', min: 'min(x, y)', max: 'max(x, y)', clamp: 'clamp(x, low, high)' }
export const UNITS_OF_TIME = ['s', 'ms', 'min', 'h', 'us', 'ns']
export const UNITS = [
  'mm', 'm', 'cm', 'km', 'µm', 'kg', 'g', ...UNITS_OF_TIME, 'A', 'mA', 'V', 'mV', 'W', 'kW', 'J', 'N', 'kN', 'Nm', 'Pa', 'kPa', 'MPa', 'bar', 'mbar', '°C', 'K', '°', 'deg', 'rad', 'rad/s', 'rpm', 'mm/s', 'm/s', 'Hz', 'kHz', '%', 'L',
]
const NUMBER_THEN_WORD = /(?:^|[^\w.])\d+(?:\.\d+)?([A-Za-zµ°%/]*)$/
const WORD = /[\w.-]*$/

export function offerAt(text: string, index: number, language: Language, of: Document = 'scheme'): Offer | null {
  const place = placeOf(text, index)
  if (!place) return null
  const { path, before } = place
  const names = namesIn(text)
  const nameOf = (each: Named) => (language === 'en' ? each.en : each.zh) || each.zh || each.en
  const word = WORD.exec(before)?.[0] ?? ''
  const offer = (options: Option[], typed = word): Offer | null => (options.length > 0 ? { from: index - typed.length, options } : null)
  const coded = (list: readonly Named[], kind: Option['kind']) => offer(list.map((each) => ({ label: each.code, kind, detail: nameOf(each) })))

  if (place.key) {
    const taken = new Set(place.siblings.filter((key) => key !== word))
    const keys = new Map<string, Option>()
    for (const shape of shapesAt(path, of)) {
      for (const [key, value] of Object.entries(shape.properties ?? {})) {
        if (!taken.has(key) && !keys.has(key)) keys.set(key, { label: key, apply: `${key}: `, kind: 'key', detail: hint(value, ROOTS[of]) })
      }
    }
    // A list of plain words may be written where a key could be.
    if (keys.size > 0) return offer([...keys.values()])
  }
  const words = shapesAt(path, of).flatMap((shape) => shape.enum ?? (shape.type === 'boolean' || (Array.isArray(shape.type) && shape.type.includes('boolean')) ? ['true', 'false'] : []))
  const offered = () => offer([...new Set(words)].map((label) => ({ label, kind: 'word', detail: '' })))
  if (of === 'ruleSet') return offered()
  const key = [...path].reverse().find((step) => step !== '[]') ?? ''
  const owner = path.filter((step) => step !== '[]').at(-2) ?? ''
  const inRule = path[0] === 'rules' || path[0] === 'phases'
  if (inRule && (CONDITIONS.has(key) || key === 'changes' || TIMES.has(key) || FIGURES.has(key))) {
    const unit = NUMBER_THEN_WORD.exec(before)
    if (unit && key !== 'changes') {
      // First the unit of what the figure is compared with.
      const read = new Set(before.match(/[A-Za-z_]\w*/g))
      const units = [...names.signals.filter((signal) => read.has(signal.name)), ...names.signals].map((signal) => signal.unit).filter(Boolean)
      const known = TIMES.has(key) ? UNITS_OF_TIME : [...new Set([...units, ...UNITS])]
      return offer(known.map((label) => ({ label, kind: 'unit', detail: '' })), unit[1] ?? '')
    }
    if (TIMES.has(key) || FIGURES.has(key)) return null
    const signals = names.signals.map(({ name, type, unit: of }): Option => ({ label: name, kind: 'signal', detail: [type, of].filter(Boolean).join(' · ') }))
    if (key === 'changes') return offer(signals)
    const functions = Object.entries(FUNCTIONS).map(([label, detail]): Option => ({ label, apply: `${label}(`, kind: 'function', detail }))
    return offer([...signals, ...functions, ...['true', 'false'].map((label): Option => ({ label, kind: 'word', detail: '' }))])
  }
  if (key === 'aspect') return coded(names.aspects, 'aspect')
  if (key === 'gate') return coded(names.rules, 'rule')
  if (key === 'module' && owner === 'ties') return coded(names.modules, 'aspect')
  if (key === 'abilities') return coded(names.abilities, 'aspect')
  if (key === 'during') return offer(['run', ...names.phases].map((label) => ({ label, kind: 'phase', detail: '' })))
  return offered()
}

/** What may follow a key, as short as it can be said. */
function hint(value: Shape, root: Root): string {
  const all = shapes(value, root)
  const words = all.flatMap((shape) => shape.enum ?? [])
  if (words.length > 0) return words.join(' · ')
  if (all.some((shape) => shape.properties)) return '{…}'
  return all.some((shape) => shape.items || shape.type === 'array') ? '[…]' : ''
}
