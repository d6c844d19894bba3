import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fill, flatten, type Messages } from '@shared/i18n'
import type { Language } from '@shared/text'
import { agentWords, around, durationWords, factName, hallPerson, identityOf, inMap, placeWords, responseWords, resultWords, scoreWords, thingWords, verbCounts, verbWords, type Speaker } from './statement'
import { HALL_VERBS, LEARNING_VERBS, tailOf, verbKey } from './verbs'
import type { Statement, Thing } from './wire'

const words = (language: Language) => flatten(JSON.parse(readFileSync(join(import.meta.dirname, `../locales/${language}.json`), 'utf8')) as Messages)
const spoken = { 'zh-CN': words('zh-CN'), en: words('en') }
const names = new Map([['per_a', '刘强'], ['per_j', '王敏']])
const speaker = (language: Language): Speaker => ({
  language,
  t: (key, places) => fill(spoken[language].get(key) ?? key, places),
  list: (items) => new Intl.ListFormat(language, { type: 'conjunction' }).format(items),
  nameOf: (person) => names.get(person),
})
const [zh, en] = [speaker('zh-CN'), speaker('en')]

const person = (name: string) => ({ objectType: 'Agent' as const, account: { homePage: 'urn:x-guildhall:persons', name } })
const judged: Statement = {
  id: '6bd6bbfd-d112-8c0b-ad2a-cdb76dca0bcf',
  actor: person('per_a'),
  verb: { id: 'urn:x-guildhall:verb:was-judged', display: { 'zh-CN': '被智能裁判判定', en: 'was judged by the referee' } },
  object: { id: 'urn:x-guildhall:contest:con_a:aspect:A3.1', definition: { name: { 'zh-CN': '夹持力', en: 'Grip force' } } },
  result: { score: { scaled: 0.2, raw: 0.6, min: 0, max: 3 }, success: true, response: '`force` 合格。得 0.60 分。' },
  context: {
    instructor: person('per_j'),
    contextActivities: { parent: [{ id: 'urn:m', definition: { name: { 'zh-CN': '机械', en: 'Mechanics' } } }], grouping: { id: 'urn:c', definition: { name: { 'zh-CN': '总决赛', en: 'Final' } } } },
    extensions: { 'urn:x-guildhall:fact:sentence-en': '`force` was fine. 0.60 marks.' },
  },
}

describe('a statement in words', () => {
  it('names a person of the hall, and everybody else by what there is', () => {
    expect(agentWords(judged.actor, zh)).toBe('刘强')
    expect(agentWords(person('per_unknown'), zh)).toBe('per_unknown')
    expect(agentWords({ mbox: 'mailto:a@b.example' }, en)).toBe('a@b.example')
    expect(agentWords({ name: 'Ann', mbox: 'mailto:a@b.example' }, en)).toBe('Ann')
    expect(agentWords({ openid: 'https://a.example/' }, en)).toBe('https://a.example/')
    expect(agentWords({ mbox_sha1sum: 'ebd31e95054c018b10727ccffd2ef2ec3a016ee9' }, en)).toBe('ebd31e95…')
    expect(agentWords({ objectType: 'Group', member: [person('per_a'), person('per_j')] }, en)).toBe('刘强 and 王敏')
    expect(agentWords({ objectType: 'Group' }, zh)).toBe(spoken['zh-CN'].get('archive.nobody'))
    expect(agentWords({ account: { homePage: 'https://x.example', name: '17' } }, zh)).toBe('17')
  })
  it('knows its own persons from accounts elsewhere', () => {
    expect(hallPerson(judged.actor)).toBe('per_a')
    expect(hallPerson({ account: { homePage: 'https://x.example', name: 'per_a' } })).toBeNull()
    expect(hallPerson(undefined)).toBeNull()
    expect(identityOf({ account: { homePage: 'https://x.example', name: '17' } })).toBe('https://x.example 17')
    expect(identityOf({})).toBe('')
  })
  it.each([
    [{ 'zh-CN': '甲', en: 'a' }, '甲', 'a'],
    [{ 'zh-Hans': '甲', 'en-US': 'a' }, '甲', 'a'],
    [{ en: 'a' }, 'a', 'a'],
    [{ 'zh-CN': '甲' }, '甲', '甲'],
    [{ fr: 'b' }, 'b', 'b'],
    [{}, undefined, undefined],
  ])('reads %j in the reader’s language', (map, inChinese, inEnglish) => {
    expect(inMap(map, 'zh-CN')).toBe(inChinese)
    expect(inMap(map, 'en')).toBe(inEnglish)
  })
  it('has its own words for a verb before those in another language', () => {
    const completed = { id: 'http://adlnet.gov/expapi/verbs/completed', display: { 'en-US': 'completed' } }
    expect([verbWords(completed, zh), verbWords(completed, en)]).toEqual(['完成', 'completed'])
    expect(verbWords({ id: 'https://x.example/verbs/polished', display: { fr: 'a poli' } }, zh)).toBe('a poli')
    expect(verbWords({ id: 'https://x.example/verbs/polished' }, zh)).toBe('polished')
  })
  it('says what it is about, whatever that is', () => {
    expect([thingWords(judged.object, zh), thingWords(judged.object, en)]).toEqual(['夹持力', 'Grip force'])
    expect(thingWords({ id: 'https://x.example/courses/%E7%94%B5%E6%B0%94' }, zh)).toBe('电气')
    expect(thingWords({ id: 'https://x.example/%E7%' }, zh)).toBe('%E7%')
    expect(thingWords(person('per_a') as Thing, zh)).toBe('刘强')
    expect(thingWords({ objectType: 'StatementRef', id: judged.id }, en)).toContain('6bd6bbfd')
    const planned: Thing = { objectType: 'SubStatement', actor: person('per_j'), verb: judged.verb, object: judged.object as never }
    expect(thingWords(planned, zh)).toContain('王敏')
  })
  it('says how it came out', () => {
    expect(resultWords(judged, zh)).toEqual(['合格', '0.6 / 3'])
    expect(resultWords({ ...judged, result: {} }, zh)).toEqual(['无法判定'])
    expect(resultWords({ ...judged, verb: { id: 'urn:v' }, result: { completion: true, duration: 'PT1H2M' } }, en)).toEqual(['completed', '1 hour 2 minutes'])
    const ranked = { ...judged, verb: { id: 'urn:v' }, result: undefined as never, context: { extensions: { 'urn:x-guildhall:fact:rank': 3, 'urn:x-guildhall:fact:field': 24 } } }
    expect(resultWords(ranked, zh)).toEqual(['24 人中第 3 名'])
    expect(scoreWords({ ...judged, result: { score: { scaled: 0.605 } } }, en)).toBe('60.5%')
    expect(scoreWords({ ...judged, result: { score: { raw: -0.5, max: 0 } } }, en)).toBe('-0.5')
    expect(scoreWords({ ...judged, result: {} }, en)).toBeNull()
  })
  it.each([['PT0.5S', '0.5 seconds'], ['P1DT2H', '1 day 2 hours'], ['P1Y', 'P1Y'], ['PT0S', 'PT0S'], ['', '']])('reads the duration %j', (text, said) => {
    expect(durationWords(text, en)).toBe(said)
  })
  it('gives the sentence in the reader’s language, with his quotation marks', () => {
    expect(responseWords(judged, zh)).toBe('“force”合格。得 0.60 分。')
    expect(responseWords(judged, en)).toBe('"force" was fine. 0.60 marks.')
    expect(responseWords({ ...judged, context: {} }, en)).toContain('合格')
    expect(responseWords({ ...judged, result: {}, context: {} }, en)).toBe('')
  })
  it('says where it belongs, one activity or several', () => {
    expect(placeWords(judged, en)).toEqual(['Final', 'Mechanics'])
    expect(around(judged, 'other')).toEqual([])
    expect(factName('urn:x-guildhall:fact:rule')).toBe('rule')
    expect(factName('https://x.example/rule')).toBeNull()
  })
  it('counts verbs, the most first, and passes over what was erased', () => {
    const other = { ...judged, verb: { id: 'urn:v' } }
    expect(verbCounts([other, judged, null, judged], en).map(({ words: said, count }) => [said, count])).toEqual([['was judged by the referee', 2], ['v', 1]])
  })
})

describe('verbs', () => {
  it('of the hall are those that it tells, in its words', () => {
    const told = [...readFileSync(join(import.meta.dirname, '../../../../crates/xapi/src/verbs.rs'), 'utf8').matchAll(/ = "([a-z-]+)" "([^"]+)" "([^"]+)";/g)]
    expect(told.length).toBeGreaterThan(5)
    expect(HALL_VERBS).toEqual(told.map(([, id]) => `urn:x-guildhall:verb:${id}`))
    for (const [, id, inChinese, inEnglish] of told) expect([spoken['zh-CN'].get(`archive.verb.${id}`), spoken.en.get(`archive.verb.${id}`)]).toEqual([inChinese, inEnglish])
  })
  it('that are offered all have words', () => {
    for (const iri of [...HALL_VERBS, ...LEARNING_VERBS]) expect(spoken.en.has(verbKey(iri) ?? ''), iri).toBe(true)
    expect(verbKey('https://x.example/verbs/completed')).toBeNull()
  })
  it.each([['https://x.example/a/b/', 'b'], ['urn:a:b', 'b'], ['https://x.example/#c', 'c']])('the end of %s', (iri, tail) => {
    expect(tailOf(iri)).toBe(tail)
  })
})
