/**
 * The hall under test: `guildhall demo` on a free port with a folder of its own, started once for a worker and stopped
 * with it. `GUILDHALL_URL` tests a hall that runs already, `GUILDHALL_BIN` another binary.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, request, test as base, type APIRequestContext, type Page } from '@playwright/test'

export interface Hall {
  url: string
  /** The contest that the demonstration plays. */
  contest: string
  /** A request context signed in by a one-click role. */
  signIn: (door: string) => Promise<Signed>
  /** Everything the hall has said so far. */
  log: () => string
}

export const BINARY = process.env['GUILDHALL_BIN'] ?? fileURLToPath(new URL('../target/debug/guildhall', import.meta.url))
const STARTS_WITHIN_MS = 60_000

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

async function until<T>(what: string, ask: () => Promise<T | null>, withinMs = STARTS_WITHIN_MS): Promise<T> {
  const end = Date.now() + withinMs
  for (;;) {
    const answer = await ask().catch(() => null)
    if (answer !== null) return answer
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((wait) => setTimeout(wait, 100))
  }
}

/** A signed-in caller of the hall: adds what every write has to carry. */
export class Signed {
  constructor(
    readonly api: APIRequestContext,
    private readonly csrf: string,
  ) {}

  async get<T>(path: string): Promise<T> {
    const response = await this.api.get(path)
    if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`)
    return (await response.json()) as T
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const response = await this.api.post(path, { data: body, headers: { 'idempotency-key': key(), 'x-csrf-token': this.csrf } })
    if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`)
    return (response.status() === 204 ? undefined : await response.json()) as T
  }

  /** A file in a form. */
  async send<T>(path: string, file: { name: string; mimeType: string; buffer: Buffer }): Promise<T> {
    const response = await this.api.post(path, { multipart: { file }, headers: { 'idempotency-key': key(), 'x-csrf-token': this.csrf } })
    if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`)
    return (await response.json()) as T
  }

  /** All pages of a list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = []
    let cursor: string | null = null
    do {
      const more: string = cursor === null ? path : `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`
      const page: { items: T[]; next: string | null } = await this.get(more)
      items.push(...page.items)
      cursor = page.next
    } while (cursor !== null)
    return items
  }

  close() {
    return this.api.dispose()
  }
}

/** A wire to the hall that can be cut and mended. */
export class Wire {
  private readonly ends = new Set<Socket>()
  private whole = true
  private constructor(
    readonly url: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async to(hall: string): Promise<Wire> {
    const { hostname, port } = new URL(hall)
    const server = createServer()
    const here = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)))
    const wire = new Wire(`http://127.0.0.1:${here}`, server)
    server.on('connection', (near) => {
      if (!wire.whole) return near.destroy()
      const far = connect(Number(port), hostname)
      for (const [end, other] of [[near, far], [far, near]] as const) {
        wire.ends.add(end)
        end.on('error', () => end.destroy())
        end.on('close', () => {
          wire.ends.delete(end)
          other.destroy()
        })
        end.pipe(other)
      }
    })
    return wire
  }

  cut() {
    this.whole = false
    for (const end of this.ends) end.destroy()
  }

  mend() {
    this.whole = true
  }

  close() {
    this.cut()
    this.server.close()
  }
}

const key = () => `e2e-${crypto.randomUUID()}`

async function signedIn(url: string, door: string): Promise<Signed> {
  const api = await request.newContext({ baseURL: url })
  const response = await api.post('/api/demo/session', { data: { key: door }, headers: { 'idempotency-key': key() } })
  if (!response.ok()) throw new Error(`no door ${door}: ${response.status()} ${await response.text()}`)
  return new Signed(api, ((await response.json()) as { csrf_token: string }).csrf_token)
}

interface Contest {
  id: string
  state: string
  entries: number
}

/** The contest that has begun with the largest field, and a door for each role. */
async function ready(url: string): Promise<string> {
  return until('a live contest with all its roles', async () => {
    const roles = (await (await fetch(`${url}/api/demo/roles`)).json()) as { items: { key: string }[] }
    if (!roles.items.some((role) => role.key.startsWith('judge'))) return null
    const { items } = (await (await fetch(`${url}/api/contests`)).json()) as { items: Contest[] }
    const live = items.filter((contest) => contest.state === 'live').sort((a, b) => b.entries - a.entries)[0]
    return live?.id ?? null
  })
}

async function ended(process: ChildProcess) {
  if (process.exitCode !== null || process.signalCode !== null) return
  const gone = new Promise((resolve) => process.once('exit', resolve))
  process.kill('SIGTERM')
  const late = setTimeout(() => process.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(late)
}

export const test = base.extend<{ baseURL: string }, { hall: Hall }>({
  hall: [
    async ({}, use) => {
      const running = process.env['GUILDHALL_URL']
      if (running) {
        await use({ url: running, contest: await ready(running), signIn: (door) => signedIn(running, door), log: () => '' })
        return
      }
      const folder = mkdtempSync(join(tmpdir(), 'guildhall-e2e-'))
      const url = `http://127.0.0.1:${await freePort()}`
      const hall = spawn(BINARY, ['demo', '--listen', url.slice('http://'.length), '--live-listen', '127.0.0.1:0', '--data', folder, '--seed', '7'], { stdio: ['ignore', 'pipe', 'pipe'] })
      let said = ''
      const hear = (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-200_000)
      }
      hall.stdout.on('data', hear)
      hall.stderr.on('data', hear)
      try {
        const contest = await Promise.race([
          ready(url),
          new Promise<never>((_, reject) => {
            hall.once('error', (cause) => reject(new Error(`${BINARY} can't be started: ${cause.message}`)))
            hall.once('exit', (code) => reject(new Error(`the hall ended with ${code} before it was ready`)))
          }),
        ]).catch((cause: unknown) => {
          throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${said.slice(-3_000)}`)
        })
        await use({ url, contest, signIn: (door) => signedIn(url, door), log: () => said })
      } finally {
        await ended(hall)
        rmSync(folder, { recursive: true, force: true })
      }
    },
    { scope: 'worker', timeout: STARTS_WITHIN_MS + 10_000 },
  ],
  baseURL: async ({ hall }, use) => {
    await use(hall.url)
  },
})

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 AA and axe's own good practice, no exceptions. */
export async function expectAccessible(page: Page, where: string) {
  // What is still fading in has no contrast of its own yet.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity)
        .map((each) => each.finished.catch(() => undefined)),
    ),
  )
  await page.evaluate(axe)
  const faults = await page.evaluate(async () => {
    const run = (window as unknown as { axe: { run: (on: Document, how: unknown) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run
    const { violations } = await run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  })
  expect(faults, `axe on ${where}`).toEqual([])
}

/** Goes on by the Tab key until the element has the focus, as somebody without a mouse does. */
export async function reach(page: Page, testId: string, most = 80) {
  for (let n = 0; n < most; n++) {
    if (await page.getByTestId(testId).first().evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${testId} is not reached by the Tab key`)
}

export { expect }

/** Signs in at the desk by a one-click role, and goes on to a page. Nobody is signed in before. */
export async function enter(page: Page, door: string, path: string) {
  await page.goto('/desk/')
  await page.getByTestId(`demo-${door}`).click()
  await expect(page.getByTestId(`demo-${door}`)).toBeHidden()
  await page.goto(path)
}
