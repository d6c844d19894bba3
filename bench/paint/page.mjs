// What a spectator's browser does with a page: when it first paints, when the first row of the board stands, what it loads, and how evenly
// it draws while the board moves. Chromium, spoken to by its own protocol; its processor is slowed down and its line is narrowed.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const { chromium } = createRequire(fileURLToPath(new URL('../../web/package.json', import.meta.url)))('playwright-core')

/** A cheap phone on a crowded line. */
export const SLOW = { cpu: 4, down_kbit: 1600, up_kbit: 750, rtt_ms: 150 }

const QUIET = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export const open = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET })

/** Before anything of the page runs: notes when the first rows of the board have been painted, and when the whole board has. */
function watchForRow() {
  window.paintBench = { first: null, row: null }
  const painted = (what) => {
    if (window.paintBench[what] !== null) return
    // After the frame in which it stands was handed over.
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => (window.paintBench[what] ??= performance.now())
      channel.port2.postMessage(null)
    })
  }
  const look = () => {
    if (document.querySelector('[data-first], [data-row]')) painted('first')
    if (document.querySelector('[data-row]')) painted('row')
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
}

async function throttled(page, slow) {
  const wire = await page.context().newCDPSession(page)
  await wire.send('Network.enable')
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true })
  await wire.send('Network.emulateNetworkConditions', { offline: false, latency: slow.rtt_ms, downloadThroughput: (slow.down_kbit * 1000) / 8, uploadThroughput: (slow.up_kbit * 1000) / 8 })
  await wire.send('Emulation.setCPUThrottlingRate', { rate: slow.cpu })
  return wire
}

/** Opens a page as somebody who was never here. `rows`: it is a board, whose first row is waited for. */
export async function firstPaint(browser, url, slow, rows) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
  const page = await context.newPage()
  const wire = await throttled(page, slow)
  const [kinds, sizes] = [new Map(), { Script: 0, Stylesheet: 0, Document: 0, other: 0 }]
  let requests = 0
  wire.on('Network.responseReceived', ({ requestId, type }) => {
    kinds.set(requestId, type)
    requests += 1
  })
  wire.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId)
    sizes[kind in sizes ? kind : 'other'] += encodedDataLength
  })
  await page.addInitScript(watchForRow)
  await page.goto(url, { waitUntil: 'commit' })
  if (rows) await page.waitForFunction(() => window.paintBench.row !== null, null, { timeout: 60_000, polling: 100 })
  else await page.waitForLoadState('load')
  await page.waitForTimeout(300)
  const seen = await page.evaluate(() => ({
    fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    first: window.paintBench.first,
    row: window.paintBench.row,
  }))
  await context.close()
  return { fcp_ms: seen.fcp, rows_ms: seen.first, board_ms: seen.row, requests, js_bytes: sizes.Script, css_bytes: sizes.Stylesheet, html_bytes: sizes.Document, other_bytes: sizes.other }
}

/** How evenly a page is drawn for a while: the spans between frames, ms. `begin` sets the board in motion. */
export async function frames(browser, url, slow, { size, rows, begin, forMs }) {
  const context = await browser.newContext({ viewport: size, locale: 'zh-CN' })
  const page = await context.newPage()
  await page.addInitScript(watchForRow)
  await page.goto(url, { waitUntil: 'commit' })
  if (rows) await page.waitForFunction(() => window.paintBench.row !== null, null, { timeout: 60_000, polling: 100 })
  const wire = await context.newCDPSession(page)
  await wire.send('Emulation.setCPUThrottlingRate', { rate: slow.cpu })
  const end = await begin()
  await page.waitForTimeout(1_500)
  const spans = await page.evaluate(
    (forMs) =>
      new Promise((resolve) => {
        const spans = []
        let last = null
        const began = performance.now()
        const frame = (at) => {
          if (last !== null) spans.push(at - last)
          last = at
          if (at - began < forMs) requestAnimationFrame(frame)
          else resolve(spans)
        }
        requestAnimationFrame(frame)
      }),
    forMs,
  )
  const order = rows ? await page.evaluate(() => [...document.querySelectorAll('[data-row]')].slice(0, 5).map((row) => row.dataset.row)) : []
  await end()
  await context.close()
  return { spans, order }
}

export function quantile(sorted, q) {
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}

export function evenness(spans) {
  const sorted = [...spans].sort((a, b) => a - b)
  const late = spans.filter((span) => span > 33.4).length
  return { frames: spans.length, p50_ms: round(quantile(sorted, 0.5)), p99_ms: round(quantile(sorted, 0.99)), worst_ms: round(sorted.at(-1)), over_33_ms: round(late / Math.max(1, spans.length), 4) }
}

export const median = (numbers) => quantile([...numbers].sort((a, b) => a - b), 0.5)
export const round = (n, digits = 1) => (n === null || n === undefined ? null : Math.round(n * 10 ** digits) / 10 ** digits)
