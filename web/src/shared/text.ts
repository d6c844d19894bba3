/** A text for people, as the hall sends it: both languages, Chinese first. */
export interface Text {
  zh: string
  en: string
}

export type Language = 'zh-CN' | 'en'

export const LANGUAGES: readonly Language[] = ['zh-CN', 'en']

/** A name of a person or a thing may come as one string; it is the same in both languages then. */
export function inLanguage(text: Text | string | null | undefined, language: Language): string {
  if (!text) return ''
  if (typeof text === 'string') return text
  return quoted(language === 'en' ? text.en || text.zh : text.zh || text.en, language)
}

/**
 * The hall marks signals, conditions and what was written with backticks, as a terminal shows them; people read quotation marks.
 * In English straight ones: the fonts of these screens draw the others as wide as a Chinese character.
 */
function quoted(text: string, language: Language): string {
  if (!text.includes('`')) return text
  if (language === 'en') return text.replace(/`([^`]*)`/g, '"$1"')
  return text.replace(/`([^`]*)`/g, '“$1”').replace(/(\p{Script=Han}) (?=“)/gu, '$1').replace(/” (?=\p{Script=Han})/gu, '”')
}
