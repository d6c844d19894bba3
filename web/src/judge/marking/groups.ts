/** The lines of a sheet below the headings of the scheme: criteria, and the parts of those that are divided. Pure. */
import { formatMark, parseMark } from '@shared/marks'
import type { SheetAspect } from '../wire'
import { progressOf, type Line } from './line'

export interface Part {
  /** Null where the criterion isn't divided. */
  heading: { code: string; name: SheetAspect['name']; max: string } | null
  lines: Line[]
}
export interface Group {
  code: string
  name: SheetAspect['name']
  parts: Part[]
}

export function groupsOf(lines: readonly Line[]): Group[] {
  const groups = new Map<string, Group>()
  for (const line of lines) {
    const { criterion, sub_criterion: heading = null } = line.aspect
    const group = groups.get(criterion.code) ?? { ...criterion, parts: [] }
    groups.set(criterion.code, group)
    const part = group.parts.find((each) => each.heading?.code === heading?.code)
    if (part) part.lines.push(line)
    else group.parts.push({ heading, lines: [line] })
  }
  return [...groups.values()]
}

/** What this judge gives in a part of what he is asked there; where he is asked nothing, what the part is worth. */
export function sumOf({ heading, lines }: Part): string {
  const { asked, total, max } = progressOf(lines)
  return asked === 0 ? formatMark(parseMark(heading?.max ?? '')) : `${formatMark(total)} / ${formatMark(max)}`
}
