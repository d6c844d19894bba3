import { expect, it } from 'vitest'
import { disclosureNote, prizesIn, showsIn } from './ruleSet'

const SHARES = `format: guildhall/rule-set/1
title: {zh: 决赛, en: Final}
prizes:
  # - {code: none, name: {zh: 无, en: none}}
  - to: competitors
    shares:
      prizes:
        - {code: first, name: {zh: 一等奖, en: first prize}, share: 10%}  # 前 10%
        - code: second
          name:
            zh: 二等奖
            en: second prize
  - to: competitors
    over: whole_field
    shares:
      prizes:
        - {code: first, name: {zh: 一等奖, en: first prize}, share: 5%}
draw:
  layers:
    - {code: draw, name: {zh: 抽签号, en: Draw number}}
`
const MEDALS = `prizes:
  - to: competitors
    medals:
      gold: {code: gold, name: {zh: 金牌, en: gold medal}}
      medallion: {code: medallion, name: {zh: 优胜奖章, en: "medallion, for excellence"}}
`

it.each([
  [SHARES, [['first', '一等奖', 'first prize'], ['second', '二等奖', 'second prize']]],
  [MEDALS, [['gold', '金牌', 'gold medal'], ['medallion', '优胜奖章', 'medallion, for excellence']]],
  ['format: guildhall/rule-set/1\n', []],
  ['prizes: []\nscale: none', []],
  ['prizes:\n  - {code: first, share: 10%}', []],
  ['', []],
])('the prizes of a rule set are read from its text, %#', (source, prizes) => {
  expect(prizesIn(source).map(({ code, zh, en }) => [code, zh, en])).toEqual(prizes)
})

it.each([
  ['publication: {shows: names, freeze: 60min}', 'names'],
  ['publication:\n  freeze: 2h\n  shows: numbers  # for ever\nsignatures: []', 'numbers'],
  ['# publication: {shows: names}', null],
  ['publication: {shows: faces}', null],
  ['', null],
])('what a rule set publishes is read from its text, %#', (source, shows) => {
  expect(showsIn(source)).toBe(shows)
})

it.each([
  [true, 'publication: {shows: names}', 'desk.disclosure_note.whenFinal'],
  [true, 'publication: {shows: numbers}', 'desk.disclosure_note.numbers'],
  [false, 'publication: {shows: numbers}', 'desk.disclosure_note.numbersOverNames'],
  [true, null, 'desk.disclosure_note.noRuleSet'],
  [false, 'publication: {shows: names}', null],
  [false, null, null],
  [true, '', null],
])('what is said where numbers or names need explaining: blind %s with %s', (blind, ruleSet, says) => {
  expect(disclosureNote(blind, ruleSet)).toBe(says)
})
