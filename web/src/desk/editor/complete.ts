/** What may stand at a place of a scheme's text: keys by the scheme's own schema, and the names that the text declares. Pure. */

import schema from '../../../../contract/scheme.schema.json'
import type { Language } from '@shared/text'
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
const root = schema as unknown as Shape & { $defs: Record<string, Shape> }

/** A shape as it is meant: references followed, alternatives apart. */
function shapes(shape: Shape | undefined): Shape[] {
  if (!shape) return []
  if (shape.$ref) return shapes(root.$defs[shape.$ref.replace('#/$defs/', '')])
  if (shape.anyOf) return shape.anyOf.flatMap(shapes)
  return [shape]
}
/** Signals and phases are called as their author likes: their keys are no keys of the schema. */
const additional = (shape: Shape) => (shape as { additionalProperties?: Shape | boolean }).additionalProperties

export function shapesAt(path: readonly string[]): Shape[] {
  let found = shapes(root)
  for (const step of path) {
    found = found.flatMap((shape) => {
      if (step === '[]') return [...shapes(shape.items), ...(shape.prefixItems ?? []).flatMap(shapes)]
      const free = additional(shape)
      return shape.properties?.[step] ? shapes(shape.properties[step]) : typeof free === 'object' ? shapes(free) : []
    })
  }
  return found
}

/** Keys whose value is a condition or an expression over signals. */
const CONDITIONS = new Set(['rises', 'falls', 'holds', 'held', 'is', 'while', 'mean', 'min', 'max', 'last', 'time_mean', 'integral', 'percentile', 'time_in_band', 'share_in_band', 'agree', 'witnesses'])
const TIMES = new Set(['for', 'within', 'before', 'by', 'over', 'stale_after'])
const FIGURES = new Set(['between', 'band', 'target', 'full', 'zero', 'curve'])
const FUNCTIONS = { abs: 'abs(x)', min: 'min(x, y)', max: 'max(x, y)', clamp: 'clamp(x, low, high)' }
export const UNITS_OF_TIME = ['s', 'ms', 'min', 'h', 'us', 'ns']
export const UNITS = [
  'mm', 'm', 'cm', 'km', 'µm', 'kg', 'g', ...UNITS_OF_TIME, 'A', 'mA', 'V', 'mV', 'W', 'kW', 'J', 'N', 'kN', 'Nm', 'Pa', 'kPa', 'MPa', 'bar', 'mbar', '°C', 'K', '°', 'deg', 'rad', 'rad/s', 'rpm', 'mm/s', 'm/s', 'Hz', 'kHz', '%', 'L',
]
const NUMBER_THEN_WORD = /(?:^|[^\w.])\d+(?:\.\d+)?([A-Za-zµ°%/]*)$/
const WORD = /[\w.-]*$/

export function offerAt(text: string, index: number, language: Language): Offer | null {
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
    for (const shape of shapesAt(path)) {
      for (const [key, value] of Object.entries(shape.properties ?? {})) {
        if (!taken.has(key) && !keys.has(key)) keys.set(key, { label: key, apply: `${key}: `, kind: 'key', detail: hint(value) })
      }
    }
    // A list of plain words may be written where a key could be.
    if (keys.size > 0) return offer([...keys.values()])
  }
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
  const words = shapesAt(path).flatMap((shape) => shape.enum ?? (shape.type === 'boolean' || (Array.isArray(shape.type) && shape.type.includes('boolean')) ? ['true', 'false'] : []))
  return offer([...new Set(words)].map((label) => ({ label, kind: 'word', detail: '' })))
}

/** What may follow a key, as short as it can be said. */
function hint(value: Shape): string {
  const all = shapes(value)
  const words = all.flatMap((shape) => shape.enum ?? [])
  if (words.length > 0) return words.join(' · ')
  if (all.some((shape) => shape.properties)) return '{…}'
  return all.some((shape) => shape.items || shape.type === 'array') ? '[…]' : ''
}
