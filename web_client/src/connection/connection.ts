import { batch, signal } from '@preact/signals'
import type { Bye, Event, Signal, SignalIn, Welcome } from '../protocol'
import { reconnectDelay_ms, within_ms } from './backoff'
import { decodeFrame, type EventsFrame, encodeFrame, type FrameIn, SUBPROTOCOL } from './codec'
import type { Outbox } from './outbox'

const WELCOME_TIMEOUT_MS = 10_000
const PROBE_TIMEOUT_MS = 5_000
/** At a hundred messages a second, applying in batches of 100 ms halves the work of the main thread. */
const APPLY_EVERY_MS = 100
const APP = 'web'

/** `connecting` and `waiting` come and go by themselves; from `stopped` only the person leads on. */
export type Phase = 'connecting' | 'live' | 'waiting' | 'stopped'
export type StopReason = 'signed_out' | 'suspended' | 'elsewhere' | 'outdated' | 'forbidden'

/** Closes from which only the person leads on: by code, else by family. */
const STOPS: Readonly<Record<number, StopReason>> = {
  43: 'outdated',
  44: 'forbidden',
  4401: 'signed_out',
  4402: 'suspended',
  4403: 'elsewhere',
}

/** The part of a WebSocket that a connection uses, so that a test can be the far side. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'binaryType' | 'onopen' | 'onmessage' | 'onclose'>

export interface Far {
  open(subprotocol: string): Socket
  /** Asks who is signed in: the token for `hello`, or null when nobody is. */
  credential(): Promise<string | null>
  /** Fetches everything anew and gives the cursor at which it was read. */
  snapshot(): Promise<string>
}

export interface Near {
  device: string
  outbox: Outbox
  apply(events: Event[]): void
  signal(signal: Signal): void
}

/**
 * One followed log over any number of sockets: connects, resumes at its cursor, and comes back after a loss.
 *
 * State and cursor move together: a batch is applied whole, and only where it begins at the cursor.
 */
export class Connection {
  readonly phase = signal<Phase>('connecting')
  readonly stopReason = signal<StopReason | null>(null)
  private socket: Socket | null = null
  private cursor: string | null = null
  private received: string | null = null
  private queue: EventsFrame[] = []
  private applyTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined
  private reconnectTimer: ReturnType<typeof setTimeout> | undefined
  private heartbeat_ms = 25_000
  private attempt = 0
  private retry_ms: readonly [number, number] | null = null
  private pings = 0

  constructor(
    private readonly far: Far,
    private readonly near: Near,
  ) {}

  async start(): Promise<void> {
    clearTimeout(this.reconnectTimer)
    this.stopReason.value = null
    this.phase.value = 'connecting'
    const credential = await this.far.credential().catch(() => undefined)
    if (this.phase.value !== 'connecting' || this.socket) return
    if (credential === null) this.stop('signed_out')
    else if (credential === undefined) this.comeBack()
    else this.connect(credential)
  }

  /** Ends for good: signing out, or leaving the page. */
  stop(reason: StopReason): void {
    this.drop()
    clearTimeout(this.reconnectTimer)
    batch(() => {
      this.phase.value = 'stopped'
      this.stopReason.value = reason
    })
  }

  /** The machine lost its network: a socket left open would only look alive. */
  wentOffline(): void {
    if (this.phase.value === 'stopped') return
    this.drop()
    this.phase.value = 'waiting'
  }

  /** The network or the tab is back: connect now, or make sure that the socket still lives. */
  cameBack(): void {
    if (this.phase.value === 'waiting') {
      this.attempt = 0
      void this.start()
    } else if (this.phase.value === 'live') this.probe()
  }

  tell(kind: SignalIn['kind'], scope: string, ttl_ms: number): void {
    if (this.phase.value === 'live') this.send({ type: 'signal', kind, scope, ttl_ms })
  }

  private connect(csrf: string): void {
    const socket = this.far.open(SUBPROTOCOL)
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    this.dieAfter(WELCOME_TIMEOUT_MS)
    socket.onopen = () =>
      this.send({ type: 'hello', app: APP, device: this.near.device, csrf, cursor: this.cursor ?? undefined })
    socket.onmessage = message => {
      if (socket === this.socket) this.hear(decodeFrame(message.data as ArrayBuffer))
    }
    socket.onclose = close => {
      if (socket === this.socket) this.closed(close.code)
    }
  }

  private hear(frame: FrameIn): void {
    this.dieAfter(this.heartbeat_ms * 2)
    if (frame.type === 'welcome') this.welcomed(frame)
    else if (frame.type === 'reset') void this.startOver()
    else if (frame.type === 'events') this.take(frame)
    else if (frame.type === 'reply') this.near.outbox.answer(frame)
    else if (frame.type === 'signal') this.near.signal(frame)
    else if (frame.type === 'ping') this.send({ type: 'pong', n: frame.n, cursor: this.cursor ?? undefined })
    else if (frame.type === 'bye') this.bye(frame)
  }

  private welcomed(frame: Welcome): void {
    this.heartbeat_ms = frame.heartbeat_ms
    this.near.outbox.attach(command => this.send(command))
    if (frame.mode === 'snapshot') void this.startOver()
    else {
      this.received = this.cursor
      this.lives()
    }
  }

  /** State is fetched anew while the socket stands idle, then followed from where it was read. */
  private async startOver(): Promise<void> {
    const { socket } = this
    this.forgetQueue()
    this.cursor = null
    try {
      const cursor = await this.far.snapshot()
      if (socket !== this.socket) return
      this.cursor = this.received = cursor
      this.send({ type: 'resume', cursor })
      this.lives()
    } catch {
      if (socket === this.socket) this.closed(4000)
    }
  }

  private lives(): void {
    this.attempt = 0
    this.phase.value = 'live'
  }

  private take(frame: EventsFrame): void {
    if (frame.after !== this.received) {
      this.closed(4000)
      return
    }
    this.received = frame.upto
    this.queue.push(frame)
    if (this.applyTimer !== undefined) return
    this.applyQueue()
    this.applyTimer = setTimeout(() => {
      this.applyTimer = undefined
      this.applyQueue()
    }, APPLY_EVERY_MS)
  }

  private applyQueue(): void {
    const frames = this.queue
    const last = frames.at(-1)
    if (!last) return
    this.queue = []
    this.near.apply(frames.flatMap(frame => frame.events))
    this.cursor = last.upto
  }

  private forgetQueue(): void {
    clearTimeout(this.applyTimer)
    this.applyTimer = undefined
    this.queue = []
  }

  private bye(frame: Bye): void {
    this.retry_ms = frame.retry_ms
    this.closed(frame.code)
  }

  /** What a close means is in the first two digits of its code, so that an unknown code is still understood. */
  private closed(code: number): void {
    this.drop()
    const family = Math.floor(code / 100)
    if (family === 42) this.cursor = null
    const stop = STOPS[code] ?? STOPS[family]
    if (stop) this.stop(stop)
    else this.comeBack()
  }

  private comeBack(): void {
    this.phase.value = 'waiting'
    const delay_ms =
      this.retry_ms && this.attempt === 0 ? within_ms(this.retry_ms) : reconnectDelay_ms(this.attempt)
    this.retry_ms = null
    this.attempt += 1
    this.reconnectTimer = setTimeout(() => void this.start(), delay_ms)
  }

  private drop(): void {
    const { socket } = this
    this.socket = null
    clearTimeout(this.silenceTimer)
    clearTimeout(this.applyTimer)
    this.applyTimer = undefined
    this.applyQueue()
    this.near.outbox.detach()
    socket?.close(1000)
  }

  private probe(): void {
    this.send({ type: 'ping', n: ++this.pings })
    this.dieAfter(PROBE_TIMEOUT_MS)
  }

  /** Going offline leaves a socket open and silent; only the clock tells. */
  private dieAfter(ms: number): void {
    clearTimeout(this.silenceTimer)
    this.silenceTimer = setTimeout(() => this.closed(4002), ms)
  }

  private send(frame: object): void {
    this.socket?.send(encodeFrame(frame))
  }
}
