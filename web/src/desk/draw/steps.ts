/** How far a draw has come, and who may take it on. Pure. */

import type { Draw, UndoingRole } from '@shared/api/draw'

export const STEPS = ['commit', 'lots', 'seal', 'undo'] as const
export type Step = (typeof STEPS)[number]
export type StepState = 'done' | 'now' | 'later'

const DONE: Record<Draw['state'], number> = { no_rule: 0, open: 0, committed: 1, sealed: 2, undone: 4, without: 0 }
/** The seal holds while the contest goes on, and is what is being done then; in review it is time to undo it. */
export const stepState = (draw: Draw, step: Step, review = false): StepState => {
  const [at, done] = [STEPS.indexOf(step), DONE[draw.state] + Number(draw.state === 'sealed' && review)]
  if (at < done) return 'done'
  return at === done && draw.state !== 'no_rule' && draw.state !== 'without' ? 'now' : 'later'
}

/** In which roles somebody may still say that the draw be undone. */
export const mayUndo = (draw: Draw, review: boolean, holds: (role: UndoingRole) => boolean): UndoingRole[] =>
  draw.state === 'sealed' && review ? draw.undoing.filter((each) => each.at === null && holds(each.role)).map((each) => each.role) : []

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/**
 * What draws the lots of the first layer again, in words for a shell: the ids of before the draw, one a line, become those of after it, and
 * those draw. A group that draws apart has lots of its own, named with a stroke behind the layer.
 */
export function againCommand(draw: Draw, group: string): string | null {
  const layer = draw.layers[0]?.code
  if (draw.seed === null || layer === undefined) return null
  const seed = quoted(draw.seed)
  const lots = `python3 draw.py ${seed} ${quoted(draw.over === 'each_group' ? `${layer}/${group}` : layer)}`
  return draw.list === null ? `${lots} < entries.txt` : `python3 draw.py --ids ${seed} < entries.txt | ${lots}`
}

/** The published list as a file: its SHA-256 is the fingerprint. */
export const listText = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
