import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Connection } from '../src/connection/connection'
import { Outbox } from '../src/connection/outbox'
import type { Event } from '../src/protocol'
import { FarSide } from './far_side'

const event = (id: string): Event => ({
  id,
  kind: 'message.sent',
  scope: 's',
  entity: id,
  version: 1,
  actor: 'a',
  at: 0,
})

function connect(credential: () => Promise<string | null> = async () => 'csrf') {
  const sockets: FarSide[] = []
  const applied: string[] = []
  const snapshots: string[] = []
  let numbers = 0
  const outbox = new Outbox(() => ++numbers, { load: async () => [], save: async () => {} })
  const far = {
    open: () => {
      const socket = new FarSide()
      sockets.push(socket)
      return socket
    },
    credential,
    snapshot: async () => {
      const cursor = `snapshot-${snapshots.length + 1}`
      snapshots.push(cursor)
      return cursor
    },
  }
  const near = {
    device: 'device-1',
    outbox,
    apply: (events: Event[]) => void applied.push(...events.map(each => each.id)),
    signal: () => {},
  }
  const connection = new Connection(far, near)
  const newest = () => {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('no socket was opened')
    return socket
  }
  return { connection, sockets, applied, snapshots, outbox, newest }
}

type Connected = ReturnType<typeof connect>

async function live({ connection, newest }: Connected): Promise<FarSide> {
  await connection.start()
  const far = newest()
  far.accept()
  far.welcome('snapshot')
  await vi.waitFor(() => expect(connection.phase.value).toBe('live'))
  return far
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('a connection', () => {
  test('takes a snapshot first, then follows the log from its cursor', async () => {
    const it = connect()
    const far = await live(it)
    expect(far.heard[0]).toMatchObject({ type: 'hello', device: 'device-1', csrf: 'csrf' })
    expect(far.last('resume')).toEqual({ type: 'resume', cursor: 'snapshot-1' })
    far.say({ type: 'events', after: 'snapshot-1', upto: 'c1', events: [event('e1')] })
    expect(it.applied).toEqual(['e1'])
  })

  test('I5: resumes a lost socket at its cursor and asks for no snapshot', async () => {
    const it = connect()
    const far = await live(it)
    far.say({ type: 'events', after: 'snapshot-1', upto: 'c1', events: [event('e1')] })
    far.hangUp(4001)
    expect(it.connection.phase.value).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1_000)
    it.newest().accept()
    expect(it.newest().heard[0]).toMatchObject({ type: 'hello', cursor: 'c1' })
    it.newest().welcome('resume')
    it.newest().say({ type: 'events', after: 'c1', upto: 'c2', events: [event('e2')] })
    expect(it.applied).toEqual(['e1', 'e2'])
    expect(it.snapshots).toHaveLength(1)
  })

  test('I5: a batch that does not begin at the cursor is not applied; the socket is opened anew', async () => {
    const it = connect()
    const far = await live(it)
    far.say({ type: 'events', after: 'elsewhere', upto: 'c9', events: [event('e9')] })
    expect(it.applied).toEqual([])
    expect(far.closed).toBe(true)
    expect(it.connection.phase.value).toBe('waiting')
  })

  test('batches that come fast are applied together, in order', async () => {
    const it = connect()
    const far = await live(it)
    far.say({ type: 'events', after: 'snapshot-1', upto: 'c1', events: [event('e1')] })
    far.say({ type: 'events', after: 'c1', upto: 'c2', events: [event('e2')] })
    far.say({ type: 'events', after: 'c2', upto: 'c3', events: [event('e3')] })
    expect(it.applied).toEqual(['e1'])
    vi.advanceTimersByTime(100)
    expect(it.applied).toEqual(['e1', 'e2', 'e3'])
  })

  test('I6: a reset drops the cursor and takes a new snapshot', async () => {
    const it = connect()
    const far = await live(it)
    far.say({ type: 'reset', reason: 'compacted', snapshot: '/api/inbox.get' })
    await vi.waitFor(() => expect(far.last('resume')).toEqual({ type: 'resume', cursor: 'snapshot-2' }))
  })

  test('a socket that has gone silent is left, since going offline leaves it open', async () => {
    const it = connect()
    const far = await live(it)
    vi.advanceTimersByTime(50_000)
    expect(far.closed).toBe(true)
    expect(it.connection.phase.value).not.toBe('live') // waiting, or after a short wait connecting again
  })

  test('the pong carries the cursor that was applied', async () => {
    const it = connect()
    const far = await live(it)
    far.say({ type: 'events', after: 'snapshot-1', upto: 'c1', events: [] })
    far.say({ type: 'ping', n: 7 })
    expect(far.last('pong')).toEqual({ type: 'pong', n: 7, cursor: 'c1' })
  })

  test('P8: a command given while the line was down goes out on the next socket', async () => {
    const it = connect()
    const far = await live(it)
    it.connection.wentOffline()
    it.outbox.post('portal.read', { portal: 'p', number: 3 }, 'key-1')
    expect(far.commands()).toEqual([])
    it.connection.cameBack()
    await vi.advanceTimersByTimeAsync(0)
    it.newest().accept()
    it.newest().welcome('resume')
    expect(it.newest().commands()).toMatchObject([{ name: 'portal.read', key: 'key-1' }])
  })

  test.each([
    [4401, 'signed_out'],
    [4402, 'suspended'],
    [4403, 'elsewhere'],
    [4300, 'outdated'],
    [4399, 'outdated'],
    [4499, 'forbidden'],
  ])('close code %i stops for good as %s, unknown codes by their family', async (code, reason) => {
    const it = connect()
    const far = await live(it)
    far.hangUp(code)
    expect(it.connection.phase.value).toBe('stopped')
    expect(it.connection.stopReason.value).toBe(reason)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(it.sockets).toHaveLength(1)
  })

  test('nobody signed in means no socket at all', async () => {
    const it = connect(async () => null)
    await it.connection.start()
    expect(it.connection.stopReason.value).toBe('signed_out')
    expect(it.sockets).toEqual([])
  })
})
