/** What is written in the editor: a scheme or a rule set. */

export type Document = 'scheme' | 'ruleSet'

/** By which tests find the text of each. */
export const TEST_IDS: Record<Document, string> = { scheme: 'scheme-text', ruleSet: 'rule-set-text' }
