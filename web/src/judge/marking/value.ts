/**
 * What a value on the sheet is worth, as far as this tablet can say. Pure; hundredths of a mark throughout.
 *
 * The hall's own figure counts; this one only serves the running total while a judge works without a network. It follows
 * the same rules: one rounding, half up, at the end.
 */

import { parseMark } from '@shared/marks'
import type { How, MarkValue } from '../wire'
import { worthOf } from './answers'

/** Half up, on non-negative rationals. */
function divide(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator))
}

/** Worth in hundredths, or null where the value doesn't fit the aspect. */
export function worth(value: MarkValue | null, how: How, max: number): number | null {
  if (value === null) return null
  switch (value.kind) {
    case 'level':
      return how.kind === 'levels' && value.level >= 0 && value.level <= 3 ? divide(value.level * max, 3) : null
    case 'yes_no':
      return value.yes ? max : 0
    case 'marks': {
      const marks = parseMark(value.marks)
      return marks !== null && marks >= 0 && marks <= max ? marks : null
    }
    case 'measured': {
      if (how.kind !== 'tolerance') return null
      return measure(value.value, how, max)?.worth ?? null
    }
    case 'steps': {
      if (how.kind !== 'steps') return null
      const sum = how.steps.filter((step) => value.met.includes(step.code)).reduce((all, step) => all + (parseMark(step.marks) ?? 0), 0)
      return Math.min(max, sum)
    }
    case 'deductions': {
      if (how.kind !== 'deductions') return null
      const lost = how.deductions.reduce((all, each) => all + (parseMark(each.marks) ?? 0) * (value.counts[each.code] ?? 0), 0)
      return Math.max(0, max - lost)
    }
    case 'observed':
      return how.kind === 'automatic' && how.questions?.length ? worthOf(how, value.rules, max) : parseMark(value.marks)
  }
}

const DECIMAL = /^[-−+]?\d{1,9}(?:[.。]\d{1,6})?$/
const MICRO = 1_000_000

/** A decimal as an integer of millionths, so that 10.05 − 10 is 0.05 and not 0.0500000000000007. */
export function millionths(text: string): number | null {
  const plain = text.trim().replace('−', '-').replace('。', '.').replace(/^\+/, '')
  if (!DECIMAL.test(plain)) return null
  const negative = plain.startsWith('-')
  const [whole = '0', fraction = ''] = plain.replace('-', '').split('.')
  const value = Number(whole) * MICRO + Number(fraction.padEnd(6, '0').slice(0, 6))
  return negative ? -value : value
}

export interface Measured {
  /** Distance from the target in millionths of the unit. */
  off: number
  verdict: 'full' | 'part' | 'none'
  worth: number
}

/** Full marks within `full`, none from `zero` on, a straight line between. */
export function measure(text: string, how: Extract<How, { kind: 'tolerance' }>, max: number): Measured | null {
  const value = millionths(text)
  const [target, full, zero] = [millionths(how.target), millionths(how.full), millionths(how.zero)]
  if (value === null || target === null || full === null || zero === null) return null
  const off = Math.abs(value - target)
  if (off <= full) return { off, verdict: 'full', worth: max }
  if (off >= zero) return { off, verdict: 'none', worth: 0 }
  return { off, verdict: 'part', worth: divide(max * (zero - off), zero - full) }
}

/** Millionths as the shortest decimal: 20 000 → `0.02`. */
export function decimal(value: number): string {
  const whole = Math.trunc(Math.abs(value) / MICRO)
  const fraction = String(Math.abs(value) % MICRO).padStart(6, '0').replace(/0+$/, '')
  return `${value < 0 ? '−' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

export type ValueFault = 'not_answered' | 'not_a_number' | 'too_high' | 'below_zero' | 'off_step'

/** What the tablet can tell before anything is sent. */
export function faultOf(value: MarkValue | null, how: How, max: number): ValueFault | null {
  if (value === null) return null
  if (value.kind === 'measured') return millionths(value.value) === null ? 'not_a_number' : null
  if (value.kind === 'observed') return worth(value, how, max) === null ? 'not_answered' : null
  if (value.kind !== 'marks') return null
  const marks = parseMark(value.marks)
  if (marks === null) return 'not_a_number'
  if (marks < 0) return 'below_zero'
  if (marks > max) return 'too_high'
  const step = how.kind === 'panel' ? parseMark(how.step) : null
  return step !== null && step > 0 && marks % step !== 0 ? 'off_step' : null
}

/** The next panel mark up or down, held to the step and the range. */
export function stepped(current: number | null, by: 1 | -1, step: number, max: number): number {
  if (current === null) return by > 0 ? 0 : max
  const onStep = by > 0 ? Math.floor(current / step) * step : Math.ceil(current / step) * step
  return Math.min(max, Math.max(0, onStep + by * step))
}
