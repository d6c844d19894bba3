/** What answers to an aspect's rules are worth, as far as this tablet can say; the hall works it out by the same rules. Pure; hundredths. */

import { parseMark } from '@shared/marks'
import type { How, RuleQuestion, RuleSeen } from '../wire'

export type Answers = Readonly<Record<string, RuleSeen>>

const TIMES_MOST = 999

/** A given 0 is an answer. */
export function answered(question: RuleQuestion, seen: RuleSeen | undefined): boolean {
  if (seen === undefined) return false
  if (question.met === null) return parseMark(seen.marks ?? '') !== null
  const missed = seen.missed ?? 0
  return question.once ? seen.met + missed <= 1 : Math.max(seen.met, missed) <= TIMES_MOST
}

/** Null while a rule is not answered, or not as it can be. */
export function worthOf(how: Extract<How, { kind: 'automatic' }>, answers: Answers, max: number): number | null {
  let sum = parseMark(how.starts_at ?? '0') ?? 0
  for (const question of how.questions ?? []) {
    const seen = answers[question.rule]
    if (seen === undefined || !answered(question, seen)) return null
    let marks = question.met === null ? (parseMark(seen.marks ?? '') ?? 0) : (parseMark(question.met) ?? 0) * seen.met + (parseMark(question.missed ?? '0') ?? 0) * (seen.missed ?? 0)
    if (question.met === null && Math.abs(marks) > max) return null
    const most = question.at_most === null ? null : parseMark(question.at_most)
    if (most !== null) marks = Math.min(most, Math.max(-most, marks))
    const least = question.min_total === null ? null : parseMark(question.min_total)
    if (least !== null) marks = Math.max(least, marks)
    // A gate counts where its rule is asked about beside it.
    if (question.gate.every((rule) => answers[rule] === undefined || (answers[rule]?.met ?? 0) > 0)) sum += marks
  }
  return Math.min(max, Math.max(0, sum))
}
