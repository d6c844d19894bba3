/**
 * Language of the screens. Chinese is first; `?lang=en` in the address wins over the reader's earlier choice, which wins
 * over the browser's. The choice is kept on the device only.
 *
 * Our messages need no more than named places (`{time}`) and, in English, words that follow a number (`{n} {n|row|rows}`), so
 * this is all the machinery there is: the usual library holds on to the whole of Vue and a message compiler, 30 KB compressed,
 * over a third of what the stage may weigh.
 */
import { computed, ref, type App } from 'vue'
import zhShared from './locales/zh-CN.json'
import enShared from './locales/en.json'
import { inLanguage, LANGUAGES, type Language, type Text } from './text'

const KEPT_UNDER = 'guildhall.language'

export interface Messages {
  [key: string]: string | Messages
}

const spoken = ref<Language>('zh-CN')
let messages: Record<Language, Map<string, string>> = { 'zh-CN': new Map(), en: new Map() }

/** `{a: {b: 'x'}}` → `a.b` = x. */
export function flatten(tree: Messages, prefix = '', into = new Map<string, string>()): Map<string, string> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') into.set(prefix + key, value)
    else flatten(value, `${prefix}${key}.`, into)
  }
  return into
}

/** A place, or a word in two forms: for one of what the place counts, and for any other number. */
const PLACE = /\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g

export function fill(message: string, places: Record<string, unknown> = {}): string {
  return message.replace(PLACE, (whole, name: string, one?: string, other?: string) => {
    if (!(name in places)) return whole
    const value = String(places[name])
    return one === undefined ? value : value === '1' ? one : (other ?? '')
  })
}

export function preferredLanguage(search: string, kept: string | null, browser: readonly string[]): Language {
  const asked = new URLSearchParams(search).get('lang') ?? kept
  if (asked?.startsWith('zh')) return 'zh-CN'
  if (asked?.startsWith('en')) return 'en'
  return browser.length > 0 && !browser.some((b) => b.startsWith('zh')) ? 'en' : 'zh-CN'
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEPT_UNDER)
  } catch {
    return null // private windows may refuse storage; the browser's language is good enough then
  }
}

function speak(next: Language) {
  spoken.value = next
  document.documentElement.lang = next
}

/** A Vue plugin: an entry's own words laid over the shared ones. Templates may use `$t`. */
export function createLanguages(zh: Messages, en: Messages) {
  messages = {
    'zh-CN': flatten(zh, '', flatten(zhShared)),
    en: flatten(en, '', flatten(enShared)),
  }
  speak(preferredLanguage(location.search, remembered(), navigator.languages ?? [navigator.language]))
  return {
    install: (app: App) => {
      app.config.globalProperties['$t'] = translate
    },
  }
}

/** Words that come later than the program, before the page that says them. */
export function addMessages(zh: Messages, en: Messages) {
  flatten(zh, '', messages['zh-CN'])
  flatten(en, '', messages.en)
}

function translate(key: string, places?: Record<string, unknown>): string {
  return fill(messages[spoken.value].get(key) ?? messages['zh-CN'].get(key) ?? key, places)
}

const language = computed<Language>({
  get: () => spoken.value,
  set: (next) => {
    speak(next)
    try {
      localStorage.setItem(KEPT_UNDER, next)
    } catch {
      // see `remembered`
    }
  },
})

const say = (text: Text | string | null | undefined) => inLanguage(text, spoken.value)
const number = (value: number, digits = 0) =>
  new Intl.NumberFormat(spoken.value, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
const time = (ms: number) =>
  new Intl.DateTimeFormat(spoken.value, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(ms)
/** The time of the day, and the day itself where it is another one. */
function moment(ms: number): string {
  const time = new Intl.DateTimeFormat(spoken.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms)
  const isToday = new Date(ms).toDateString() === new Date().toDateString()
  return isToday ? time : `${new Intl.DateTimeFormat(spoken.value, { month: 'short', day: 'numeric' }).format(ms)} ${time}`
}
const day = (ms: number) => new Intl.DateTimeFormat(spoken.value, { dateStyle: 'medium' }).format(ms)

/** Several things in a row, as the language puts them: 甲、乙和丙; A, B, and C. */
const list = (items: readonly string[]) => new Intl.ListFormat(spoken.value, { type: 'conjunction' }).format(items)

/** Everything a component needs to speak: `t` for our own words, `say` for the hall's, numbers and times by locale. */
export function useLanguage() {
  return { t: translate, language, languages: LANGUAGES, say, number, time, day, moment, list }
}
