/** What is written in the editor: a scheme, a rule set or a season. */

export type Document = 'scheme' | 'ruleSet' | 'season'

/** By which tests find the text of each. */
export const TEST_IDS: Record<Document, string> = { scheme: 'scheme-text', ruleSet: 'rule-set-text', season: 'season-text' }
