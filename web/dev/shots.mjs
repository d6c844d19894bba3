// Pictures of every spectator's screen at its real size, and axe over each: `node dev/shots.mjs OUT [NAME...]`.
// Uses the built pages (`npm run build` first) on the fixture, or a running hall when HALL is set.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { launch } from './browser.mjs'
import { startFixture } from './fixture-server.mjs'

const out = process.argv[2] ?? 'shots'
const only = process.argv.slice(3)
mkdirSync(out, { recursive: true })
const fixture = process.env.HALL ? null : await startFixture({ stepMs: 400 })
const base = process.env.HALL ?? `http://127.0.0.1:${fixture.port}`
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const DESK = { width: 1440, height: 900 }
const HD = { width: 1920, height: 1080 }
const UHD = { width: 3840, height: 2160 }
const follow = (ids) => (page) => page.addInitScript((list) => localStorage.setItem('guildhall.followed.con_final', JSON.stringify(list)), ids)
const largeText = (page) => page.addInitScript(() => localStorage.setItem('guildhall.large-text', 'true'))
const SHOTS = [
  ['portal-desk-zh', '/', DESK], ['portal-phone-en', '/?lang=en', PHONE], ['portal-desk-en-dark', '/?lang=en&theme=dark', DESK],
  ['list-phone-zh', '/stage', PHONE], ['list-desk-en-light', '/stage?lang=en&theme=light', DESK],
  ['whole-desk-zh', '/stage/con_final', DESK, { before: follow(['ent_0013', 'ent_0005']) }], ['whole-desk-en-light', '/stage/con_final?lang=en&theme=light', DESK],
  ['whole-phone-zh', '/stage/con_final', PHONE, { before: follow(['ent_0013', 'ent_0005']) }], ['whole-phone-en-light', '/stage/con_final?lang=en&theme=light', PHONE],
  ['whole-tablet-zh', '/stage/con_final', { width: 1180, height: 820 }],
  ['whole-blind-zh', '/stage/con_blind', DESK], ['whole-mass-en', '/stage/con_mass?lang=en', DESK], ['whole-mass-phone-zh', '/stage/con_mass', PHONE],
  ['whole-search-zh', '/stage/con_final?q=温州&group=workers', DESK], ['whole-none-zh', '/stage/con_final?q=无此人', PHONE],
  ['whole-frozen-zh', '/stage/con_frozen', PHONE], ['whole-review-en', '/stage/con_review?lang=en', DESK], ['whole-final-zh', '/stage/con_done', DESK],
  ['final-phone-en', '/stage/con_done?lang=en', PHONE], ['final-teams-phone-zh', '/stage/con_done/teams', PHONE], ['final-team-desk-en-light', '/stage/con_done/teams/org_13?lang=en&theme=light', DESK], ['final-competitor-phone-zh', '/stage/con_done/competitors/ent_0003', PHONE], ['final-competitor-desk-en-light', '/stage/con_done/competitors/ent_0004?lang=en&theme=light', DESK], ['final-tablet-en-light', '/stage/con_done?lang=en&theme=light', { width: 1024, height: 768 }],
  ['whole-draft-zh', '/stage/con_draft', DESK], ['whole-empty-en', '/stage/con_empty?lang=en', PHONE], ['whole-missing-zh', '/stage/con_nothing', PHONE],
  ['whole-lost-zh', '/stage/con_final', PHONE, { cut: true }], ['whole-lost-en', '/stage/con_final?lang=en', DESK, { cut: true }],
  ['teams-desk-zh', '/stage/con_final/teams', DESK], ['teams-phone-en-light', '/stage/con_final/teams?lang=en&theme=light', PHONE],
  ['team-desk-zh', '/stage/con_final/teams/org_13', DESK], ['team-phone-en', '/stage/con_final/teams/org_13?lang=en', PHONE],
  ['competitor-desk-zh', '/stage/con_final/competitors/ent_0013', DESK, { full: true }], ['competitor-phone-zh', '/stage/con_final/competitors/ent_0013', PHONE, { full: true }],
  ['competitor-desk-en-light', '/stage/con_final/competitors/ent_0002?lang=en&theme=light', DESK, { full: true }], ['competitor-empty-zh', '/stage/con_final/competitors/ent_0005', PHONE, { full: true }],
  ['competitor-blind-en', '/stage/con_blind/competitors/ent_0003?lang=en', PHONE], ['competitor-missing-en', '/stage/con_final/competitors/ent_none?lang=en', PHONE],
  ['ability-desk-zh', '/stage/con_final/abilities/electrical', DESK], ['ability-phone-en-light', '/stage/con_final/abilities?lang=en&theme=light', PHONE],
  ['whole-large-phone-zh', '/stage/con_final', PHONE, { before: largeText }], ['competitor-large-phone-en', '/stage/con_final/competitors/ent_0013?lang=en', PHONE, { before: largeText, full: true }], ['whole-large-desk-zh', '/stage/con_final', DESK, { before: largeText }],
  ['screen-hd-zh', '/stage/con_final/screen/ven_east', HD], ['screen-hd-en', '/stage/con_mass/screen/ven_west?lang=en', HD], ['screen-hd-light', '/stage/con_blind/screen/ven_west?theme=light', HD],
  ['screen-uhd-zh', '/stage/con_final/screen/ven_west', UHD], ['screen-lost-zh', '/stage/con_final/screen/ven_east', HD, { cut: true }], ['screen-empty-zh', '/stage/con_empty/screen/ven_east', HD],
]

const browser = await launch()
let faults = 0
for (const [name, path, size, how = {}] of SHOTS) {
  if (only.length && !only.some((o) => name.includes(o))) continue
  const { width, height, ...device } = size
  const context = await browser.newContext({ viewport: { width, height }, ...device, locale: 'zh-CN' })
  const page = await context.newPage()
  const complaints = []
  page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()))
  page.on('pageerror', (e) => complaints.push(String(e)))
  await how.before?.(page)
  await page.goto(base + path)
  await page.waitForTimeout(how.wait ?? 1600)
  if (how.cut) {
    fixture?.cut(3)
    await page.waitForTimeout(900)
  }
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: how.full ?? false })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  const notes = [...violations.map((v) => `axe ${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 140)} ${v.nodes[0].failureSummary?.split('\n')[1]?.trim() ?? ''}`), ...(overflow > 0 ? [`scrolls sideways by ${overflow}px`] : []), ...(how.cut || name.includes('missing') ? [] : complaints)]
  faults += notes.length
  console.log(`${name}${notes.length ? '' : ' ok'}`)
  for (const note of notes) console.log(`    ${note}`)
  await context.close()
  if (how.cut) await new Promise((r) => setTimeout(r, 2500))
}
await browser.close()
fixture?.close()
process.exit(faults ? 1 : 0)
