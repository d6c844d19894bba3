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

/** What draws the lots of a group again, in words for a shell. */
export const againCommand = (seed: string, layer: string, group: string) => `python3 draw.py '${seed.replaceAll("'", "'\\''")}' '${layer}/${group}' < entries.txt`
