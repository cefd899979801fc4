import { describe, expect, test, vi } from 'vitest'
import { CommandRefused, Outbox, type OutboxStore, type Pending } from '../src/connection/outbox'

const PORTAL = '01890000-0000-7000-8000-0000000000aa'

interface Sent {
  id: number
  key: string
  name: string
}

function makeOutbox(store: OutboxStore = keptInMemory()) {
  let number = 0
  const outbox = new Outbox(() => ++number, store)
  const sent: Sent[] = []
  return { outbox, sent, send: (frame: Sent) => void sent.push(frame) }
}

function keptInMemory(): OutboxStore & { kept: Pending[] } {
  const memory = { kept: [] as Pending[] }
  return Object.assign(memory, {
    load: async () => structuredClone(memory.kept),
    save: async (entries: Pending[]) => {
      memory.kept = structuredClone(entries)
    },
  })
}

const write = (outbox: Outbox, text: string, key: string) =>
  outbox.post('message.send', { portal: PORTAL, text }, key, `made-${key}`)
const ok = (id: number) => ({ type: 'reply', id, ok: true, result: {} }) as const
const refused = (id: number, code: string, temporary = false) =>
  ({ type: 'reply', id, ok: false, error: { code, message: code, temporary } }) as const

describe('the outbox', () => {
  test('P8: sends what was written offline once, in order, when the connection returns', () => {
    const { outbox, sent, send } = makeOutbox()
    for (const key of ['a', 'b', 'c']) write(outbox, key, key)
    expect(sent).toEqual([])
    outbox.attach(send)
    expect(sent.map(frame => frame.key)).toEqual(['a'])
    outbox.answer(ok(1))
    outbox.answer(ok(2))
    outbox.answer(ok(3))
    expect(sent.map(frame => frame.key)).toEqual(['a', 'b', 'c'])
    expect(outbox.entries.value).toEqual([])
  })

  test('P7: repeats what a lost connection left in doubt with the same key and number', () => {
    const { outbox, sent, send } = makeOutbox()
    outbox.attach(send)
    write(outbox, 'hello', 'a')
    outbox.detach()
    outbox.attach(send)
    expect(sent).toHaveLength(2)
    expect(sent[1]).toEqual(sent[0])
  })

  test('P8: what was written survives a closed tab, in order and with its keys', async () => {
    const store = keptInMemory()
    const before = makeOutbox(store)
    before.outbox.attach(before.send)
    write(before.outbox, 'first', 'a')
    write(before.outbox, 'second', 'b')
    await vi.waitFor(() => expect(store.kept.map(entry => entry.key)).toEqual(['a', 'b']))

    const after = makeOutbox(store)
    await after.outbox.restore()
    after.outbox.attach(after.send)
    expect(after.sent.map(frame => frame.key)).toEqual(['a'])
    after.outbox.answer(ok(1))
    expect(after.sent.map(frame => frame.key)).toEqual(['a', 'b'])
  })

  test('I10: a temporary refusal holds back everything behind it', () => {
    vi.useFakeTimers()
    const { outbox, sent, send } = makeOutbox()
    outbox.attach(send)
    write(outbox, 'first', 'a')
    write(outbox, 'second', 'b')
    outbox.answer({
      ...refused(1, 'too_many', true),
      error: { code: 'too_many', message: '', temporary: true, retry_after_ms: 500 },
    })
    expect(sent.map(frame => frame.key)).toEqual(['a'])
    vi.advanceTimersByTime(500)
    expect(sent.map(frame => frame.key)).toEqual(['a', 'a'])
    outbox.answer(ok(1))
    expect(sent.map(frame => frame.key)).toEqual(['a', 'a', 'b'])
    vi.useRealTimers()
  })

  test('I10: out of order means newer numbers and the same keys', () => {
    const { outbox, sent, send } = makeOutbox()
    outbox.attach(send)
    write(outbox, 'first', 'a')
    write(outbox, 'second', 'b')
    outbox.answer(refused(1, 'out_of_order', true))
    expect(sent.at(-1)).toMatchObject({ id: 3, key: 'a' })
    outbox.answer(ok(3))
    expect(sent.at(-1)).toMatchObject({ id: 4, key: 'b' })
  })

  test('a refused message stays with its reason until it is tried again or discarded', () => {
    const { outbox, sent, send } = makeOutbox()
    outbox.attach(send)
    write(outbox, 'hello', 'a')
    outbox.answer(refused(1, 'not_found'))
    expect(outbox.entries.value[0]).toMatchObject({ state: 'failed', problem: { code: 'not_found' } })
    outbox.tryAgain('a')
    expect(sent.at(-1)).toMatchObject({ id: 2, key: 'a' })
    outbox.answer(refused(2, 'not_found'))
    outbox.discard('a')
    expect(outbox.entries.value).toEqual([])
  })

  test('a screen that waits for an answer gets the result, or the reason', async () => {
    const { outbox, send } = makeOutbox()
    await expect(outbox.run('share.stop', { share: PORTAL })).rejects.toThrow(CommandRefused)
    outbox.attach(send)
    const stopped = outbox.run('share.stop', { share: PORTAL })
    outbox.answer(ok(1))
    await expect(stopped).resolves.toEqual({})
    const removed = outbox.run('share.stop', { share: PORTAL })
    outbox.answer(refused(2, 'not_found'))
    await expect(removed).rejects.toThrow('not_found')
  })
})
