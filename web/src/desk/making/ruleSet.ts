/** What a rule set's text gives, found even where the text has faults. Pure. */

import { coded, named, part, type Named } from '../editor/names'
import { withoutComment } from '../editor/place'

/** The prizes that it declares, in its order, each once. */
export function prizesIn(source: string): Named[] {
  const prizes = coded(part(source.split('\n').map(withoutComment), 'prizes'), 'code').map(named).filter((each) => each.zh !== '' || each.en !== '')
  return prizes.filter((each, at) => prizes.findIndex((other) => other.code === each.code) === at)
}
