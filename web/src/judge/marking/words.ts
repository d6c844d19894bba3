/** A value in the judge's words, as its control shows it. Pure. */

import { formatMark, parseMark } from '@shared/marks'
import type { Text } from '@shared/text'
import type { How, MarkValue, SheetAspect } from '../wire'
import { worth } from './value'

export interface Speaks {
  t: (key: string, places?: Record<string, unknown>) => string
  say: (text: Text | string | null | undefined) => string
  list: (items: readonly string[]) => string
}

function named(value: MarkValue, how: How | undefined, { t, say, list }: Speaks): string {
  switch (value.kind) {
    case 'level': {
      const word = how?.kind === 'levels' ? say(how.levels[value.level]) : ''
      return [t('judge.level', { n: value.level }), word].filter(Boolean).join(' · ')
    }
    case 'yes_no':
      return t(value.yes ? 'judge.yes' : 'judge.no')
    case 'measured':
      return how?.kind === 'tolerance' ? `${value.value} ${how.unit}` : value.value
    case 'marks': {
      const marks = parseMark(value.marks)
      return marks === null ? value.marks : formatMark(marks)
    }
    case 'steps': {
      if (value.met.length === 0) return t('judge.noSteps')
      if (how?.kind !== 'steps') return list(value.met)
      return value.met.length === how.steps.length ? t('judge.allSteps') : list(how.steps.filter((step) => value.met.includes(step.code)).map((step) => say(step.name)))
    }
    case 'observed': {
      const seen = Object.entries(value.rules).filter(([, one]) => one.met > 0)
      const nameOf = (rule: string) => (how?.kind === 'automatic' && say(how.questions?.find((each) => each.rule === rule)?.says)) || rule
      return seen.length === 0 ? t('judge.byHand.nothing') : list(seen.map(([rule, one]) => (one.met > 1 ? `${nameOf(rule)} ×${one.met}` : nameOf(rule))))
    }
    case 'deductions': {
      const some = Object.entries(value.counts).filter(([, count]) => count > 0)
      const nameOf = (code: string) => (how?.kind === 'deductions' && say(how.deductions.find((each) => each.code === code)?.name)) || code
      return some.length === 0 ? t('judge.noDeductions') : list(some.map(([code, count]) => `${nameOf(code)} ×${count}`))
    }
  }
}

/** `aspect` undefined where the tablet has no sheet of the run: then the value stands without its unit, its words and its worth. */
export function inWords(value: MarkValue | null, aspect: Pick<SheetAspect, 'how' | 'max'> | undefined, speaks: Speaks): string {
  if (value === null) return speaks.t('judge.slot.blank')
  const words = named(value, aspect?.how, speaks)
  if (!aspect) return words
  // Marks given as marks are their own worth.
  if (value.kind === 'marks') return `${words} / ${aspect.max}`
  const marks = worth(value, aspect.how, parseMark(aspect.max) ?? 0)
  return marks === null ? words : speaks.t('judge.worth', { value: words, mark: formatMark(marks), max: aspect.max })
}
