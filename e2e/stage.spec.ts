/** Spectators: the board moves, a judge's mark arrives, both languages, everybody can read it. */
import type { Locator, Page } from '@playwright/test'
import { Wire, expect, expectAccessible, test, type Signed } from './hall'

interface SheetAspect {
  code: string
  max: string
  assigned: boolean
  round: number
  mine: { id: string } | null
  before: { id: string }[]
  mark: string | null
  state: string
  how: { kind: string; steps?: { code: string }[]; target?: string }
}
interface Sheet {
  run: string
  entry_no: string
  aspects: SheetAspect[]
}

/** A value that is worth something. */
function fullMark(aspect: SheetAspect): unknown {
  switch (aspect.how.kind) {
    case 'yes_no':
      return { kind: 'yes_no', yes: true }
    case 'steps':
      return { kind: 'steps', met: (aspect.how.steps ?? []).map((step) => step.code) }
    case 'deductions':
      return { kind: 'deductions', counts: {} }
    case 'tolerance':
      return { kind: 'measured', value: aspect.how.target }
    case 'levels':
      return { kind: 'level', level: 2 }
    default:
      return null
  }
}

/** Something that this judge may mark now and that waits for nobody but him: the last of a panel, or the only judge. */
async function toMark(judge: Signed, contest: string, tried: ReadonlySet<string>) {
  const runs = await judge.all<{ id: string; state: string }>(`/api/contests/${contest}/runs?limit=200`)
  for (const run of runs.filter((r) => r.state === 'open' || r.state === 'closed')) {
    const sheet = await judge.get<Sheet>(`/api/contests/${contest}/runs/${run.id}/sheet`)
    const aspect = sheet.aspects.find((a) => a.assigned && a.mine === null && a.mark === null && fullMark(a) !== null && (a.how.kind !== 'levels' || a.state === 'partly') && !tried.has(run.id + a.code))
    if (aspect) return { run: run.id, no: sheet.entry_no, aspect }
  }
  return null
}

const markId = () => `mrk_${Array.from(crypto.getRandomValues(new Uint8Array(20)), (b) => 'abcdefghijkmnpqrstuvwxyz23456789'[b % 32]).join('')}`

test('the front page says what this is and leads to a board that moves', async ({ page, hall }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.locator(`a[href="/stage/${hall.contest}"]`).click()
  await expect(page.getByTestId('connection')).toHaveText(/实时/)
  const rows = page.getByTestId('board').getByRole('row')
  await expect.poll(() => rows.count()).toBeGreaterThan(10)
  const newest = page.getByTestId('ticker').locator('li').first()
  const before = await newest.innerText()
  await expect.poll(() => newest.innerText(), { timeout: 45_000, message: 'marks and verdicts go on falling' }).not.toBe(before)
})

test("a spectator sees a judge's mark arrive", async ({ page, hall }) => {
  test.setTimeout(240_000)
  const judge = await hall.signIn('judge-east')
  const organiser = await hall.signIn('organiser')
  const entries = await organiser.all<{ id: string; no: string }>(`/api/contests/${hall.contest}/entries?limit=200`)
  const tried = new Set<string>()
  let decided: string | null = null
  while (decided === null) {
    // A panel that disagrees opens a second round, and a simulated judge may be missing still: then another sheet.
    let found: Awaited<ReturnType<typeof toMark>> = null
    await expect.poll(async () => (found = await toMark(judge, hall.contest, tried)) !== null, { timeout: 60_000, message: 'something to mark' }).toBe(true)
    const { run, no, aspect } = found!
    tried.add(run + aspect.code)
    const entry = entries.find((e) => e.no === no)!

    await page.goto(`/stage/${hall.contest}/competitors/${entry.id}`)
    const line = page.getByTestId(`aspect-${aspect.code}`)
    await expect(line).toHaveAttribute('data-state', 'waiting')
    // Where a judge is asked for something its module is unfolded already.
    await expect(async () => {
      if (await line.isHidden()) await page.locator('details', { has: line }).locator('summary').click()
      await expect(line).toBeVisible({ timeout: 1_000 })
    }).toPass({ timeout: 15_000 })

    const sent = Date.now()
    const value = fullMark(aspect)
    const id = markId()
    await judge.post(`/api/contests/${hall.contest}/marks`, {
      marks: [{ id, run, aspect: aspect.code, round: aspect.round, value, note: null, replaces: null, reason: null, at: new Date().toISOString() }],
    })
    const sheet = await judge.get<Sheet>(`/api/contests/${hall.contest}/runs/${run}/sheet`)
    const after = sheet.aspects.find((a) => a.code === aspect.code)!
    // Where it made the panel disagree, a second round is open already, and his mark stands in the first.
    const given = [after.mine, ...after.before].map((mark) => mark?.id)
    expect(given, 'the mark is on his own sheet at once').toContain(id)
    decided = after.mark
    if (decided === null) continue
    await expect(line).toHaveAttribute('data-state', 'marked', { timeout: 5_000 })
    await expect(line).toContainText(decided)
    test.info().annotations.push({ type: 'seen after', description: `${Date.now() - sent} ms` })
  }
  await judge.close()
  await organiser.close()
})

test('the language changes on the spot and is kept', async ({ page, hall }) => {
  await page.goto(`/stage/${hall.contest}`)
  await expect(page.getByTestId('connection')).toHaveText('实时')
  await page.getByTestId('language').click()
  await expect(page.getByTestId('connection')).toHaveText('Live')
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.getByRole('link', { name: 'Whole field' })).toBeVisible()
  await page.reload()
  await expect(page.getByTestId('connection')).toHaveText('Live')
  await page.getByTestId('language').click()
  await expect(page.getByTestId('connection')).toHaveText('实时')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
})

test('search and group choose rows, keep ranks, and stand in the address', async ({ page, hall }) => {
  await page.goto(`/stage/${hall.contest}`)
  const board = page.getByTestId('board')
  const link = board.getByRole('row').nth(1).getByRole('link')
  await expect(link).toBeVisible()
  const name = (await link.innerText()).trim().split(/\s/)[0]!
  await page.getByTestId('search').fill(name)
  await expect(page).toHaveURL(new RegExp(`q=${encodeURIComponent(name)}`))
  await expect(board.getByRole('row').nth(1)).toContainText(name)
  await page.getByTestId('search').fill('~~~')
  await expect(page.getByText('没有符合条件的选手')).toBeVisible()
  await page.getByRole('link', { name: '显示全部' }).click()
  await expect(board).toBeVisible()
  const groups = page.getByTestId('group').locator('option')
  if ((await groups.count()) > 1) {
    const group = await groups.nth(1).getAttribute('value')
    await page.getByTestId('group').selectOption(group)
    await expect(page).toHaveURL(new RegExp(`group=${group}`))
    await page.reload()
    await expect(page.getByTestId('group')).toHaveValue(group!)
  }
})

test('whom one follows is kept on top', async ({ page, hall }) => {
  await page.goto(`/stage/${hall.contest}`)
  const row = page.getByTestId('board').getByRole('row').nth(3)
  const name = (await row.getByRole('link').innerText()).trim().split(/\s/)[0]!
  await row.getByRole('button').click()
  const mine = page.getByRole('region', { name: '我关注的选手' })
  await expect(mine).toContainText(name)
  await page.reload()
  await expect(mine).toContainText(name)
})

test('a lost line is said with its time, and comes back by itself', async ({ page, hall }) => {
  await page.goto(`/stage/${hall.contest}`)
  await expect(page.getByTestId('connection')).toHaveText('实时')
  // The stream itself can't be cut from here without ending the hall; a page that was away and finds no network can.
  await page.route('**/live/**', (route) => route.abort())
  await page.getByRole('navigation').getByRole('link', { name: '队伍' }).click()
  await expect(page.getByTestId('connection')).toHaveText(/连不上服务器|连接中断/)
  await page.unroute('**/live/**')
  await expect(page.getByTestId('connection')).toHaveText('实时')
})

/** Where the page reads its topics from, in the order of asking. */
function streams(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/live/contests/')) asked.push(new URL(request.url()).origin)
  })
  return asked
}

test('the stream comes from the live listener, and from the main address when that is out of reach', async ({ page, hall }) => {
  const asked = streams(page)
  await page.goto(`/stage/${hall.contest}`)
  await expect(page.getByTestId('connection')).toHaveText('实时')
  const live = await page.locator('meta[name="guildhall-live"]').getAttribute('content')
  expect(live).not.toBe(hall.url)
  expect(new Set(asked)).toEqual(new Set([live]))
  await page.route((url) => url.origin === live, (route) => route.abort())
  await page.reload()
  await expect(page.getByTestId('connection')).toHaveText('实时')
  await expect.poll(() => page.getByTestId('board').getByRole('row').count()).toBeGreaterThan(10)
  expect(asked.at(-1)).toBe(hall.url)
})

/** A phone that is put away or taken out again. */
const look = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

test('a phone whose stream was dropped while it was put away is up to date as soon as it is looked at', async ({ page, hall }) => {
  const wire = await Wire.to(hall.url)
  // All by the one wire: this page knows no live listener.
  await page.route(`${wire.url}/stage/**`, async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<meta name="guildhall-live"[^>]*>/, '') })
  })
  await page.goto(`${wire.url}/stage/${hall.contest}`)
  const connection = page.getByTestId('connection')
  await expect(connection).toHaveText('实时')
  const newest = page.getByTestId('ticker').locator('li').first()
  for (const pause of [true, false]) {
    const before = await newest.innerText()
    await look(page, 'hidden')
    wire.cut()
    await expect(connection).not.toHaveText('实时')
    // Long enough that the page gave its line up, and not so long.
    if (pause) await expect(connection).not.toHaveText(/连接中断|连不上/, { timeout: 10_000 })
    wire.mend()
    const seen = Date.now()
    await look(page, 'visible')
    await expect(connection).toHaveText('实时', { timeout: 2_000 })
    test.info().annotations.push({ type: 'live again after', description: `${Date.now() - seen} ms` })
    await expect.poll(() => newest.innerText(), { timeout: 45_000 }).not.toBe(before)
  }
  wire.close()
})

/** One press of Tab: it must lead on, and where it leads must be seen. Says whether it went out of the page's end. */
async function step(page: Page, key: 'Tab' | 'Shift+Tab') {
  await page.evaluate(() => document.activeElement?.setAttribute('data-was', ''))
  await page.keyboard.press(key)
  const stop = await page.evaluate(() => {
    const at = document.activeElement
    const trapped = at?.hasAttribute('data-was') && at !== document.body
    document.querySelectorAll('[data-was]').forEach((each) => each.removeAttribute('data-was'))
    if (!at || at === document.body) return { end: true, trapped: false, seen: true, what: 'the page' }
    const [style, box] = [getComputedStyle(at), at.getBoundingClientRect()]
    const inView = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    return { end: false, trapped, seen: inView && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0, what: at.outerHTML.slice(0, 160) }
  })
  expect(stop.trapped, `the focus leaves ${stop.what}`).toBe(false)
  expect(stop.seen, `the focus is seen on ${stop.what}`).toBe(true)
  return stop.end
}

async function walkTo(page: Page, what: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab', most = 120) {
  await expect(what.first()).toBeAttached()
  for (let n = 0; n < most; n++) {
    if (await what.first().evaluate((element) => element === document.activeElement)) return
    await step(page, key)
  }
  throw new Error(`${what} is not reached by ${key}`)
}

test('the keyboard alone: from the front page to a contest, a competitor, the teams and the abilities', async ({ page, hall }) => {
  test.setTimeout(300_000)
  const heading = page.getByRole('heading', { level: 1 })
  const board = page.getByTestId('board')
  const views = page.getByRole('navigation', { name: '观看方式' })

  await page.goto('/')
  await expect(heading).toBeVisible()
  await walkTo(page, page.locator(`a[href="/stage/${hall.contest}"]`))
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('connection')).toHaveText('实时')
  const link = board.getByRole('row').nth(1).getByRole('link')
  const name = (await link.innerText()).trim().split(/\s/)[0]!
  await walkTo(page, page.getByTestId('search'))
  await page.keyboard.type(name)
  await expect(page).toHaveURL(/[?]q=/)
  await expect(link).toContainText(name)
  await walkTo(page, link)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/competitors\//)
  await expect(heading, 'the focus is at the new page').toBeFocused()
  await expect(heading).toContainText(name)

  await walkTo(page, views.getByRole('link', { name: '全场' }), 'Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(board).toBeVisible()
  await walkTo(page, views.getByRole('link', { name: '队伍' }), 'Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/teams$/)
  await expect(heading).toBeFocused()
  await walkTo(page, board.getByRole('row').nth(1).getByRole('link'))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/teams\/./)
  await expect(heading).toBeFocused()
  // To the end of the page and in at its beginning again: nothing holds the focus.
  let out = false
  for (let n = 0; n < 200 && !out; n++) out = (await step(page, 'Tab')) || (await page.evaluate(() => document.activeElement?.classList.contains('skip-link') ?? false))
  expect(out, 'the way through the page has an end').toBe(true)

  await walkTo(page, views.getByRole('link', { name: '单项能力' }))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/abilities/)
  await expect(heading).toBeFocused()
  const ability = page.getByRole('navigation', { name: '单项能力' }).getByRole('link').nth(1)
  await walkTo(page, ability)
  await page.keyboard.press('Enter')
  await expect(ability).toHaveAttribute('aria-current', 'page')
  await walkTo(page, board.getByRole('row').nth(1).getByRole('link'))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/competitors\//)
  await expect(heading).toBeFocused()
})

test('an unknown contest says so', async ({ page }) => {
  await page.goto('/stage/con_nothere')
  await expect(page.getByText('没有这场赛事，或尚未公开')).toBeVisible()
})

test('an address that leads nowhere says so on every page, in both languages, and leads home', async ({ page }) => {
  for (const [path, door] of [['/stage/con_a', null], ['/desk', 'demo-chief'], ['/judge', 'demo-judge-east']] as const) {
    if (door) {
      await page.goto(`${path}/`)
      await page.getByTestId(door).click()
      await expect(page.getByTestId(door)).toBeHidden()
    }
    for (const [lang, title] of [['zh-CN', '没有这个页面'], ['en', 'Page not found']] as const) {
      await page.goto(`${path}/no/such/page?lang=${lang}`)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title)
      await expectAccessible(page, `${path}, nowhere, ${lang}`)
      await page.getByTestId('nowhere-home').click()
      await expect(page.getByTestId('nowhere')).toHaveCount(0)
    }
    await page.context().clearCookies()
    await page.evaluate(() => localStorage.clear())
  }
})

test('names of modules are read whole at every width', async ({ page, hall }) => {
  await page.goto(`/stage/${hall.contest}/teams`)
  const team = await page.getByTestId('board').getByRole('row').nth(1).getByRole('link').getAttribute('href')
  for (const [width, height] of [[390, 844], [1280, 800], [1920, 1080], [3840, 2160]] as const) {
    await page.setViewportSize({ width, height })
    for (const path of [`/stage/${hall.contest}`, team!]) {
      for (const lang of ['zh-CN', 'en']) {
        await page.goto(`${path}?lang=${lang}`)
        await expect(page.getByTestId('connection')).toHaveText(lang === 'en' ? 'Live' : '实时')
        const names = page.locator('.module-heads > span, .modules .label')
        await expect(names.first()).toBeAttached()
        const cut = await names.evaluateAll((all) => all.filter((e) => !e.closest('.sr-only') && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2)).map((e) => e.textContent))
        expect(cut, `${path} at ${width}, ${lang}`).toEqual([])
      }
    }
  }
})

test('nothing on a phone scrolls sideways', async ({ browser, hall }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'zh-CN', baseURL: hall.url })
  const page = await context.newPage()
  for (const path of ['/', '/stage', `/stage/${hall.contest}`, `/stage/${hall.contest}/teams`, `/stage/${hall.contest}/abilities`]) {
    for (const lang of ['zh-CN', 'en']) {
      await page.goto(`${path}?lang=${lang}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached()
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), { message: `${path} ${lang}` }).toBeLessThanOrEqual(0)
    }
  }
  await context.close()
})

test('every screen of the stage is accessible, light and dark', async ({ page, hall }) => {
  test.setTimeout(240_000)
  await page.goto(`/stage/${hall.contest}`)
  const competitor = await page.getByTestId('board').getByRole('row').nth(1).getByRole('link').getAttribute('href')
  await page.goto(`/stage/${hall.contest}/teams`)
  const team = await page.getByTestId('board').getByRole('row').nth(1).getByRole('link').getAttribute('href')
  await page.setViewportSize({ width: 1440, height: 900 })
  const head = (await (await page.request.get(`/api/contests/${hall.contest}`)).json()) as { venues: { id: string }[] }
  const screens = ['/', '/stage', `/stage/${hall.contest}`, `/stage/${hall.contest}/teams`, team!, competitor!, `/stage/${hall.contest}/abilities`, `/stage/${hall.contest}/screen/${head.venues[0]!.id}`]
  for (const path of screens) {
    for (const theme of ['dark', 'light']) {
      await page.goto(`${path}?theme=${theme}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached()
      if (path.split('/').length > 2 && path !== '/stage') await expect(page.getByTestId('connection')).toHaveText('实时')
      await expectAccessible(page, `${path} ${theme}`)
    }
  }
})

test('a venue screen fits its wall without scrolling', async ({ page, hall }) => {
  const head = (await (await page.request.get(`/api/contests/${hall.contest}`)).json()) as { venues: { id: string }[] }
  for (const [width, height] of [[1920, 1080], [3840, 2160]] as const) {
    await page.setViewportSize({ width, height })
    await page.goto(`/stage/${hall.contest}/screen/${head.venues[0]!.id}`)
    await expect(page.getByTestId('connection')).toHaveText('实时')
    await expect(page.locator('footer p strong').first()).toBeVisible()
    const over = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight])
    expect(over).toEqual([0, 0])
    const outside = await page.evaluate(() => [...document.querySelectorAll('main *')].filter((e) => !e.closest('.sr-only') && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80)))
    expect(outside, 'nothing is cut off at the edge').toEqual([])
    const smallest = await page.evaluate(() => Math.min(...[...document.querySelectorAll('main li strong, main .time, main .rank')].map((e) => parseFloat(getComputedStyle(e).fontSize))))
    expect(smallest, 'names and numbers are read from ten metres').toBeGreaterThanOrEqual((28 * width) / 1920)
  }
})
