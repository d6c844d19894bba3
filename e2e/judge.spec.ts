/** The judge's tablet: works without a network, loses nothing, sends nothing by itself. */
import type { Page } from '@playwright/test'
import { expect, expectAccessible, reach, test, type Hall, type Signed } from './hall'

test.use({ viewport: { width: 1180, height: 820 } })

interface Aspect {
  code: string
  assigned: boolean
  mine: { value: unknown } | null
  how: { kind: string }
}

const HANDLED = ['levels', 'yes_no', 'steps', 'deductions', 'tolerance', 'panel']

/** A run that has begun, with something for this judge to mark by hand. The play goes as fast as the machine: it is waited for. */
async function somethingToMark(judge: Signed, contest: string): Promise<{ run: string; aspect: Aspect }> {
  let found: { run: string; aspect: Aspect } | null = null
  await expect
    .poll(async () => (found = await owed(judge, contest)), { message: 'something for this judge to mark', timeout: 60_000 })
    .not.toBeNull()
  return found!
}

async function owed(judge: Signed, contest: string): Promise<{ run: string; aspect: Aspect } | null> {
  const runs = await judge.all<{ id: string; state: string; mine_missing: number }>(`/api/contests/${contest}/runs?limit=200`)
  for (const run of runs.filter((each) => each.state !== 'waiting' && each.mine_missing > 0)) {
    const sheet = await judge.get<{ aspects: Aspect[] }>(`/api/contests/${contest}/runs/${run.id}/sheet`)
    const aspect = sheet.aspects.find((each) => each.assigned && each.mine === null && HANDLED.includes(each.how.kind))
    if (aspect) return { run: run.id, aspect }
  }
  return null
}

/** Signs the browser in by the one-click door and opens the sheet. */
async function openSheet(page: Page, hall: Hall, run: string) {
  await page.goto('/judge/')
  await page.getByTestId('demo-judge-east').click()
  await expect(page.getByTestId('outbox')).toBeVisible()
  await page.goto(`/judge/contests/${hall.contest}/runs/${run}`)
}

const card = (page: Page, code: string) => page.getByTestId(`aspect-${code}`)

/** Any value, the way a thumb would give it. */
async function mark(page: Page, aspect: Aspect) {
  const at = card(page, aspect.code)
  switch (aspect.how.kind) {
    case 'tolerance':
      return at.getByRole('textbox').first().fill('10.02')
    case 'panel':
      return at.getByRole('button', { name: '1.00' }).or(at.locator('.quick button').nth(2)).first().click()
    case 'levels':
      return at.locator('.levels button').nth(2).click()
    case 'yes_no':
      return at.locator('.choice button').first().click()
    case 'steps':
      return at.locator('.step').first().click()
    default:
      return at.getByRole('button', { name: '无扣分' }).click()
  }
}

/** Press and hold, as a thumb does. */
async function hold(page: Page) {
  const box = await page.getByTestId('submit').boundingBox()
  if (!box) throw new Error('no submit button')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await expect(page.getByTestId('outbox')).toContainText('未送出')
  await page.mouse.up()
}

test('goes offline, marks, reloads, comes back: nothing is lost, nothing is sent twice', async ({ page, context, hall }) => {
  const judge = await hall.signIn('judge-east')
  const { run, aspect } = await somethingToMark(judge, hall.contest)
  const sheetNow = () => judge.get<{ aspects: Aspect[] }>(`/api/contests/${hall.contest}/runs/${run}/sheet`)
  const atTheHall = async () => (await sheetNow()).aspects.find((each) => each.code === aspect.code)?.mine ?? null

  await openSheet(page, hall, run)
  await expect(card(page, aspect.code)).toBeVisible()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
  await page.reload()
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  await expect(card(page, aspect.code)).toBeVisible()

  await context.setOffline(true)
  await mark(page, aspect)
  await expect(card(page, aspect.code).getByTestId('state')).toHaveText('草稿')
  await page.reload()
  await expect(card(page, aspect.code).getByTestId('state'), 'a draft outlives a reload without a network').toHaveText('草稿')

  await hold(page)
  await expect(card(page, aspect.code).getByTestId('state')).toHaveText('待送出')
  await page.reload()
  await expect(page.getByTestId('outbox')).toContainText('1 项未送出')
  expect(await atTheHall(), 'nothing arrived while the network was gone').toBeNull()

  await context.setOffline(false)
  await expect(card(page, aspect.code).getByTestId('state')).toHaveText('已确认', { timeout: 40_000 })
  await expect(page.getByTestId('outbox')).toContainText('全部已送达')
  expect(await atTheHall()).not.toBeNull()
  await judge.close()
})

test('never submits by itself: a draft stays a draft until the judge holds the button', async ({ page, hall }) => {
  const judge = await hall.signIn('judge-east')
  const { run, aspect } = await somethingToMark(judge, hall.contest)
  const posts: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/marks')) posts.push(request.url())
  })
  await openSheet(page, hall, run)
  await mark(page, aspect)
  await expect(card(page, aspect.code).getByTestId('state')).toHaveText('草稿')
  // A tap is not a hold: it only asks.
  await page.getByTestId('submit').click()
  await expect(page.getByRole('dialog')).toContainText(aspect.code)
  await page.keyboard.press('Escape')
  await page.reload()
  await expect(card(page, aspect.code).getByTestId('state')).toHaveText('草稿')
  expect(posts).toEqual([])

  // The keyboard can't hold: it confirms.
  await page.getByTestId('submit').focus()
  await page.keyboard.press('Enter')
  await page.getByTestId('submit-confirm').click()
  await expect(card(page, aspect.code).getByTestId('state')).toHaveText('已确认')
  expect(posts).toHaveLength(1)

  // From now on it takes a correction with a reason.
  await card(page, aspect.code).getByTestId('correct').click()
  await expect(page.getByTestId('submit')).toBeDisabled()
  await card(page, aspect.code).getByTestId('reason').fill('看错读数')
  await expect(page.getByTestId('submit')).toBeEnabled()
  await judge.close()
})

test('the outbox names what waits as the sheet does, and who goes without a line is told what stays', async ({ page, context, hall }) => {
  const judge = await hall.signIn('judge-east')
  const { run, aspect } = await somethingToMark(judge, hall.contest)
  const { entry_no, station } = await judge.get<{ entry_no: string; station: string }>(`/api/contests/${hall.contest}/runs/${run}/sheet`)
  await openSheet(page, hall, run)
  await expect(card(page, aspect.code)).toBeVisible()
  await context.setOffline(true)
  await mark(page, aspect)
  await hold(page)
  await page.getByTestId('outbox').click()
  const entry = page.getByTestId('entry-queued')
  for (const words of [station, entry_no, aspect.code, '待送出']) await expect(entry).toContainText(words)
  await expectAccessible(page, 'the outbox with a mark that waits')
  await page.keyboard.press('Escape')

  await page.getByTestId('sign-out').click()
  await expect(page.getByTestId('out-unsent')).toContainText('有 1 项已提交、未送出')
  await expect(page.getByTestId('out-no-line')).toContainText('恢复网络之前不能再登录')
  await expectAccessible(page, 'the question before signing out')
  await page.getByTestId('out-stay').click()
  await expect(page.getByTestId('sign-out'), 'the focus goes back').toBeFocused()
  await page.getByTestId('sign-out').click()
  await page.getByTestId('out-leave').click()
  await expect(page.getByText('本机有 1 项已提交、未送出的内容')).toBeVisible()
  await expect(page.getByTestId('no-line')).toBeVisible()

  await context.setOffline(false)
  await page.getByTestId('demo-judge-east').click()
  await expect(page.getByTestId('outbox'), 'it leaves when he is back').toContainText('全部已送达', { timeout: 40_000 })
  await judge.close()
})

test('"I see a problem" reaches the control room, and its answer comes back', async ({ page, browser, hall }) => {
  const judge = await hall.signIn('judge-east')
  const { run } = await somethingToMark(judge, hall.contest)
  const words = `护栏门锁松动 ${Date.now()}`
  await openSheet(page, hall, run)
  await page.getByTestId('problem').click()
  await page.getByTestId('problem-send').click()
  await expect(page.getByRole('alert')).toContainText('请写一句话')
  await page.getByTestId('problem-text').fill(words)
  await page.getByTestId('problem-send').click()
  await expect(page.getByTestId('outbox')).toContainText('全部已送达')

  // He goes on marking, far down on the sheet.
  await page.locator('[data-testid^="aspect-"]').last().scrollIntoViewIfNeeded()
  const chief = await browser.newContext({ baseURL: hall.url, locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const room = await chief.newPage()
  await room.goto('/desk/')
  await room.getByTestId('demo-chief').click()
  await expect(room.getByTestId('demo-chief')).toBeHidden()
  await room.goto(`/desk/contests/${hall.contest}/control`)
  await expect(room.getByText(words)).toBeVisible()
  const alarm = room.locator('li.item').filter({ hasText: words })
  await alarm.locator('[data-testid^="settle-"]').click()
  await room.getByTestId('confirm').click()
  await expect(room.getByRole('dialog').getByRole('alert')).toContainText('请写明如何处理')
  await room.getByTestId('reason').fill('已换锁，继续评分')
  await room.getByTestId('confirm').click()
  await expect(room.getByTestId('settled')).toBeVisible()
  await room.getByTestId('settled').locator('summary').click()
  await expect(room.getByTestId('settled')).toContainText('已换锁，继续评分')
  await expectAccessible(room, 'the control room with an answer')
  await chief.close()

  const answer = page.locator('[data-testid^="answer-"]').filter({ hasText: '已换锁，继续评分' })
  await expect(answer, 'it comes to the open sheet, where he sees it').toBeInViewport({ ratio: 1, timeout: 20_000 })
  await expectAccessible(page, 'a sheet with an answer')
  await answer.getByRole('button', { name: '知道了' }).click()
  await expect(answer).toHaveCount(0)
  await judge.close()
})

test('the keyboard alone: from the contests to a sheet, and its aspects', async ({ page, hall }) => {
  const judge = await hall.signIn('judge-east')
  const { run, aspect } = await somethingToMark(judge, hall.contest)
  await page.goto('/judge/')
  await page.getByTestId('demo-judge-east').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('outbox')).toBeVisible()
  await page.goto('/judge/')
  await expect(page.getByTestId(`contest-${hall.contest}`)).toBeVisible()
  await reach(page, `contest-${hall.contest}`)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await page.goto(`/judge/contests/${hall.contest}/runs/${run}`)
  await expect(card(page, aspect.code)).toBeVisible()
  await page.locator('nav.index button', { hasText: aspect.code }).first().focus()
  await page.keyboard.press('Enter')
  await expect(card(page, aspect.code), 'the card that was jumped to').toBeFocused()
  await reach(page, 'problem')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('problem'), 'the focus goes back').toBeFocused()
  await judge.close()
})

for (const theme of ['light', 'dark'] as const) {
  test(`every page of the tablet is accessible, ${theme}`, async ({ page, hall }) => {
    const judge = await hall.signIn('judge-east')
    const { run } = await somethingToMark(judge, hall.contest)
    await page.goto(`/judge/?theme=${theme}`)
    await page.evaluate((wanted) => localStorage.setItem('guildhall.theme', wanted), theme)
    await expectAccessible(page, `signing in, ${theme}`)
    await openSheet(page, hall, run)
    await expect(page.getByTestId('running-total')).toBeVisible()
    await expectAccessible(page, `the sheet, ${theme}`)
    await page.getByTestId('problem').click()
    await expectAccessible(page, `a problem, ${theme}`)
    await page.keyboard.press('Escape')
    await page.getByTestId('outbox').click()
    await expectAccessible(page, `the outbox, ${theme}`)
    await page.goto('/judge/')
    await expect(page.getByTestId(`contest-${hall.contest}`)).toBeVisible()
    await expectAccessible(page, `contests, ${theme}`)
    await page.goto(`/judge/contests/${hall.contest}`)
    await expect(page.locator('[data-testid^="station-"]').first()).toBeVisible()
    await expectAccessible(page, `stations, ${theme}`)
    await judge.close()
  })
}

test('by blind number only, accessible, in both languages', async ({ page, hall }) => {
  const [judge, organiser] = await Promise.all([hall.signIn('judge-east'), hall.signIn('organiser')])
  const { run } = await somethingToMark(judge, hall.contest)
  const names = (await organiser.all<{ name: string }>(`/api/contests/${hall.contest}/entries?limit=200`)).map((entry) => entry.name)
  await page.goto('/judge/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('裁判登录')
  await expectAccessible(page, 'the tablet, signing in')
  await openSheet(page, hall, run)
  await expect(page.getByTestId('running-total')).toBeVisible()
  await expectAccessible(page, 'the sheet')
  const words = await page.locator('#main').innerText()
  expect(names.filter((name) => words.includes(name))).toEqual([])
  await page.getByTestId('language').click()
  await expect(page.getByTestId('problem')).toHaveText('I see a problem')
  await expectAccessible(page, 'the sheet in English')
  await Promise.all([judge.close(), organiser.close()])
})
