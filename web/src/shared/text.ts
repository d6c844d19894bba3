/** A text for people, as the hall sends it: both languages, Chinese first. */
export interface Text {
  zh: string
  en: string
}

export type Language = 'zh-CN' | 'en'

export const LANGUAGES: readonly Language[] = ['zh-CN', 'en']

export function inLanguage(text: Text | null | undefined, language: Language): string {
  if (!text) return ''
  return language === 'en' ? text.en || text.zh : text.zh || text.en
}
