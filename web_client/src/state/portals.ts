import { computed, signal } from '@preact/signals'
import type {
  Document,
  Fact,
  Inbox,
  Message,
  Participant,
  Portal,
  PortalFact,
  PortalItems,
  ReadMarker,
  Share,
} from '../protocol'
import type { Appliers } from './apply'
import { putDraft, replaceDrafts } from './drafts'
import { Feeds } from './feeds'
import { myId } from './session'
import { stopTyping } from './signals'
import { Table } from './table'
import { addUnread, forgetUnread, markRead, removeUnread } from './unread'

/** What stands in a portal's feed. A share that came with a message is shown on the message. */
export type FeedItem = Message | Fact | Share
export const isFact = (item: FeedItem): item is Fact => 'fact' in item
export const isShare = (item: FeedItem): item is Share => 'sharer' in item

export const portals = new Table<Portal>()
export const participants = new Table<Participant>()
export const shares = new Table<Share>()
export const portalFeeds = new Feeds<FeedItem>()

/** The last item of each portal that everybody in it can see, by portal. */
export const lastItems = signal<ReadonlyMap<string, Message | Share>>(new Map())

/** Whether nothing of an item stands any more but its place. */
export const isGone = (item: Message | Share): boolean =>
  isShare(item) ? Boolean(item.stopped) : Boolean(item.deleted)

/** The last item that stands, where this page holds the portal's feed; else the last, which may be gone. */
export function lastStanding(portal: string): Message | Share | undefined {
  const last = lastItems.value.get(portal)
  if (!last || !isGone(last)) return last
  const held = [...(portalFeeds.get(portal)?.items.values() ?? [])]
  const standing = held.filter((item): item is Message | Share => !isFact(item) && !isGone(item))
  return standing.sort((a, b) => a.number - b.number).at(-1) ?? last
}

/** How far each participant has read each portal, for the firm's eyes. Markers only move forward. */
export const readMarkers = signal<ReadonlyMap<string, ReadMarker>>(new Map())

export const readBy = (portal: string, person: string): number =>
  readMarkers.value.get(`${portal} ${person}`)?.number ?? 0

/** Portals that were closed to this person while this page was open. */
export const closedPortals = signal<ReadonlySet<string>>(new Set())

/** The newest first, by the last thing said or the opening. */
export const portalsByTime = computed(() => portals.list().sort((a, b) => lastTime(b) - lastTime(a)))

export const lastTime = (portal: Portal): number => lastItems.value.get(portal.id)?.at ?? portal.opened_at

const staysByPortal = computed(() => Map.groupBy(participants.list(), stay => stay.portal))

/** Everybody who takes part in a portal now. */
export const presentIn = (portal: string): Participant[] =>
  (staysByPortal.value.get(portal) ?? []).filter(stay => !stay.left).sort(clientsFirst)

const clientsFirst = (a: Participant, b: Participant): number =>
  a.side.localeCompare(b.side) || (a.joined_at ?? 0) - (b.joined_at ?? 0)

/** The latest stay of a person in a portal; somebody removed and added again has several. */
export function participantOf(portal: string, person: string): Participant | undefined {
  const stays = (staysByPortal.value.get(portal) ?? []).filter(stay => stay.person === person)
  return stays.find(stay => !stay.left) ?? stays.at(-1)
}

export const standingShares = (portal: string): Share[] =>
  shares
    .list()
    .filter(share => share.portal === portal && !share.stopped)
    .sort((a, b) => b.at - a.at)

/** What stands in a portal, each document once, newest first. */
export const documentsIn = (portal: string): Share[] => newestOfEach(standingShares(portal))

/** What one person has shown in a portal and still stands there. */
export const documentsSharedBy = (portal: string, person: string): Document[] =>
  newestOfEach(standingShares(portal).filter(share => share.sharer === person)).map(
    ({ document, portal: matter, sharer, name, size_bytes, media_type, at }) => ({
      id: document,
      version: 0,
      matter,
      name,
      size_bytes,
      media_type,
      at,
      author: sharer,
    }),
  )

/** Of shares, newest first, the first of each document. */
const newestOfEach = (given: Share[]): Share[] =>
  given.filter((share, at) => given.findIndex(each => each.document === share.document) === at)

export const authorOf = (item: Message | Share): string => (isShare(item) ? item.sharer : item.author)

/** Takes the portal part of a snapshot: it is the whole truth, and opened feeds begin anew. */
export function takePortals(inbox: Inbox): void {
  portals.replace(inbox.portals)
  participants.replace(inbox.participants)
  lastItems.value = new Map(inbox.messages.map(message => [message.portal, message]))
  shares.replace(inbox.shares)
  for (const share of inbox.shares) noteLast(share)
  readMarkers.value = new Map()
  noteRead(inbox.markers)
  portalFeeds.clear()
  replaceDrafts(inbox.drafts)
}

export function takePage(page: PortalItems): void {
  const { portal } = page
  portals.put(portal)
  participants.put(...page.participants)
  shares.put(...page.shares)
  noteRead(page.markers)
  const oldest = page.more ? (page.messages[0]?.number ?? 0) : 0
  const standalone = shares
    .list()
    .filter(share => share.portal === portal.id && !share.message && share.number >= oldest)
  const last = page.messages.at(-1)
  if (last) noteLast(last)
  for (const share of standalone) noteLast(share)
  portalFeeds.page(portal.id, [...page.messages, ...page.facts, ...standalone], page.more)
}

/** `fetchPage` brings what was said in a portal before this person joined: the event does not. */
export const portalAppliers = (fetchPage: (portal: string) => void): Appliers => ({
  'portal.joined': ({ portal, participants: people }) => {
    portals.put(portal)
    participants.put(...people)
    reopen(portal.id)
    portalFeeds.begin(portal.id)
    fetchPage(portal.id)
  },
  'portal.left': ({ portal }) => {
    portals.drop(portal)
    portalFeeds.drop(portal)
    forgetUnread(portal)
    closedPortals.value = new Set(closedPortals.peek()).add(portal)
  },
  'portal.changed': portal => portals.put(portal),
  'portal.read': ({ scope, number }) => markRead(scope, number),
  'message.sent': message => {
    putItem(message)
    if (message.deleted) return
    stopTyping(message.portal, message.author)
    if (message.author !== myId.peek()) addUnread(message.portal, message.number)
  },
  'message.changed': putItem,
  'message.deleted': message => {
    putItem(message)
    removeUnread(message.portal, message.number)
  },
  'message.read': applyFact,
  'document.opened': applyFact,
  'participant.added': applyFact,
  'participant.removed': applyFact,
  'email.changed': applyFact,
  'fact.changed': applyFact,
  'participant.changed': participant => participants.put(participant),
  'participants.changed': people => participants.put(...people.participants),
  'share.added': share => {
    putShare(share)
    if (!share.message && share.sharer !== myId.peek()) addUnread(share.portal, share.number)
  },
  'share.changed': putShare,
  'share.stopped': share => {
    putShare(share)
    if (!share.message) removeUnread(share.portal, share.number)
  },
  'draft.saved': putDraft,
})

function putItem(message: Message): void {
  portalFeeds.put(message.portal, message)
  noteLast(message)
}

function putShare(share: Share): void {
  shares.put(share)
  if (share.message) return
  portalFeeds.put(share.portal, share)
  noteLast(share)
}

function applyFact({ fact, participant }: PortalFact): void {
  portalFeeds.put(fact.portal, fact)
  if (participant) participants.put(participant)
  if (fact.kind === 'message.read' && fact.upto)
    noteRead([{ portal: fact.portal, person: fact.actor, number: fact.upto, at: fact.at }])
}

function noteRead(given: readonly ReadMarker[]): void {
  const markers = new Map(readMarkers.peek())
  for (const marker of given) {
    const place = `${marker.portal} ${marker.person}`
    if (marker.number > (markers.get(place)?.number ?? 0)) markers.set(place, marker)
  }
  readMarkers.value = markers
}

function noteLast(item: Message | Share): void {
  const held = lastItems.peek().get(item.portal)
  if (held && (held.number > item.number || (held.id === item.id && held.version > item.version))) return
  lastItems.value = new Map(lastItems.peek()).set(item.portal, item)
}

function reopen(portal: string): void {
  const closed = new Set(closedPortals.peek())
  if (closed.delete(portal)) closedPortals.value = closed
}
