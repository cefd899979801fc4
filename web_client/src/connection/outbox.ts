import { signal } from '@preact/signals'
import type { Commands, Problem, Reply } from '../protocol'

export type CommandName = keyof Commands
export type Args<N extends CommandName> = Commands[N]['args']
export type Result<N extends CommandName> = Commands[N]['result']

/** A command on its way. `failed` ones stay until the person tries again or discards them. */
export interface Pending<N extends CommandName = CommandName> {
  id: number
  key: string
  name: N
  args: Args<N>
  at: number
  /** The id that the entity made by this command will have, so that its echo is recognised. */
  makes: string | null
  state: 'waiting' | 'sending' | 'failed'
  tries: number
  problem: Problem | null
}

/** Where the outbox survives a closed tab. */
export interface OutboxStore {
  load(): Promise<Pending[]>
  save(entries: Pending[]): Promise<void>
}

export class CommandRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message)
  }
}

const OFFLINE: Problem = {
  code: 'offline',
  message: 'You are offline. Try again when the connection is back.',
  temporary: true,
}
const RETRY_MS = 2_000
/** A fault of the server is tried again this often before the person is told. */
const MOST_TRIES = 3

interface Waiter {
  resolve(result: unknown): void
  reject(error: CommandRefused): void
}

interface CommandFrame {
  type: 'command'
  id: number
  key: string
  name: string
  args: unknown
}

/**
 * Commands in the order in which the person gave them, kept until answered.
 *
 * One is on the wire at a time: then a temporary refusal of one can never let a later one overtake it, and a
 * lost connection leaves at most one in doubt, which its key settles.
 */
export class Outbox {
  readonly entries = signal<readonly Pending[]>([])
  private readonly waiters = new Map<string, Waiter>()
  private send: ((frame: CommandFrame) => void) | null = null
  private pause: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly nextNumber: () => number,
    private readonly store: OutboxStore,
    private readonly now: () => number = Date.now,
  ) {}

  async restore(): Promise<void> {
    const kept = await this.store.load()
    this.entries.value = [
      ...kept.map(entry => (entry.state === 'sending' ? { ...entry, state: 'waiting' as const } : entry)),
      ...this.entries.value,
    ]
    this.pump()
  }

  /** Gives a command whose answer the person waits for on this screen; it does not outlive the screen. */
  run<N extends CommandName>(name: N, args: Args<N>, key: string = newKey()): Promise<Result<N>> {
    if (!this.send) return Promise.reject(new CommandRefused(OFFLINE))
    return this.add(name, args, key, null) as Promise<Result<N>>
  }

  /** Gives a command that must take effect sooner or later, whatever happens to this tab. */
  post<N extends CommandName>(
    name: N,
    args: Args<N>,
    key: string = newKey(),
    makes: string | null = null,
  ): void {
    this.add(name, args, key, makes).catch(() => {})
  }

  attach(send: (frame: CommandFrame) => void): void {
    this.send = send
    this.pump()
  }

  /** The connection is gone: what was on the wire is in doubt and will be repeated with its key. */
  detach(): void {
    this.send = null
    clearTimeout(this.pause)
    this.pause = undefined
    this.change(entry => (entry.state === 'sending' ? { ...entry, state: 'waiting' } : entry))
  }

  answer(reply: Reply): void {
    const entry = this.entries.value.find(each => each.id === reply.id && each.state === 'sending')
    if (!entry) return
    if (reply.ok) this.settle(entry, waiter => waiter.resolve(reply.result))
    else this.refuse(entry, reply.error ?? { code: 'internal', message: 'The server gave no reason.' })
    this.pump()
  }

  /** A new number, since later ones have taken effect; the same key, so that it cannot happen twice. */
  tryAgain(key: string): void {
    const failed = this.entries.value.find(entry => entry.key === key)
    if (!failed) return
    this.change(entry => (entry === failed ? null : entry))
    this.push({ ...failed, id: this.nextNumber(), state: 'waiting', tries: 0, problem: null })
  }

  discard(key: string): void {
    this.change(entry => (entry.key === key ? null : entry))
  }

  private add(
    name: CommandName,
    args: Args<CommandName>,
    key: string,
    makes: string | null,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiters.set(key, { resolve, reject })
      this.push({
        id: this.nextNumber(),
        key,
        name,
        args,
        at: this.now(),
        makes,
        state: 'waiting',
        tries: 0,
        problem: null,
      })
    })
  }

  private push(entry: Pending): void {
    this.entries.value = [...this.entries.value, entry]
    this.keep()
    this.pump()
  }

  private pump(): void {
    const { send } = this
    if (!send || this.pause !== undefined || this.entries.value.some(entry => entry.state === 'sending'))
      return
    const next = this.entries.value.find(entry => entry.state === 'waiting')
    if (!next) return
    this.change(entry => (entry === next ? { ...entry, state: 'sending', tries: entry.tries + 1 } : entry))
    send({ type: 'command', id: next.id, key: next.key, name: next.name, args: next.args })
  }

  private refuse(entry: Pending, problem: Problem): void {
    if (problem.code === 'out_of_order') this.renumber()
    else if (problem.temporary && !(problem.code === 'internal' && entry.tries >= MOST_TRIES))
      this.wait(problem.retry_after_ms ?? RETRY_MS)
    else {
      this.fail(entry, problem)
      return
    }
    this.change(each => (each.state === 'sending' ? { ...each, state: 'waiting' } : each))
  }

  /** Messages and texts stay on screen as failed; what the screen waits for is told at once. */
  private fail(entry: Pending, problem: Problem): void {
    if (entry.makes)
      this.change(each => (each.key === entry.key ? { ...each, state: 'failed', problem } : each))
    else this.settle(entry, waiter => waiter.reject(new CommandRefused(problem)))
  }

  private settle(entry: Pending, tell: (waiter: Waiter) => void): void {
    const waiter = this.waiters.get(entry.key)
    this.waiters.delete(entry.key)
    this.change(each => (each.key === entry.key ? null : each))
    if (waiter) tell(waiter)
  }

  private renumber(): void {
    this.change(entry => (entry.state === 'failed' ? entry : { ...entry, id: this.nextNumber() }))
  }

  private wait(ms: number): void {
    this.pause = setTimeout(() => {
      this.pause = undefined
      this.pump()
    }, ms)
  }

  private change(step: (entry: Pending) => Pending | null): void {
    const next = this.entries.value.map(step).filter(entry => entry !== null)
    if (
      next.length === this.entries.value.length &&
      next.every((entry, i) => entry === this.entries.value[i])
    )
      return
    this.entries.value = next
    this.keep()
  }

  private keep(): void {
    void this.store.save(this.entries.value.filter(entry => LASTING.has(entry.name)))
  }
}

/** Commands that wait for the connection, across closed tabs: what a person wrote or read. */
const LASTING: ReadonlySet<CommandName> = new Set([
  'message.send',
  'text.send',
  'portal.read',
  'thread.read',
  'draft.save',
])

export const newKey = (): string => crypto.randomUUID()
