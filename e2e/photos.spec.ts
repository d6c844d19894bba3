/** A photograph with a mark: taken without a network, kept over a reload, sent by itself when there is one; the chief judge sees it. */
import type { Page } from '@playwright/test'
import { expect, expectAccessible, test, type Signed } from './hall'

test.use({ viewport: { width: 1180, height: 820 } })

interface Photo {
  id: string
  aspect: string | null
  of: 'mark' | 'problem'
  width: number
  height: number
  mine: boolean
}

/** A large picture, drawn here. */
async function picture(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 2400, height: 1800 })
    const pen = canvas.getContext('2d')!
    pen.fillStyle = '#2f5d8a'
    pen.fillRect(0, 0, 2400, 1800)
    pen.fillStyle = '#c3272b'
    pen.fillRect(300, 300, 900, 600)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(url.split(',')[1]!, 'base64')
}

/** A run that has begun, with an aspect of this judge's. */
async function asked(judge: Signed, contest: string): Promise<{ run: string; aspect: string }> {
  let found: { run: string; aspect: string } | null = null
  await expect
    .poll(
      async () => {
        const runs = await judge.all<{ id: string; state: string; mine_missing: number }>(`/api/contests/${contest}/runs?limit=200`)
        for (const run of runs.filter((each) => each.state !== 'waiting' && each.mine_missing > 0)) {
          const sheet = await judge.get<{ aspects: { code: string; assigned: boolean; how: { kind: string } }[] }>(`/api/contests/${contest}/runs/${run.id}/sheet`)
          const aspect = sheet.aspects.find((each) => each.assigned && ['levels', 'yes_no', 'steps', 'deductions', 'tolerance', 'panel'].includes(each.how.kind))
          if (aspect) return (found = { run: run.id, aspect: aspect.code })
        }
        return null
      },
      { message: 'something for this judge to mark', timeout: 60_000 },
    )
    .not.toBeNull()
  return found!
}

test('taken offline, kept over a reload, sent once; the chief judge sees it, and withdrawn he does not', async ({ page, context, hall }) => {
  const judge = await hall.signIn('judge-east')
  const { run, aspect } = await asked(judge, hall.contest)
  const photos = (who: Signed) => who.all<Photo>(`/api/contests/${hall.contest}/runs/${run}/photos`)
  await page.goto('/judge/')
  await page.getByTestId('demo-judge-east').click()
  await expect(page.getByTestId('outbox')).toBeVisible()
  await page.goto(`/judge/contests/${hall.contest}/runs/${run}`)
  const card = page.getByTestId(`aspect-${aspect}`)
  await expect(card).toBeVisible()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
  await page.reload()
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  await expect(card).toBeVisible()
  const taken = { name: 'DCIM_0001.png', mimeType: 'image/png', buffer: await picture(page) }

  await context.setOffline(true)
  await card.getByTestId('photo-input').setInputFiles(taken)
  await expect(card.getByTestId('photo-queued')).toBeVisible()
  await expect(page.getByTestId('outbox')).toContainText('1')
  await page.reload()
  await expect(card.getByTestId('photo-queued')).toBeVisible()
  await expectAccessible(page, 'the sheet with a photograph')
  expect(await photos(judge)).toEqual([])

  await context.setOffline(false)
  await expect(card.getByTestId('photo-kept')).toBeVisible({ timeout: 30_000 })
  const [kept, ...others] = await photos(judge)
  expect(others).toEqual([])
  expect(kept).toMatchObject({ aspect, of: 'mark', width: 1600, height: 1200, mine: true })

  // With a problem, and what is no picture is said.
  await page.getByTestId('problem').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByTestId('photo-input').setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await expect(dialog.getByRole('alert')).toBeVisible()
  await dialog.getByTestId('photo-input').setInputFiles(taken)
  await expect(dialog.getByTestId('photo-kept')).toBeVisible({ timeout: 30_000 })
  await dialog.getByTestId('problem-text').fill('夹具松动，见照片')
  await dialog.getByTestId('problem-send').click()

  const chief = await hall.signIn('chief')
  expect((await photos(chief)).map(({ of }) => of)).toEqual(['mark', 'problem'])
  const room = await (await page.context().browser()!.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await room.goto(`${hall.url}/desk/`)
  await room.getByTestId('demo-chief').click()
  await expect(room.getByTestId('demo-chief')).toBeHidden()
  await room.goto(`${hall.url}/desk/contests/${hall.contest}/control`)
  const alarm = room.getByRole('listitem').filter({ hasText: '夹具松动，见照片' })
  await expect(alarm.getByTestId('run-photo')).toHaveCount(2)
  await alarm.getByTestId('run-photo').first().click()
  await expect(room.getByRole('dialog').locator('img')).toBeVisible()
  await expect.poll(() => room.getByRole('dialog').locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1600)
  await expectAccessible(room, 'a photograph in the control room')
  await room.context().close()

  // Nobody else: another judge neither lists nor reads it.
  const other = await hall.signIn('judge-west')
  expect((await other.api.get(`/api/contests/${hall.contest}/photos/${kept!.id}`)).status()).toBe(404)
  await other.close()

  await card.getByTestId('photo-kept').click()
  await page.getByRole('dialog').getByTestId('photo-drop').click()
  await expect(card.getByTestId('photo-kept')).toHaveCount(0)
  expect((await chief.api.get(`/api/contests/${hall.contest}/photos/${kept!.id}`)).status()).toBe(404)
  await chief.close()
  await judge.close()
})
