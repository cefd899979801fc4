import { computed, signal } from '@preact/signals'
import type { Event, Firm, Me, Signal, SignalIn } from '../protocol'
import { firm, me } from '../state/session'
import { Connection, type Phase, type StopReason } from './connection'
import { forgetDevices, takeDevice } from './device'
import { RequestFailed, request, socketAddress, speakAs } from './http'
import { type Args, type CommandName, Outbox, type Pending, type Result } from './outbox'
import { deviceStore, forgetBoxes } from './outbox_store'

/** What `GET /api/session` tells about the person at this browser. */
export interface SignedIn {
  me: Me
  firm: Firm
  csrf: string
}

export interface LineUser {
  /** Fetches and takes the whole state; gives the cursor at which it was read. */
  snapshot(): Promise<string>
  apply(events: Event[]): void
  signal(signal: Signal): void
}

const open = signal<{ connection: Connection; outbox: Outbox } | null>(null)

export const phase = computed<Phase>(() => open.value?.connection.phase.value ?? 'connecting')
export const stopReason = computed<StopReason | null>(() => open.value?.connection.stopReason.value ?? null)
export const pending = computed<readonly Pending[]>(() => open.value?.outbox.entries.value ?? [])

/** Who is signed in here, or null when nobody is. */
export async function whoAmI(): Promise<SignedIn | null> {
  try {
    const signedIn = (await request('GET', '/api/session')) as SignedIn
    speakAs(signedIn.csrf)
    me.value = signedIn.me
    firm.value = signedIn.firm
    return signedIn
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 401) return null
    throw error
  }
}

/** Opens the one line of this tab and keeps it open. */
export async function openLine(person: string, user: LineUser): Promise<void> {
  const device = await takeDevice(person)
  const outbox = new Outbox(() => device.nextNumber(), deviceStore(device.id))
  const far = {
    open: (subprotocol: string) => new WebSocket(socketAddress(), [subprotocol]),
    credential: async () => (await whoAmI())?.csrf ?? null,
    snapshot: user.snapshot,
  }
  const connection = new Connection(far, {
    device: device.id,
    outbox,
    apply: user.apply,
    signal: user.signal,
  })
  open.value = { connection, outbox }
  addEventListener('offline', () => connection.wentOffline())
  addEventListener('online', () => connection.cameBack())
  document.addEventListener(
    'visibilitychange',
    () => document.visibilityState === 'visible' && connection.cameBack(),
  )
  await outbox.restore()
  await connection.start()
}

export async function signOut(): Promise<void> {
  const person = me.peek()?.id
  await request('POST', '/api/sign-out', {})
  open.peek()?.connection.stop('signed_out')
  if (person) await forgetBoxes(forgetDevices(person))
}

export const reconnect = (): void => void open.peek()?.connection.start()

export function run<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>> {
  return line().run(name, args)
}

export function post<N extends CommandName>(name: N, args: Args<N>, key?: string, makes?: string): void {
  line().post(name, args, key, makes)
}

export const tryAgain = (key: string): void => line().tryAgain(key)
export const discard = (key: string): void => line().discard(key)

export function tell(kind: SignalIn['kind'], scope: string, ttl_ms: number): void {
  open.peek()?.connection.tell(kind, scope, ttl_ms)
}

function line(): Outbox {
  const held = open.peek()
  if (!held) throw new Error('the line is not open yet')
  return held.outbox
}
