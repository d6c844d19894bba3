/** What a statement of xAPI is made of, as far as the desk reads it. The hall has checked it before it kept it. */

export type LanguageMap = Record<string, string>

export interface Agent {
  objectType?: 'Agent' | 'Group'
  name?: string
  mbox?: string
  mbox_sha1sum?: string
  openid?: string
  account?: { homePage: string; name: string }
  member?: Agent[]
}
export interface Verb {
  id: string
  display?: LanguageMap
}
export interface Activity {
  objectType?: 'Activity'
  id: string
  definition?: { name?: LanguageMap; description?: LanguageMap; type?: string }
}
export interface StatementRef {
  objectType: 'StatementRef'
  id: string
}
export interface SubStatement {
  objectType: 'SubStatement'
  actor: Agent
  verb: Verb
  object: Activity | Agent | StatementRef
}
export type Thing = Activity | (Agent & { objectType: 'Agent' | 'Group' }) | StatementRef | SubStatement

export interface Result {
  score?: { scaled?: number; raw?: number; min?: number; max?: number }
  success?: boolean
  completion?: boolean
  duration?: string
  response?: string
  extensions?: Record<string, unknown>
}
export type Around = 'parent' | 'grouping' | 'category' | 'other'
export interface Context {
  registration?: string
  instructor?: Agent
  team?: Agent
  contextActivities?: Partial<Record<Around, Activity | Activity[]>>
  revision?: string
  platform?: string
  language?: string
  statement?: StatementRef
  extensions?: Record<string, unknown>
}
export interface Attachment {
  display?: LanguageMap
  contentType?: string
  length?: number
  sha2?: string
  usageType?: string
}
export interface Statement {
  id: string
  actor: Agent
  verb: Verb
  object: Thing
  result?: Result
  context?: Context
  timestamp?: string
  stored?: string
  authority?: Agent
  version?: string
  attachments?: Attachment[]
}

/** A row of the log. */
export interface Seen {
  position: number
  id: string
  stored_at: string
  hash: string
  /** Null once it can't be read any more. */
  statement: Statement | null
}
