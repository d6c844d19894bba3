/** Figures of an analysis as they are read, ordered, drawn and exported. Pure. */

import type { Schemas } from '@shared/api/client'
import type { Column } from '../list/list'

export type Analysis = Schemas['AnalysisShown']
export type Figure = Schemas['Figure']
export type Finding = Schemas['FindingSeen']
export type Theme = Finding['theme']
export type Aspect = Schemas['AspectSeen']
export type Judge = Schemas['JudgeAnalysed']

/** In the order in which those who hold a contest ask. */
export const THEMES: readonly Theme[] = ['selection', 'training', 'aspects', 'judges', 'conduct', 'machine']

export const byTheme = (findings: readonly Finding[]) => THEMES.map((theme) => ({ theme, findings: findings.filter((each) => each.theme === theme).sort((a, b) => Number(b.certain) - Number(a.certain)) }))

/** Whether there are figures at all that could answer a question: without any, nothing is as it should be, nor otherwise. */
export function answerable({ reliability, abilities, aspects, judges, venues, drift, machine }: Pick<Analysis, 'reliability' | 'abilities' | 'aspects' | 'judges' | 'venues' | 'drift' | 'machine'>): Record<Theme, boolean> {
  const isThere = (...figures: readonly Figure[]) => figures.some((each) => each.value !== null)
  return {
    selection: isThere(reliability.alpha) || abilities.some((each) => each.reliability !== null),
    training: abilities.length > 0,
    aspects: aspects.length > 0,
    judges: judges.some((each) => isThere(each.deviation, each.severity)),
    conduct: isThere(drift) || (venues.length > 1 && venues.some((each) => isThere(each.residual))),
    machine: machine.length > 0,
  }
}

/** What stands out comes first, otherwise as it came. */
export const flaggedFirst = <Row extends { flags: readonly string[] }>(rows: readonly Row[]): Row[] => [...rows].sort((a, b) => b.flags.length - a.flags.length)

const rounded = (value: number, digits: number) => {
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−')
}
export const fixed = (value: number | null | undefined, digits = 2) => (value === null || value === undefined ? '–' : rounded(value, digits))
/** The sign stays with its figure at the end of a line. */
export const percent = (share: number | null | undefined) => (share === null || share === undefined ? '–' : `${rounded(share * 100, 0)}\u00a0%`)
/** A difference of shares, always with its sign. */
export const points = (share: number | null | undefined) => {
  if (share === null || share === undefined) return '–'
  const text = rounded(share * 100, 1)
  return `${Number(text) > 0 ? '+' : ''}${text}\u00a0%`
}

/** How far something goes up and down: a share that is never below zero. */
export const width = (share: number | null | undefined) => (share === null || share === undefined ? '–' : `${rounded(share * 100, 1)}\u00a0%`)

export type Scale = readonly [low: number, high: number]

/** One scale for all figures of a column, with zero in the middle where they say "less" and "more". */
export function scaleOf(figures: readonly Figure[], around: 'zero' | 'unit'): Scale {
  if (around === 'unit') return [0, 1]
  const values = figures.flatMap((each) => [each.value, each.low, each.high]).filter((each): each is number => each !== null)
  const most = Math.max(0.01, ...values.map(Math.abs))
  return [-most, most]
}

/** Where a value stands on a scale, in percent; beyond it at its end. */
export const placeOn = (value: number, [low, high]: Scale) => (high <= low ? 50 : Math.min(100, Math.max(0, ((value - low) / (high - low)) * 100)))

/** What has no figure stands last, whichever way one sorts. */
const orderOf = (value: number | null) => value ?? Number.MAX_SAFE_INTEGER

/** A column for a figure: drawn with its interval, exported with its bounds in columns of their own. */
export function figureColumns<Row>(key: string, title: string, of: (row: Row) => Figure, words: (value: number | null) => string, bounds: { low: string; high: string } | null): Column<Row>[] {
  const bound = (which: 'low' | 'high', name: string): Column<Row> => ({ key: `${key}-${which}`, title: `${title} ${name}`, text: (row) => fixed(of(row)[which], 4), fileOnly: true })
  const drawn: Column<Row> = { key, title, text: (row) => words(of(row).value), rank: (row) => orderOf(of(row).value), numeric: true }
  return bounds ? [drawn, bound('low', bounds.low), bound('high', bounds.high)] : [drawn]
}

export const plainColumn = <Row>(key: string, title: string, of: (row: Row) => number | null, words: (value: number | null) => string): Column<Row> => ({ key, title, text: (row) => words(of(row)), rank: (row) => orderOf(of(row)), numeric: true })

export interface Label {
  code: string
  x: number
  y: number
  anchor: 'start' | 'end'
}
const LINE = 12
const WIDE = 40
/** Codes beside their dots, one under the other where dots lie close; those beyond `turn` stand to the left of theirs. */
export function labelled(dots: readonly { code: string; cx: number; cy: number }[], turn: number): Label[] {
  const placed: Label[] = []
  for (const { code, cx, cy } of [...dots].sort((a, b) => a.cy - b.cy)) {
    const label: Label = cx > turn ? { code, x: cx - 9, y: cy + 4, anchor: 'end' } : { code, x: cx + 9, y: cy + 4, anchor: 'start' }
    const near = placed.filter((other) => Math.abs(other.x - label.x) < WIDE)
    while (near.some((other) => Math.abs(other.y - label.y) < LINE)) label.y += 1
    placed.push(label)
  }
  return placed
}
