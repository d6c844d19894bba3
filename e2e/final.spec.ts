/**
 * A whole final, from the contest that an organiser makes to the certificate that anybody checks: each person in his own browser, each step by its screen.
 * Only the appointments of officials and first passwords go by the hall's door, for the administrator's screens have tests of their own. A picture of each
 * step lies in `test-results/final`.
 */
import { spawnSync } from 'node:child_process'
import type { Browser, Page } from '@playwright/test'
import { BINARY, enter, expect, test, type Hall } from './hall'
import { workbook } from './xlsx'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const PASSWORD = 'the-final-2026'
const SCHEME = `
format: guildhall/scheme/1
id: small-final
version: 1
title: {zh: 钳工小决赛, en: A small final of fitters}
abilities:
  - {code: hand, name: {zh: 手工加工, en: Hand work}}
  - {code: mind, name: {zh: 工艺知识, en: Knowledge}}
groups:
  - {code: workers, name: {zh: 职工组, en: Workers}}
modules:
  - code: A
    name: {zh: 实际操作, en: Practice}
    minutes: 60
    criteria:
      - code: A1
        name: {zh: 加工, en: Work}
        sub_criteria:
          - code: A1a
            name: {zh: 表面, en: Surface}
            aspects:
              - code: A1.1
                name: {zh: 外观, en: Look}
                type: judgement
                max: 6
                abilities: [hand]
                judges: 3
                spread_max: 1
                levels: [{zh: 差, en: Poor}, {zh: 可, en: Fair}, {zh: 良, en: Good}, {zh: 优, en: Excellent}]
          - code: A1b
            name: {zh: 尺寸, en: Size}
            aspects:
              - {code: A1.2, name: {zh: 通规通过, en: Passes the gauge}, type: measurement, max: 4, abilities: [hand]}
  - code: T
    name: {zh: 理论, en: Theory}
    minutes: 60
    criteria:
      - code: T1
        name: {zh: 试卷, en: Paper}
        aspects:
          - {code: T1.1, name: {zh: 试卷, en: Paper}, type: theory, max: 4, abilities: [mind]}
ranking:
  ties: [{practice: true}, {theory: true}, {time: true}]
  shared: true
teams: {total: sum, then: time}
`

let shots = 0
async function shot(page: Page, name: string) {
  shots += 1
  await page.screenshot({ path: `test-results/final/${String(shots).padStart(2, '0')}-${name}.png` })
}

/** Somebody in a browser of his own. */
async function person(browser: Browser, hall: Hall, viewport = { width: 1440, height: 900 }): Promise<Page> {
  const context = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN', viewport })
  context.setDefaultTimeout(30_000)
  return context.newPage()
}

async function at(browser: Browser, hall: Hall, door: string, path: string): Promise<Page> {
  const page = await person(browser, hall)
  await enter(page, door, path)
  return page
}

async function byPassword(browser: Browser, hall: Hall, login: string, viewport: { width: number; height: number }): Promise<Page> {
  const page = await person(browser, hall, viewport)
  const answer = await page.request.post('/api/session', { data: { login, password: PASSWORD }, headers: { 'idempotency-key': `final-${login}` } })
  expect(answer.ok(), await answer.text()).toBe(true)
  return page
}

/** A file that is dropped on the import, looked at, and committed. */
async function imported(page: Page, name: string, rows: string[][]) {
  await page.getByTestId('file').setInputFiles({ name, mimeType: XLSX, buffer: workbook(rows) })
  await page.getByTestId('commit').click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('import-result')).toContainText(`已导入 ${rows.length - 1} 行`)
}

/** Moves the contest on in the control room. */
async function moves(page: Page, contest: string, to: string) {
  await page.goto(`/desk/contests/${contest}/control`)
  await page.getByTestId(`to-${to}`).click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId('confirm')).toHaveCount(0)
}

/** What the button of the tablet asks for: press and hold. */
async function submit(page: Page) {
  const button = page.getByTestId('submit')
  await button.scrollIntoViewIfNeeded()
  const box = await button.boundingBox()
  if (!box) throw new Error('no submit button')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await expect(button).toContainText('没有可提交', { timeout: 10_000 })
  await page.mouse.up()
}

async function signed(page: Page, contest: string, role: string) {
  await page.goto(`/desk/contests/${contest}/results`)
  await page.getByTestId(`sign-${role}`).click()
  await page.getByTestId('confirm').click()
  await expect(page.getByTestId(`signature-${role}`)).toContainText('已签字')
}

test('a final, from its first notice to the certificate', async ({ browser, hall }) => {
  test.setTimeout(420_000)
  const stamp = String(Date.now() % 1_000_000)
  const administrator = await hall.signIn('administrator')
  const shipped = await (await hall.signIn('organiser')).get<{ items: { name: string; source: string }[] }>('/api/rule-sets')
  const rules = (shipped.items.find((each) => each.name === 'china-industry-final')?.source ?? '')
    .replace('  top_ranks: 10\n  top_share: 30%\n', '  top_ranks: 1\n')
    .replace('{total: 60}', '{total: 1}')
    .replace('{shows: names, freeze: 60min}', '{shows: names}')

  // Before: the contest, its field, its letters, its draw.
  const organiser = await at(browser, hall, 'organiser', '/desk/contests/new')
  await organiser.getByTestId('scheme-file').setInputFiles({ name: 'scheme.yaml', mimeType: 'application/yaml', buffer: Buffer.from(SCHEME) })
  await expect(organiser.getByTestId('scheme-fine')).toBeVisible()
  await organiser.getByTestId('rule-set-own').click()
  await organiser.getByTestId('rule-set-file').setInputFiles({ name: 'rules.yaml', mimeType: 'application/yaml', buffer: Buffer.from(rules) })
  await expect(organiser.getByTestId('rule-set-fine')).toBeVisible()
  for (const [field, text] of [['zh', `钳工小决赛${stamp}`], ['en', `A small final ${stamp}`], ['starts', '2027-12-05T09:00'], ['venue-0-zh', '东赛场'], ['venue-0-en', 'East venue'], ['venue-0-stations', 'E1']] as const) await organiser.locator(`[name="${field}"]`).fill(text)
  await organiser.locator('[name="blind"][value="false"]').check({ force: true })
  await shot(organiser, 'a-contest-is-made')
  await organiser.getByTestId('make').click()
  await expect(organiser.getByTestId('next-steps')).toBeVisible()
  const contest = /contests\/([^/?]+)/.exec(organiser.url())?.[1] as string
  const desk = `/desk/contests/${contest}`

  // The organiser's own signature is asked for after all: the rule set is changed while the contest is a draft.
  await organiser.goto(`${desk}/scheme`)
  await organiser.getByTestId('change-rule-set').click()
  await expect(organiser.getByTestId('rule-set-summary')).toBeVisible()
  await organiser.getByTestId('rule-set-file').setInputFiles({ name: 'rules.yaml', mimeType: 'application/yaml', buffer: Buffer.from(rules.replace('signatures: [chief_judge, supervisor]', 'signatures: [chief_judge, supervisor, organiser]')) })
  await organiser.getByRole('dialog').getByRole('button', { name: '替换' }).click()
  await expect(organiser.getByTestId('rule-set-fine')).toBeVisible()
  await organiser.getByTestId('rule-set-change').scrollIntoViewIfNeeded()
  await shot(organiser, 'the-rule-set-of-a-draft')
  await organiser.getByTestId('rule-set-save').click()
  await organiser.getByTestId('reason').fill('组委会也签字')
  await organiser.getByTestId('confirm').click()
  await expect(organiser.getByTestId('rule-set-change')).toHaveCount(0)

  const accounts = () => administrator.all<{ id: string; login: string }>('/api/accounts?limit=200')
  const officials = await accounts()
  for (const [login, role] of [['chief', 'chief_judge'], ['supervisor', 'supervisor'], ['arbitrator-1', 'arbitrator']] as const) {
    await administrator.post(`/api/accounts/${officials.find((each) => each.login === login)?.id}/roles`, { role, scope: { kind: 'contest', contest } })
  }
  await organiser.goto(`${desk}/import`)
  const [first, second] = [`jia-${stamp}`, `yi-${stamp}`]
  await imported(organiser, '选手.xlsx', [['姓名', '单位', '代表队', '组别', '赛场', '检录号', '账号'], ['章甲', '一厂', '', '职工组', '东赛场', '', first], ['钱乙', '二厂', '', '职工组', '东赛场', '', second]])
  await shot(organiser, 'the-field-is-imported')
  await organiser.goto(`${desk}/import?what=judges`)
  const judges = [1, 2, 3].map((n) => `final-judge-${n}-${stamp}`)
  await organiser.getByTestId('tab-overview').click()
  await organiser.getByTestId('step-judges').getByRole('link').click()
  await imported(organiser, '裁判.xlsx', [['姓名', '单位', '赛场', '模块', '账号'], ...judges.map((login, n) => [`裁判${'一二三'[n]}`, '技师学院', '东赛场', '', login])])
  const imports = await accounts()
  for (const login of [first, second, ...judges]) await administrator.post(`/api/accounts/${imports.find((each) => each.login === login)?.id}/password`, { password: PASSWORD })

  await organiser.goto(`${desk}/letters`)
  await organiser.getByTestId('add-appointment').click()
  await organiser.locator('input[name="at-0"]').fill('2027-12-05T08:30')
  await organiser.locator('.pair input[lang="zh-CN"]').first().fill('选手报到')
  await organiser.getByTestId('save-letters').click()
  await expect(organiser.getByTestId('all-letters')).toBeVisible()
  await shot(organiser, 'letters')
  const [letters] = await Promise.all([organiser.waitForEvent('download'), organiser.getByTestId('all-letters').click()])
  expect(letters.suggestedFilename()).toMatch(/letters\.zip$/)

  await organiser.goto(`${desk}/draw`)
  await organiser.getByTestId('commit').click()
  await organiser.getByTestId('confirm').click()
  await expect(organiser.getByTestId('commitment')).toHaveText(/^[0-9a-f]{64}$/)
  await organiser.getByTestId('lots').click()
  await organiser.getByTestId('public-part').fill('福彩 4 0 7')
  await organiser.getByTestId('confirm').click()
  await expect(organiser.getByTestId('draw')).toHaveAttribute('data-state', 'sealed')
  await shot(organiser, 'lots-are-drawn')

  // During: opened, marked by three judges who are too far apart at first, and closed.
  const chief = await at(browser, hall, 'chief', `${desk}/control`)
  await moves(chief, contest, 'live')
  await organiser.goto(`${desk}/theory`)
  const papers = organiser.locator('[data-testid^="mark-"]')
  await expect(papers).toHaveCount(2)
  await papers.nth(0).fill('3.5')
  await papers.nth(1).fill('2')
  await organiser.getByTestId('submit-theory').click()
  await organiser.getByTestId('confirm').click()
  await expect(organiser.getByTestId('confirm')).toHaveCount(0)

  const tablets: Page[] = []
  for (const login of judges) tablets.push(await byPassword(browser, hall, login, { width: 1180, height: 820 }))
  const runs = await (await hall.signIn('chief')).all<{ id: string; module: string; planned: number }>(`/api/contests/${contest}/runs`)
  const practice = runs.filter((run) => run.module === 'A')
  expect(practice).toHaveLength(2)
  for (const [turn, run] of practice.entries()) {
    await chief.goto(`${desk}/control`)
    const row = chief.getByTestId(`run-${run.id}`)
    await chief.getByRole('button', { name: /^待开始/ }).click()
    await row.getByRole('button', { name: /^开始/ }).click()
    await chief.getByTestId('confirm').click()
    await chief.getByRole('button', { name: /^进行中/ }).click()
    await expect(row.getByRole('button', { name: /^停表/ })).toBeVisible()
    for (const [n, tablet] of tablets.entries()) {
      await tablet.goto(`/judge/contests/${contest}/runs/${run.id}`)
      await tablet.getByTestId('aspect-A1.1').locator('.levels button').nth(turn === 0 ? [0, 3, 3][n]! : 2).click()
      const gauge = tablet.getByTestId('aspect-A1.2').locator('.choice button').first()
      if (await gauge.isVisible()) await gauge.click()
      if (turn === 0 && n === 0) {
        await expect(tablet.getByTestId('part-A1a').first(), 'aspects stand by their sub-criterion').toBeVisible()
        await shot(tablet, 'a-judge-marks')
        // The same sheet on a second tablet: both are told, neither is locked out.
        const other = await byPassword(browser, hall, judges[0]!, { width: 820, height: 1180 })
        await other.goto(`/judge/contests/${contest}/runs/${run.id}`)
        for (const each of [tablet, other]) await expect(each.getByText('另一台平板也打开了这张评分表')).toBeVisible({ timeout: 30_000 })
        await expect(other.getByTestId('aspect-A1.1').locator('.levels button').first()).toBeEnabled()
        await shot(other, 'a-second-tablet')
        await other.context().close()
      }
      await submit(tablet)
    }
    if (turn === 0) {
      // They talk, and mark once more; the first round is kept.
      for (const [n, tablet] of tablets.entries()) {
        await tablet.reload()
        await expect(tablet.getByTestId('aspect-A1.1').last()).toContainText('第 2 轮')
        if (n === 0) await shot(tablet, 'a-second-round')
        await tablet.getByTestId('aspect-A1.1').last().locator('.levels button').nth(2).click()
        await submit(tablet)
      }
    }
    await chief.bringToFront()
    await shot(chief, `run-${turn + 1}-in-the-control-room`)
    await row.getByRole('button', { name: /^结束/ }).click()
    await chief.getByTestId('confirm').click()
    await expect(chief.getByTestId('confirm')).toHaveCount(0)
  }
  const spectator = await person(browser, hall, { width: 390, height: 844 })
  await spectator.goto(`/stage/${contest}`)
  await expect(spectator.getByTestId('board')).toBeVisible()
  await expect(spectator.getByText('章甲')).toHaveCount(0)
  await shot(spectator, 'the-board-while-it-is-sealed')

  // After: reviewed, rechecked, undone, signed, published.
  await moves(chief, contest, 'frozen')
  await moves(chief, contest, 'review')
  await chief.goto(`${desk}/recheck`)
  await chief.getByTestId('order-recheck').click()
  // Refused until the referee has seen the last run to its end.
  await expect(async () => {
    await chief.getByTestId('confirm').click()
    await expect(chief.getByTestId('recheck')).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 30_000 })
  const supervisor = await at(browser, hall, 'supervisor', `${desk}/recheck`)
  const looks = supervisor.locator('[data-testid^="look-"]')
  await expect(looks.first()).toBeVisible()
  for (let left = await looks.count(); left > 0; left -= 1) {
    await looks.first().click()
    await supervisor.getByTestId('confirm').click()
    await expect(looks).toHaveCount(left - 1)
  }
  await shot(supervisor, 'rechecked')
  for (const [page, role] of [[chief, 'chief_judge'], [supervisor, 'supervisor']] as const) {
    await page.goto(`${desk}/draw`)
    await page.getByTestId(`undo-${role}`).click()
    await page.getByTestId('confirm').click()
    await expect(page.getByTestId('confirm')).toHaveCount(0)
  }
  await expect(supervisor.getByTestId('draw')).toHaveAttribute('data-state', 'undone')
  await shot(supervisor, 'undone-by-two')
  await signed(chief, contest, 'chief_judge')
  await signed(supervisor, contest, 'supervisor')
  await shot(supervisor, 'signed-by-two')
  await signed(organiser, contest, 'organiser')
  await shot(organiser, 'signed-by-the-organiser')
  await moves(chief, contest, 'final')
  await expect(chief.getByTestId('contest-state')).toHaveText('已定榜')
  await spectator.reload()
  await expect(spectator.getByText('章甲').first()).toBeVisible()
  await shot(spectator, 'the-result')

  // An appeal, upheld: signed and published once more.
  const own = await byPassword(browser, hall, second, { width: 390, height: 844 })
  await own.goto(`/stage/${contest}/me`)
  await own.getByTestId('appeal').click()
  await own.getByTestId('appeal-module').selectOption('A')
  await own.getByTestId('appeal-A1.1').check()
  await own.getByTestId('appeal-text').fill('外观评分偏低，请复看实物。')
  await own.getByTestId('appeal-send').click()
  await expect(own.getByTestId('my-appeal-A')).toHaveAttribute('data-state', 'open')
  await shot(own, 'an-appeal')
  const arbitrator = await at(browser, hall, 'arbitrator-1', `${desk}/appeals`)
  await arbitrator.locator('[data-testid^="decide-"]').click()
  await arbitrator.getByTestId('decision-upheld').check()
  await arbitrator.getByTestId('found-A1.1').fill('6')
  await arbitrator.getByTestId('reason-A1.1').fill('复看实物')
  await arbitrator.getByTestId('reason').fill('申诉成立')
  await shot(arbitrator, 'the-arbitrator-decides')
  await arbitrator.getByTestId('confirm').click()
  await expect(arbitrator.locator('[data-state="upheld"]')).toHaveCount(1)
  await signed(chief, contest, 'chief_judge')
  await signed(supervisor, contest, 'supervisor')
  await signed(organiser, contest, 'organiser')
  await moves(chief, contest, 'final')

  // The certificate, and the pack that anybody works out again.
  await organiser.goto(`${desk}/results`)
  await organiser.getByTestId('results-certificates').click()
  const numbers = organiser.locator('a[href*="/certificates/"]').filter({ hasText: /^[0-9A-Z]{4}-/ })
  await expect(numbers.first()).toBeVisible()
  await shot(organiser, 'certificates')
  const number = await numbers.first().innerText()
  const paper = await organiser.request.get(`/api/contests/${contest}/papers/certificates/${number}`)
  expect([paper.status(), paper.headers()['content-type']]).toEqual([200, 'application/pdf'])
  await spectator.goto(`/stage/${contest}/certificates/${number}`)
  await expect(spectator.getByTestId('certificate')).toHaveAttribute('data-validity', 'valid')
  await shot(spectator, 'a-certificate-is-checked')
  const [pack] = await Promise.all([organiser.waitForEvent('download'), organiser.getByTestId('pack').click()])
  const verified = spawnSync(BINARY, ['verify', (await pack.path())!], { encoding: 'utf8' })
  expect(verified.status, `guildhall verify: ${verified.stdout}${verified.stderr}`).toBe(0)
  expect(verified.stdout).toContain('2 competitors')

  // His portrait is his to share.
  await own.goto(`/stage/${contest}/me`)
  await own.getByTestId('my-portrait').click()
  await own.getByTestId('share').click()
  const link = await own.getByTestId('share-address').getAttribute('href')
  await shot(own, 'a-portrait-is-shared')
  await spectator.goto(link!)
  await expect(spectator.getByTestId('shared')).toBeVisible()
  await own.getByTestId('take-back').click()
  await own.getByTestId('take-back-sure').click()
  await expect(own.getByTestId('share-closed')).toHaveCount(1)
  await spectator.reload()
  await expect(spectator.getByTestId('share-nowhere')).toBeVisible()
})
