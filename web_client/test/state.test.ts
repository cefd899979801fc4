import { beforeEach, describe, expect, test } from 'vitest'
import type { Event, EventKind, Message } from '../src/protocol'
import { applyWith } from '../src/state/apply'
import {
  closedPortals,
  isFact,
  lastItems,
  portalAppliers,
  portalFeeds,
  portals,
  takePortals,
} from '../src/state/portals'
import { me } from '../src/state/session'
import { threadAppliers, threads } from '../src/state/threads'
import { markRead, readNumber, replaceUnread, unreadIn } from '../src/state/unread'

const ME = 'me'
const ANA = 'ana'
const portal = { id: 'p', version: 1, name: 'Ruiz', number: '1', area: '', opened_at: 1 }
const inbox = {
  cursor: 'c',
  me: { id: ME, name: 'Me', role: 'member' as const, email: '' },
  firm: { id: 'f', name: 'F', slug: 'f', time_zone: 'UTC' },
  users: [],
  portals: [portal],
  participants: [],
  messages: [],
  shares: [],
  markers: [],
  threads: [],
  texts: [],
  unread: [],
  drafts: [],
}

const message = (number: number, changes: Partial<Message> = {}): Message => ({
  id: `m${number}`,
  version: 1,
  portal: 'p',
  number,
  author: ANA,
  at: number,
  text: `message ${number}`,
  ...changes,
})

const event = (kind: EventKind, body: unknown): Event => ({
  id: '',
  kind,
  scope: 'p',
  entity: '',
  version: 1,
  actor: '',
  at: 0,
  body,
})

const fetched: string[] = []
const apply = (...events: Event[]) =>
  applyWith([portalAppliers(id => void fetched.push(id)), threadAppliers], events)
const texts = () => [...(portalFeeds.get('p')?.items.values() ?? [])].map(item => (item as Message).text)

beforeEach(() => {
  me.value = inbox.me
  takePortals(inbox)
  replaceUnread([])
  closedPortals.value = new Set()
  portalFeeds.begin('p')
  portalFeeds.page('p', [], false)
})

describe('applying events', () => {
  test('I7: the same event twice leaves no duplicate', () => {
    apply(event('message.sent', message(1)), event('message.sent', message(1)))
    expect(texts()).toEqual(['message 1'])
    expect(unreadIn('p')).toBe(1)
  })

  test('I7: an older version after a newer one takes no step back', () => {
    apply(event('message.deleted', message(1, { version: 2, text: '', deleted: true })))
    apply(event('message.sent', message(1)))
    expect(texts()).toEqual([''])
  })

  test('I12: a page and the live events join in any order', () => {
    apply(event('message.sent', message(3)))
    portalFeeds.page('p', [message(1), message(2), message(3)], false)
    expect(texts().sort()).toEqual(['message 1', 'message 2', 'message 3'])
  })

  test('an event whose body is gone for good, or of an unknown kind, is passed over', () => {
    apply({ ...event('message.sent', null), tombstone: true }, event('later.invented' as EventKind, {}))
    expect(texts()).toEqual([])
  })

  test('U1: own messages do not count as unread, those of others do', () => {
    apply(event('message.sent', message(1, { author: ME })), event('message.sent', message(2)))
    expect(unreadIn('p')).toBe(1)
  })

  test('U1: reading on another device clears the badge here', () => {
    apply(event('message.sent', message(1)), event('message.sent', message(2)))
    apply(event('portal.read', { scope: 'p', number: 1 }))
    expect(unreadIn('p')).toBe(1)
    apply(event('portal.read', { scope: 'p', number: 2 }))
    expect(unreadIn('p')).toBe(0)
  })

  test('R1: the read marker only moves forward', () => {
    markRead('p', 5)
    markRead('p', 3)
    expect(readNumber('p')).toBe(5)
    apply(event('message.sent', message(4)))
    expect(unreadIn('p')).toBe(0)
  })

  test('P5: a deleted message is a tombstone here too, and no longer unread', () => {
    apply(event('message.sent', message(1)))
    apply(event('message.deleted', message(1, { version: 2, text: '', deleted: true })))
    expect(unreadIn('p')).toBe(0)
    expect(lastItems.value.get('p')).toMatchObject({ deleted: true })
  })

  test('A4: a portal that was left is forgotten, and says so', () => {
    apply(event('message.sent', message(1)), event('portal.left', { portal: 'p' }))
    expect(portals.get('p')).toBeUndefined()
    expect(portalFeeds.get('p')).toBeUndefined()
    expect(unreadIn('p')).toBe(0)
    expect(closedPortals.value.has('p')).toBe(true)
  })

  test('A2: joining again opens it and fetches what is visible now', () => {
    apply(event('portal.left', { portal: 'p' }), event('portal.joined', { portal, participants: [] }))
    expect(closedPortals.value.has('p')).toBe(false)
    expect(fetched.at(-1)).toBe('p')
  })

  test('R3: facts stand in the feed beside the messages', () => {
    const fact = {
      id: 'f1',
      version: 1,
      portal: 'p',
      number: 1,
      fact: 1,
      kind: 'message.read',
      actor: ANA,
      at: 2,
      upto: 1,
    }
    apply(event('message.sent', message(1)), event('message.read', { fact }))
    expect([...(portalFeeds.get('p')?.items.values() ?? [])].filter(isFact)).toHaveLength(1)
  })

  test('T4: a text from a contact counts for everybody at the firm', () => {
    threads.put({ id: 't', version: 1, name: 'Ana', phone: null, opted_out: false, matters: [] })
    const text = {
      id: 'x',
      version: 1,
      thread: 't',
      number: 1,
      inbound: true,
      at: 1,
      text: 'Hi',
      state: 'received',
      segments: 1,
      timeline: [],
    }
    apply(event('text.received', text))
    expect(unreadIn('t')).toBe(1)
    apply(event('thread.read', { scope: 't', number: 1 }))
    expect(unreadIn('t')).toBe(0)
  })
})
