/** The draft of a new contest, kept on this device for one account until the contest is made. */
import { draftFrom, isBlank, type ContestDraft } from './draft'

const under = (account: string) => `guildhall.desk.newContest.${account}`

export function keptDraft(account: string): ContestDraft | null {
  try {
    return draftFrom(localStorage.getItem(under(account)))
  } catch {
    return null // a private window may refuse storage; then the draft lives as long as the page
  }
}
export function keepDraft(account: string, draft: ContestDraft) {
  try {
    if (isBlank(draft)) localStorage.removeItem(under(account))
    else localStorage.setItem(under(account), JSON.stringify(draft))
  } catch {
    // see `keptDraft`
  }
}
export const forgetDraft = (account: string) => keepDraft(account, draftFrom('{}') as ContestDraft)
