/** How an aspect is marked, in one sentence. Pure. */

import type { Text } from '@shared/text'
import type { SchemeAspect } from '../wire'

type Translate = (key: string, values?: Record<string, unknown>) => string
type Say = (text: Text | null | undefined) => string
interface Item {
  name: Text
  marks: string
}

export function howInWords(aspect: SchemeAspect, t: Translate, say: Say): string {
  const how = aspect.how
  if (!how) return ''
  const listed = (items: unknown, sign: string) => ((items as Item[]) ?? []).map((item) => `${say(item.name)} ${sign}${item.marks}`).join(t('desk.how.and'))
  switch (how.kind) {
    case 'levels':
      return t('desk.how.levels', { judges: how['judges'], spread: how['spread_max'] })
    case 'panel':
      return t(how['drop_extremes'] ? 'desk.how.panelDropped' : 'desk.how.panel', { judges: how['judges'], step: how['step'] })
    case 'yes_no':
      return t('desk.how.yesNo', { max: aspect.max })
    case 'steps':
      return listed(how['steps'], '')
    case 'deductions':
      return listed(how['deductions'], '−')
    case 'tolerance':
      return t('desk.how.tolerance', { unit: how['unit'], target: how['target'], full: how['full'], zero: how['zero'] })
    case 'automatic':
      return t('desk.how.automatic')
    case 'imported':
      return t('desk.how.imported')
    default:
      return ''
  }
}
