/**
 * The tablet as a whole: the outbox in memory and on disk, the courier, who is signed in, the network's state.
 *
 * Every change of the outbox happens in memory at once, so that the screen answers the thumb, and goes to disk in order.
 * If the disk fails the screen says so; nothing is taken back. Two windows of one tablet share the disk: one of them holds
 * the courier (Web Locks), and each reads again when the other has written.
 */

import { computed, ref, shallowRef, watch } from 'vue'
import { HallProblem, HallUnreachable, hall, newKey, rememberCsrf } from '@shared/api/http'
import { currentSession, sessionOf, signOut as leaveHall, type Session } from '@shared/api/session'
import { Courier } from './outbox/courier'
import * as outbox from './outbox/outbox'
import { EMPTY, type Outbox } from './outbox/outbox'
import { HallRoad } from './outbox/road'
import { redo, Storage, whatChanged, type Difference, type KeptPhoto } from './outbox/storage'
import { cachedPages } from './pages'

const RECEIPTS_KEPT_MS = 3 * 24 * 3_600_000
const SESSION_CHECK_MS = 20_000
/** A screen isn't kept waiting for a slow network longer than this. */
const FIRST_LOOK_MS = 1_500

const box = shallowRef<Outbox>(EMPTY)
const session = shallowRef<Session | null>(null)
/** Whether the last word from the hall was an answer. */
const reached = ref(true)
const online = ref(navigator.onLine)
const diskFault = ref<string | null>(null)
const needsSignIn = ref(false)
/** Somebody else signed in in another window of this browser, which has one cookie for all of them. */
const overtakenBy = shallowRef<Session | null>(null)
const otherWindow = ref(false)
const started = ref(false)

/** From the wish to sign out until nobody is signed in here. No session that is found meanwhile is taken. */
const signingOut = ref(false)
/** How often somebody signed out: what was asked of the hall before that is no news after it. */
let departures = 0
/** Who signed out while the hall could not be told. On the disk too: a reload must not sign him in again. */
let left: Session | null = null
let storage: Storage | null = null
let onDisk: Outbox = EMPTY
let writing: Promise<void> = Promise.resolve()
const windows = 'BroadcastChannel' in globalThis ? new BroadcastChannel('guildhall-judge') : null

/** Changes memory now; the promise is kept when the disk has it too. */
export function change(how: (now: Outbox) => Outbox): Promise<void> {
  const next = how(box.value)
  if (next === box.value) return writing
  box.value = next
  noteDown()
  writing = writing.then(toDisk)
  return writing
}

const JOURNAL = 'guildhall.judge.journal'

/**
 * IndexedDB answers later, and a page that is reloaded in between never hears it. What is not on the disk yet is therefore
 * noted in the tab's own storage at once, in the same breath as the keystroke.
 */
function noteDown() {
  try {
    const rest = whatChanged(onDisk, box.value)
    if (rest.length === 0) sessionStorage.removeItem(JOURNAL)
    else sessionStorage.setItem(JOURNAL, JSON.stringify(rest))
  } catch {
    // full or forbidden: the disk is still written
  }
}

function notedDown(): Difference[] {
  try {
    return JSON.parse(sessionStorage.getItem(JOURNAL) ?? '[]') as Difference[]
  } catch {
    return []
  }
}

async function toDisk() {
  const target = box.value
  if (target === onDisk || !storage) return
  try {
    await storage.save(onDisk, target)
    onDisk = target
    noteDown()
    diskFault.value = null
    windows?.postMessage('written')
  } catch (error) {
    diskFault.value = reasonOf(error)
  }
}

function readAgain() {
  writing = writing.then(takeIn)
}

/** What the other window wrote. Ours is written first, also what is typed while we read; then it is read again. */
async function takeIn() {
  for (;;) {
    if (!storage) return
    if (box.value !== onDisk) {
      await toDisk()
      if (box.value !== onDisk && diskFault.value !== null) return
    }
    const before = onDisk
    let fresh: Outbox
    try {
      fresh = await storage.load()
    } catch (error) {
      // Said, and no more: whatever is typed from now on still goes to the disk.
      diskFault.value = reasonOf(error)
      return
    }
    if (box.value !== onDisk || onDisk !== before) continue
    onDisk = box.value = fresh
    diskFault.value = null
    void courier?.wake()
    return
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

let courier: Courier | null = null

function makeCourier(): Courier {
  // A disk that can't be read is no picture that is gone: it is tried again.
  const road = new HallRoad(async (photo) => (inMemory.get(photo) ?? (await storage?.photo(photo)))?.body ?? null)
  return new Courier(
    { get: () => box.value, change },
    {
      deliver: async (parcel) => {
        const delivery = await road.deliver(parcel)
        reached.value = delivery.kind !== 'later' || delivery.failure !== 'offline'
        if (delivery.kind === 'later' && delivery.failure === 'sign_in') askToSignIn()
        if (delivery.kind === 'taken' && parcel.kind === 'photo') shown.value += 1
        return delivery
      },
    },
    {
      now: () => Date.now(),
      newKey,
      random: () => Math.random(),
      after: (ms, act) => {
        const timer = setTimeout(act, ms)
        return () => clearTimeout(timer)
      },
    },
  )
}

/** Runs once. Works without a network: then the last session and the cached sheets serve. */
export async function startTablet(): Promise<void> {
  const journal = notedDown()
  try {
    storage = await Storage.open()
    onDisk = await storage.load()
    left = await storage.session('left')
    session.value = await storage.session('last')
    cachedPages.use(storage)
    void navigator.storage?.persist?.()
  } catch (error) {
    diskFault.value = reasonOf(error)
  }
  // Without a disk too: what was noted down is all there is then, and the note is written anew with every change.
  box.value = onDisk
  await change((now) => outbox.forgetReceipts(outbox.restart(redo(now, journal)), Date.now() - RECEIPTS_KEPT_MS))
  await takePhotosUp()
  listen()
  // Who comes in by another door of the hall, e.g. a demonstration's, is taken as he is: nothing is on the screen yet.
  try {
    await Promise.race([checkSession(), new Promise((late) => setTimeout(late, FIRST_LOOK_MS))])
  } finally {
    started.value = true
    holdCourier()
  }
}

/** Only one window of this tablet carries; the next takes over when that one closes. */
function holdCourier() {
  const carry = () => {
    courier = makeCourier()
    otherWindow.value = false
    void courier.serve(session.value?.account ?? null)
    return new Promise<never>(() => {})
  }
  if (!navigator.locks) return void carry()
  void navigator.locks.request('guildhall-courier', { ifAvailable: true }, (lock) => {
    if (lock) return carry()
    otherWindow.value = true
    void navigator.locks.request('guildhall-courier', carry)
    return undefined
  })
}

function listen() {
  windows?.addEventListener('message', readAgain)
  addEventListener('online', () => {
    online.value = true
    void hurry()
  })
  addEventListener('offline', () => (online.value = false))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void hurry()
  })
  setInterval(() => {
    if (document.visibilityState === 'visible' && online.value && (session.value === null || needsSignIn.value || !reached.value)) void checkSession()
  }, SESSION_CHECK_MS)
}

/** What any request came to: an answer, however it reads, is one. */
function heard(fault: unknown) {
  const back = !(fault instanceof HallUnreachable)
  if (back && !reached.value) void courier?.hurry()
  reached.value = back
  if (fault instanceof HallProblem && (fault.status === 401 || fault.code === 'other_account') && !needsSignIn.value) {
    askToSignIn()
    // Perhaps he has signed in anew in another window already; otherwise this finds out who has.
    void checkSession()
  }
}
cachedPages.listen(heard)

/** Nothing leaves until the right person has signed in; `checkSession` finds out who that is. */
function askToSignIn() {
  if (session.value === null) return
  needsSignIn.value = true
  void courier?.serve(null)
}

export async function checkSession(): Promise<void> {
  if (signingOut.value) return
  const before = departures
  try {
    if (left) await leave(left)
    const found = await currentSession()
    if (departures !== before) return
    reached.value = true
    const shown = session.value
    // Whoever works here is not replaced by a sign-in in another window: his marks would leave in its name.
    overtakenBy.value = started.value && shown !== null && found !== null && found.account !== shown.account ? found : null
    if (overtakenBy.value) rememberCsrf(null)
    if (overtakenBy.value || (found === null && shown !== null)) askToSignIn()
    else if (found) await signedIn(found)
  } catch (error) {
    if (error instanceof HallUnreachable) reached.value = false
    else if (!(error instanceof HallProblem)) throw error
  }
}

export async function signedIn(found: Session): Promise<void> {
  session.value = found
  needsSignIn.value = false
  overtakenBy.value = null
  reached.value = true
  await storage?.keepSession('last', found)
  void courier?.serve(found.account)
  void courier?.hurry()
}

/**
 * The outbox stays on the tablet and goes out when its owner signs in again. A delivery under way is waited for; asked for once
 * more meanwhile, it still happens once.
 */
export async function signOut(): Promise<void> {
  if (signingOut.value) return
  signingOut.value = true
  departures += 1
  try {
    await courier?.serve(null)
    const gone = session.value
    if (!gone) return
    left = gone
    session.value = null
    needsSignIn.value = false
    overtakenBy.value = null
    await storage?.keepSession('left', gone)
    await storage?.keepSession('last', null)
  } finally {
    signingOut.value = false
  }
  await checkSession()
}

/** Tells the hall that he has signed out. Thrown on while it can't be told: until then no session that is found is his will. */
async function leave(gone: Session): Promise<void> {
  // The token may be gone with the tab in which he signed in.
  if (await sessionOf(gone.account)) await leaveHall()
  left = null
  await storage?.keepSession('left', null)
}

/** Signs in by `how`. Whoever signed out without a network is signed out first. */
export async function enter(how: () => Promise<Session>): Promise<void> {
  if (left) await leave(left)
  await signedIn(await how())
}

export async function hurry(): Promise<void> {
  if (!reached.value || needsSignIn.value || session.value === null) await checkSession()
  if (courier) await courier.hurry()
  else windows?.postMessage('written')
}

export { newKey }

const PRESENCE_EVERY_MS = 10_000

/** Tells the control room that this judge is there and what he still holds. Missing it harms nothing. */
export function stayPresent(contest: () => string): () => void {
  const tell = async () => {
    if (!session.value || !online.value || document.visibilityState !== 'visible') return
    const body = { unsent: outbox.unsent(box.value, session.value.account).count }
    try {
      await hall.write('POST', `/api/contests/${encodeURIComponent(contest())}/presence`, { body, account: session.value.account })
      heard(null)
    } catch (error) {
      if (!(error instanceof HallProblem || error instanceof HallUnreachable)) throw error
      heard(error)
    }
  }
  void tell()
  const timer = setInterval(() => void tell(), PRESENCE_EVERY_MS)
  return () => clearInterval(timer)
}

/** Pictures that could not be put on the disk: they last as long as the page, and the screen says so. */
const inMemory = new Map<string, KeptPhoto>()
/** Counts what the hall has taken: who shows photographs reads them again then. */
const shown = ref(0)

/** The picture first, its parcel afterwards: a tablet that dies in between makes the parcel anew from what the picture says of itself. */
export async function keepPhoto(kept: KeptPhoto): Promise<void> {
  try {
    if (!storage) throw new Error('no storage')
    await storage.keepPhoto(kept)
  } catch (error) {
    inMemory.set(kept.photo, kept)
    diskFault.value = reasonOf(error)
  }
  const { body: _, ...what } = kept
  await change((now) => outbox.photograph(now, what, { key: newKey(), now: Date.now() }))
  void hurry()
}

export async function keptPhoto(photo: string): Promise<KeptPhoto | null> {
  return inMemory.get(photo) ?? (await storage?.photo(photo).catch(() => null)) ?? null
}

/** The judge takes a photograph back that has not left, or puts one away that came back. */
export async function dropPhoto(key: string, photo: string): Promise<void> {
  let dropped = false
  await change((now) => {
    const next = outbox.putAway(outbox.withdraw(now, key), key)
    dropped = next !== now
    return next
  })
  // One that is on its way needs its picture.
  if (dropped) await forgetPhoto(photo)
}

async function forgetPhoto(photo: string) {
  inMemory.delete(photo)
  await storage?.dropPhoto(photo).catch(() => {})
}

/** After a start: what has a picture and no parcel is sent (once more, perhaps: the hall keeps it once). */
async function takePhotosUp() {
  const kept = (await storage?.photos().catch(() => null)) ?? []
  await change((now) => kept.reduce((box, { body: _, ...what }) => outbox.photograph(box, what, { key: newKey(), now: Date.now() }), now))
}

/** What the hall has is not kept here any longer. */
watch(box, (now, before) => {
  const held = outbox.photosHeld(now)
  for (const photo of outbox.photosHeld(before)) if (!held.has(photo)) void writing.then(() => forgetPhoto(photo))
})

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export const newMarkId = (at?: number, random?: Uint8Array): string => newId('mrk', at, random)
export const newPhotoId = (): string => newId('pho')

/** The kind and 20 characters: 9 of time, 11 of randomness, as the hall makes its own. */
function newId(kind: string, at = Date.now(), random: Uint8Array = crypto.getRandomValues(new Uint8Array(11))): string {
  let time = ''
  for (let rest = at, n = 0; n < 9; n++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time
  return `${kind}_${time}${Array.from(random, (byte) => ALPHABET[byte & 31]).join('')}`
}

export function useTablet() {
  const account = computed(() => session.value?.account ?? '')
  const unsent = computed(() => outbox.unsent(box.value, account.value))
  const leftByOthers = computed(() => outbox.leftByOthers(box.value, account.value))
  return { box, session, account, unsent, leftByOthers, reached, online, diskFault, needsSignIn, overtakenBy, otherWindow, started, signingOut, shown, change }
}
