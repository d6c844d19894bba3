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
  return language === 'en' ? text.en || text.zh : text.zh || text.en
}
