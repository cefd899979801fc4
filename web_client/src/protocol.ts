// Causeway's wire protocol, version 1: made from protocol/*.py by `make generate`; do not edit.

/** UUID in lower case, with hyphens. */
export type Id = string

/** Made by the client, the same in every repeat. */
export type Key = string

/** Milliseconds since 1970, UTC. */
export type Millis = number

/** Opaque: a place in one log. */
export type Cursor = string

export type Role = 'member' | 'admin' | 'client'

export type Side = 'firm' | 'client'

export type TextState =
  | 'queued'
  | 'held'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'unconfirmed'
  | 'failed'
  | 'received'

export type FailureReason =
  | 'unreachable'
  | 'rejected'
  | 'temporary'
  | 'unknown'
  | 'carrier_error'
  | 'blocked'
  | 'opted_out'
  | 'content'
  | 'setup'

export type FactKind =
  | 'message.read'
  | 'document.opened'
  | 'participant.added'
  | 'participant.removed'
  | 'email.changed'
  | 'share.stopped'

/** One browser or phone, kept by it. */
export type Device = string

export type SignalKind = 'typing' | 'presence' | 'draft'

export type ResetReason = 'no_cursor' | 'compacted' | 'diverged' | 'too_far' | 'scope'

/** A firm's short name in addresses. */
export type FirmSlug = string

// Entities

/** Somebody who works at the firm. */
export interface User {
  id: Id
  version: number
  name: string
  title: string
  email: string
  role: Role
  active: boolean
}

/** Somebody whom the firm knows; emails and phones in the order of the card. */
export interface Contact {
  id: Id
  version: number
  name: string
  emails: string[]
  phones: string[]
  sign_in_email: string | null
  texting_phone: string | null
  opted_out?: boolean
  note?: string
}

/** A case, with its client, related contacts and responsible users (ids). */
export interface Matter {
  id: Id
  version: number
  name: string
  number: string
  area: string
  client: Id
  related: Id[]
  responsible: Id[]
}

/** A file of a matter; `media_type` is what its content was found to be, not what was claimed. */
export interface Document {
  id: Id
  version: number
  matter: Id
  name: string
  size_bytes: number
  media_type: string
  at: Millis
  author: Id
  deleted?: boolean
}

/** A document as it hangs on a message. */
export interface Attachment {
  document: Id
  share: Id
  name: string
  size_bytes: number
  media_type: string
  available?: boolean
}

/** One message of a portal. A deleted one is a tombstone: no text, no attachment. */
export interface Message {
  id: Id
  version: number
  portal: Id
  number: number
  author: Id
  at: Millis
  text?: string
  attachment?: Attachment | null
  deleted?: boolean
}

/**
 * Something that happened in a portal, for the firm's eyes (rule R3).
 *
 * It stands after item `number` and is the `fact`-th fact of its portal: facts never take the numbers of
 * items, since a gap would tell a client that somebody read something.
 */
export interface Fact {
  id: Id
  version: number
  portal: Id
  number: number
  fact: number
  kind: FactKind
  actor: Id
  at: Millis
  person?: Id | null
  upto?: number | null
  document?: Id | null
  document_name?: string | null
}

/**
 * A person's part in a portal. What stands below `left` is shown to the firm alone (rule R4).
 *
 * Items after `visible_from` may be seen; those after `joined_number` were new to the person. How far the
 * person has read is a marker of its own: reading must not move a version that clients see.
 */
export interface Participant {
  id: Id
  version: number
  portal: Id
  person: Id
  side: Side
  name: string
  title?: string
  left?: boolean
  visible_from?: number
  joined_number?: number
  joined_at?: Millis
  email?: string | null
}

/** How far a participant has read a portal, for the firm's eyes; the higher number wins. */
export interface ReadMarker {
  portal: Id
  person: Id
  number: number
  at: Millis
}

/** A document made visible in a portal, as item `number` of the feed: its message's, or its own. */
export interface Share {
  id: Id
  version: number
  portal: Id
  number: number
  document: Id
  name: string
  size_bytes: number
  media_type: string
  sharer: Id
  at: Millis
  message?: Id | null
  stopped?: boolean
}

/** A portal; its id is its matter's id. */
export interface Portal {
  id: Id
  version: number
  name: string
  number: string
  area: string
  opened_at: Millis
}

/** One step in the life of a text. */
export interface TextStep {
  state: TextState
  at: Millis
}

/** One text message, in either direction; `timeline` is its life so far (rule F2). */
export interface Text {
  id: Id
  version: number
  thread: Id
  number: number
  inbound: boolean
  at: Millis
  text: string
  state: TextState
  segments: number
  timeline: TextStep[]
  author?: Id | null
  reason?: FailureReason | null
  reason_code?: string | null
  retry_of?: Id | null
  retry_at?: Millis | null
  flagged?: boolean
}

/** All texts with one contact; its id is the contact's id. */
export interface Thread {
  id: Id
  version: number
  name: string
  phone: string | null
  opted_out: boolean
  matters: Id[]
}

/**
 * What one person has not read in a portal or thread: the badge is the length of `numbers`.
 *
 * `numbers` are those of what others wrote beyond `read_number` and that still stands: in a portal messages
 * and shares without a message, in a thread inbound texts.
 */
export interface Unread {
  scope: Id
  read_number: number
  numbers: number[]
}

/** What a person has begun to write to a portal or thread; empty text means none. */
export interface Draft {
  id: Id
  version: number
  scope: Id
  channel: 'portal' | 'text'
  text: string
}

/** The tenant, as its own people and clients know it. */
export interface Firm {
  id: Id
  name: string
  slug: string
  time_zone: string
  phone?: string | null
}

/** One signed-in browser or phone of a person. */
export interface Session {
  id: Id
  device: string
  created_at: Millis
  used_at: Millis
  expires_at: Millis
  current: boolean
}

// Frames

/** Opens a session on the socket; `cursor` asks to resume, without it a snapshot is fetched first. */
export interface Hello {
  type: 'hello'
  app: string
  device: Device
  cursor?: Cursor | null
  token?: string | null
  csrf?: string | null
}

/** Starts delivery after `cursor`, once `welcome` or `reset` left the socket idle. */
export interface Resume {
  type: 'resume'
  cursor: Cursor
}

/**
 * Asks for one effect.
 *
 * `id` is the device's own number for it, rising with every new command; `key` names the effect and stays the
 * same in every repeat.
 */
export interface CommandFrame {
  type: 'command'
  id: number
  key: Key
  name: string
  args: Record<string, unknown>
}

/** Something that matters only now, such as typing; may be dropped, is never stored. */
export interface SignalIn {
  type: 'signal'
  kind: SignalKind
  scope: Id
  ttl_ms?: number
}

/** Asks for a pong. */
export interface PingIn {
  type: 'ping'
  n: number
}

/** Answers a ping; `cursor` is the last one that the client applied. */
export interface PongIn {
  type: 'pong'
  n: number
  cursor?: Cursor | null
}

/** A bridge's word that it has handled everything up to `cursor`; cumulative. */
export interface Ack {
  type: 'ack'
  cursor: Cursor
  lease: number
}

/** What the server accepts on this connection. */
export interface Limits {
  frame_bytes: number
  commands_in_flight: number
  commands_per_second: number
}

/**
 * Answers `hello`.
 *
 * `mode` is `resume` where `hello` brought a cursor: events follow it, or a `reset` that says why not. Else
 * it is `snapshot`: fetch one, then `resume`; until then nothing is delivered.
 */
export interface Welcome {
  type: 'welcome'
  connection: Id
  log: Id
  cursor: Cursor
  mode: 'resume' | 'snapshot'
  heartbeat_ms: number
  now: Millis
  limits: Limits
  expires: Millis
}

/** The client's cursor cannot be followed: fetch `snapshot`, then `resume` with its cursor. */
export interface Reset {
  type: 'reset'
  reason: ResetReason
  snapshot: string
}

/** One fact of a log; its `id` is the same in every log that holds it. */
export interface Event {
  id: Id
  kind: string
  scope: Id
  entity: Id
  version: number
  actor: Id
  at: Millis
  body?: unknown
  tombstone?: boolean
}

/** All that this person may see in `(after, upto]`. Apply it only if `after` is your cursor. */
export interface Events {
  type: 'events'
  after: Cursor
  upto: Cursor
  events: Event[]
}

/** Why a command was refused, in a word for programs and a sentence for people. */
export interface Problem {
  code: string
  message: string
  temporary?: boolean
  retry_after_ms?: number | null
}

/** The one answer to a command. `upto` covers its last event; `repeated` marks a kept answer. */
export interface Reply {
  type: 'reply'
  id: number
  ok: boolean
  result?: unknown
  error?: Problem | null
  upto?: Cursor | null
  repeated?: boolean
}

/** A signal as delivered; the server has set the actor (none where a client must not know who). */
export interface Signal {
  type: 'signal'
  kind: SignalKind
  scope: Id
  ttl_ms: number
  actor?: Id | null
}

/** The server's heartbeat. */
export interface Ping {
  type: 'ping'
  n: number
}

/** Answers the client's ping. */
export interface Pong {
  type: 'pong'
  n: number
}

/** Said before a close: come back after a random time within `retry_ms`, if the code's family allows. */
export interface Bye {
  type: 'bye'
  code: number
  reason: string
  retry_ms: [number, number]
}

// Commands

/** Text with at most one attached document (its id); the first message opens the portal. */
export interface SendMessage {
  portal: Id
  text?: string
  attachment?: Id | null
}

/** The new message's id and its place in the portal's feed. */
export interface MessageSent {
  message: Id
  number: number
}

/** `stop_share` also ends the share that came with the message. */
export interface DeleteMessage {
  message: Id
  stop_share?: boolean
}

/** Moves the person's read marker forward to message `number`; a lower one changes nothing. */
export interface ReadPortal {
  portal: Id
  number: number
}

/** Where the marker stands now. */
export interface MarkerMoved {
  number: number
}

/** Keeps what was begun, so that it follows the person to another device; empty text clears it. */
export interface SaveDraft {
  scope: Id
  channel: 'portal' | 'text'
  text: string
}

/** The entity that was changed, and its version now. */
export interface Done {
  id: Id
  version: number
}

/** `history` says whether a contact sees what came before (rule A2); firm users always do. */
export interface AddParticipant {
  portal: Id
  person: Id
  history?: 'all' | 'from_now'
}

/** Ends a person's part at once. */
export interface RemoveParticipant {
  portal: Id
  person: Id
}

/** Gives a document another name. */
export interface RenameDocument {
  document: Id
  name: string
}

/** Removes a document from its matter; its shares stop with it. */
export interface DeleteDocument {
  document: Id
}

/** Makes a document of the matter visible in its portal, without a message. */
export interface AddShare {
  portal: Id
  document: Id
}

/** Ends one share. The result names any other share that still gives access (rule D3). */
export interface StopShare {
  share: Id
}

/** The share that has ended, and those of the same document that still stand. */
export interface ShareStopped {
  share: Share
  others: Share[]
}

/** Text to a contact's texting number, from the firm's number. */
export interface SendText {
  contact: Id
  text: string
}

/** Sends a failed or unconfirmed text again, as a new one linked to the old. */
export interface RetryText {
  text: Id
}

/** The new text's id, its place in the thread, and the parts it is billed as. */
export interface TextQueued {
  text: Id
  number: number
  segments: number
}

/** Moves the user's read marker of a thread forward to text `number`. */
export interface ReadThread {
  contact: Id
  number: number
}

/** Emails and phones in order; without a choice the first email signs in and no phone texts. */
export interface CreateContact {
  name: string
  emails?: string[]
  phones?: string[]
  sign_in_email?: string | null
  texting_phone?: string | null
  note?: string
}

/** Changes what is given and leaves the rest. */
export interface UpdateContact {
  contact: Id
  name?: string
  emails?: string[]
  phones?: string[]
  sign_in_email?: string | null
  texting_phone?: string | null
  note?: string
}

/** A case for one client; related contacts and responsible users by id. */
export interface CreateMatter {
  name: string
  client: Id
  number?: string
  area?: string
  related?: Id[]
  responsible?: Id[]
}

/** Changes what is given and leaves the rest. */
export interface UpdateMatter {
  matter: Id
  name?: string
  client?: Id
  number?: string
  area?: string
  related?: Id[]
  responsible?: Id[]
}

/** A new member or admin, who signs in with this address and password. */
export interface CreateUser {
  name: string
  email: string
  password: string
  role?: 'admin' | 'member'
  title?: string
}

/** Changes what is given; a new password, another role or `active: false` ends the user's sessions. */
export interface UpdateUser {
  user: Id
  name?: string
  title?: string
  role?: 'admin' | 'member'
  active?: boolean
  password?: string
}

/** Signs one of the person's own browsers or phones out. */
export interface EndSession {
  session: Id
}

// Queries

/** No arguments. */
export type Nothing = Record<string, never>

/** Who is asking. */
export interface Me {
  id: Id
  name: string
  role: Role
  email: string
  title?: string
}

/**
 * A snapshot of everything that a person's list needs, with the cursor that it was read at.
 *
 * `messages` and `texts` hold the last of each portal and thread; `shares` the last that stands by itself;
 * `markers` the firm's view of who has read how far.
 */
export interface Inbox {
  cursor: Cursor
  me: Me
  firm: Firm
  users: User[]
  portals: Portal[]
  participants: Participant[]
  messages: Message[]
  shares: Share[]
  markers: ReadMarker[]
  threads: Thread[]
  texts: Text[]
  unread: Unread[]
  drafts: Draft[]
}

/** The newest items of a portal, or those before message number `before`. */
export interface PortalPage {
  portal: Id
  before?: number | null
}

/**
 * Up to 60 messages with the facts between them, ascending; `more` says whether older ones exist.
 *
 * All participants, present and former, all shares and the firm's view of who has read how far come with the
 * newest page.
 */
export interface PortalItems {
  cursor: Cursor
  portal: Portal
  participants: Participant[]
  messages: Message[]
  facts: Fact[]
  markers: ReadMarker[]
  shares: Share[]
  more: boolean
}

/** The newest texts with a contact, or those before text number `before`. */
export interface ThreadPage {
  contact: Id
  before?: number | null
}

/** Up to 60 texts, ascending; `more` says whether older ones exist. */
export interface ThreadItems {
  cursor: Cursor
  thread: Thread
  contact: Contact
  texts: Text[]
  more: boolean
}

/** A page of records by name; `after` is the last id of the page before. */
export interface Search {
  find?: string
  after?: Id | null
  limit?: number
}

/** Contacts by name. */
export interface Contacts {
  contacts: Contact[]
  more: boolean
}

/** One contact. */
export interface ContactQuery {
  contact: Id
}

/** A contact with the matters in which it is the client or related. */
export interface ContactCard {
  contact: Contact
  matters: Matter[]
  has_thread: boolean
}

/** Matters by name. */
export interface Matters {
  matters: Matter[]
  more: boolean
}

/** One matter. */
export interface MatterQuery {
  matter: Id
}

/**
 * A matter with its people and documents.
 *
 * `portal`: `none` it can be opened; `open` the asker takes part; `closed_to_you` it exists (told to admins
 * only, who may add themselves or a colleague); `hidden` nothing is told (rule P9).
 */
export interface MatterCard {
  matter: Matter
  contacts: Contact[]
  documents: Document[]
  shares: Share[]
  portal: string
  participants: Participant[]
}

/** Everybody at the firm. */
export interface Users {
  users: User[]
}

/** The person's signed-in browsers and phones. */
export interface Sessions {
  sessions: Session[]
}

/** A text from a number that the firm never wrote to. */
export interface StrayText {
  id: Id
  phone: string
  text: string
  at: Millis
}

/** Texts that belong to no thread (rule T2), newest first. */
export interface Quarantine {
  texts: StrayText[]
}

// Events

/** A fact of a portal, with the participant as it left them; a reading moves a marker to `upto`. */
export interface PortalFact {
  fact: Fact
  participant?: Participant | null
}

/** The person's own read marker, for that person's other devices. */
export interface Marker {
  scope: Id
  number: number
}

/** Everybody who takes or took part in a portal, as a client may know it: without times. */
export interface People {
  portal: Id
  participants: Participant[]
}

/** The portal that the person takes part in from now on; its items come by `portal.get`. */
export interface Joined {
  portal: Portal
  participants: Participant[]
}

/** The portal that is closed to this person from now on. */
export interface Left {
  portal: Id
}

// Signing in

/** A firm user's address and password. */
export interface PasswordSignIn {
  email: string
  password: string
}

/** A client's wish for an emailed link. The answer is the same whether or not the address is known. */
export interface LinkRequest {
  firm: FirmSlug
  email: string
}

/**
 * Two proofs out of three: the link's token, its code, the browser that asked for it (by its cookie).
 *
 * `remember`: this phone or computer stays signed in for 30 days.
 */
export interface Redemption {
  firm: FirmSlug
  token?: string | null
  code?: string | null
  remember?: boolean
}

/** Who is signed in, and the token that state-changing requests carry in `X-Causeway-CSRF`. */
export interface SignedIn {
  me: Me
  firm: Firm
  csrf: string
  expires: Millis
}

/** What a sign-in page shows of a firm to somebody who is not signed in. */
export interface FirmName {
  name: string
  slug: string
}

/** What a client may say. */
export type Inbound = Hello | Resume | CommandFrame | SignalIn | PingIn | PongIn | Ack

/** What the server may say. */
export type Outbound = Welcome | Reset | Events | Reply | Signal | Ping | Pong | Bye

/** Every command with what it takes and gives. */
export interface Commands {
  'message.send': { args: SendMessage; result: MessageSent }
  'message.delete': { args: DeleteMessage; result: Done }
  'portal.read': { args: ReadPortal; result: MarkerMoved }
  'draft.save': { args: SaveDraft; result: Done }
  'participant.add': { args: AddParticipant; result: Participant }
  'participant.remove': { args: RemoveParticipant; result: Participant }
  'document.rename': { args: RenameDocument; result: Document }
  'document.delete': { args: DeleteDocument; result: Document }
  'share.add': { args: AddShare; result: Share }
  'share.stop': { args: StopShare; result: ShareStopped }
  'text.send': { args: SendText; result: TextQueued }
  'text.retry': { args: RetryText; result: TextQueued }
  'thread.read': { args: ReadThread; result: MarkerMoved }
  'contact.create': { args: CreateContact; result: Contact }
  'contact.update': { args: UpdateContact; result: Contact }
  'matter.create': { args: CreateMatter; result: Matter }
  'matter.update': { args: UpdateMatter; result: Matter }
  'user.create': { args: CreateUser; result: User }
  'user.update': { args: UpdateUser; result: User }
  'session.end': { args: EndSession; result: Done }
}

/** Every query with what it takes and gives. */
export interface Queries {
  'inbox.get': { args: Nothing; result: Inbox }
  'portal.get': { args: PortalPage; result: PortalItems }
  'thread.get': { args: ThreadPage; result: ThreadItems }
  'contact.list': { args: Search; result: Contacts }
  'contact.get': { args: ContactQuery; result: ContactCard }
  'matter.list': { args: Search; result: Matters }
  'matter.get': { args: MatterQuery; result: MatterCard }
  'user.list': { args: Nothing; result: Users }
  'session.list': { args: Nothing; result: Sessions }
  'quarantine.list': { args: Nothing; result: Quarantine }
}

/** Every kind of event with its body. */
export interface EventBodies {
  /** You take part from now on. */
  'portal.joined': Joined
  /** The matter's name, number or area changed. */
  'portal.changed': Portal
  /** You no longer take part; forget the portal. */
  'portal.left': Left
  /** You read a portal on one of your devices. */
  'portal.read': Marker
  /** Somebody wrote. */
  'message.sent': Message
  /** A message's attachment changed. */
  'message.changed': Message
  /** A message became a tombstone. */
  'message.deleted': Message
  /** A participant read up to a message. */
  'message.read': PortalFact
  /** A participant opened a document for the first time. */
  'document.opened': PortalFact
  /** Somebody was added to the portal. */
  'participant.added': PortalFact
  /** Somebody was removed from the portal. */
  'participant.removed': PortalFact
  /** A participant's name or title changed. */
  'participant.changed': Participant
  /** A participant's sign-in address changed. */
  'email.changed': PortalFact
  /** A document that a fact names was renamed. */
  'fact.changed': PortalFact
  /** Who takes part, as clients know it. */
  'participants.changed': People
  /** A document became visible in the portal. */
  'share.added': Share
  /** A shared document was renamed. */
  'share.changed': Share
  /** A share ended; its content is refused from now on. */
  'share.stopped': Share
  /** You began or finished writing on one of your devices. */
  'draft.saved': Draft
  /** One of your sessions ended; its sockets close. */
  'session.ended': Session
  /** A contact texted the firm. */
  'text.received': Text
  /** Somebody at the firm texted a contact. */
  'text.queued': Text
  /** A text took a further step, or failed with its reason. */
  'text.changed': Text
  /** A thread began, or its number or consent changed. */
  'thread.changed': Thread
  /** You read a thread on one of your devices. */
  'thread.read': Marker
  /** A contact was created or changed. */
  'contact.changed': Contact
  /** A matter was created or changed. */
  'matter.changed': Matter
  /** A document was added, renamed or deleted. */
  'document.changed': Document
  /** Somebody at the firm was added or changed. */
  'user.changed': User
}

export type EventKind = keyof EventBodies

/** An event whose kind this version knows, with its body. */
export type KnownEvent = {
  [Kind in EventKind]: Omit<Event, 'kind' | 'body'> & { kind: Kind; body?: EventBodies[Kind] }
}[EventKind]

/** Why something is refused; if `temporary`, sending it again may help. */
export const REFUSALS = {
  /** The request does not fit its description; the message says which part and how. */
  invalid: { http_status: 400, temporary: false },
  /** No command or query has this name in this version. */
  unknown_command: { http_status: 404, temporary: false },
  /** Sign in first. */
  not_signed_in: { http_status: 401, temporary: false },
  /** The address, password, link or code is wrong, used or expired. */
  bad_credentials: { http_status: 401, temporary: false },
  /** This browser did not ask for the link: type the code from the same email. */
  code_needed: { http_status: 401, temporary: false },
  /** This needs a sign-in of the last ten minutes. */
  fresh_sign_in: { http_status: 403, temporary: false },
  /** The request did not come from a page of this server. */
  csrf: { http_status: 403, temporary: false },
  /** Your role does not allow this. */
  forbidden: { http_status: 403, temporary: false },
  /** There is no such thing, or not for you. */
  not_found: { http_status: 404, temporary: false },
  /** The thing has changed, or is already so; the message says how. */
  conflict: { http_status: 409, temporary: false },
  /** This key was used before with another body. */
  key_reused: { http_status: 409, temporary: false },
  /** A later command of this device has already taken effect. */
  out_of_order: { http_status: 409, temporary: true },
  /** A message needs text or an attachment. */
  empty: { http_status: 400, temporary: false },
  /** The content is larger than the limit. */
  too_large: { http_status: 413, temporary: false },
  /** A portal keeps at least one person of the firm. */
  last_firm_participant: { http_status: 409, temporary: false },
  /** The contact has no phone chosen for texting. */
  no_texting_phone: { http_status: 409, temporary: false },
  /** The contact has opted out of texts. */
  opted_out: { http_status: 409, temporary: false },
  /** The firm has no texting number yet. */
  texting_off: { http_status: 409, temporary: false },
  /** Too many requests; wait and send it again. */
  too_many: { http_status: 429, temporary: true },
  /** The store is away for the moment; nothing was lost. */
  unavailable: { http_status: 503, temporary: true },
  /** A fault on our side; the message has its reference. */
  internal: { http_status: 500, temporary: true },
} as const

export type RefusalCode = keyof typeof REFUSALS

/** Why the server closes a socket, and within which time to come back. */
export const CLOSES = {
  /** A fault on our side. Keep the cursor and resume. */
  internal: { code: 4000, retry_ms: [0, 1000] },
  /** This node is shutting down. Resume on another. */
  draining: { code: 4001, retry_ms: [0, 5000] },
  /** Nothing was heard for 60 seconds. */
  heartbeat: { code: 4002, retry_ms: [0, 1000] },
  /** The connection could not keep up. Resume where you were. */
  slow: { code: 4003, retry_ms: [0, 1000] },
  /** Too many commands. */
  rate: { code: 4004, retry_ms: [2000, 10000] },
  /** The store is away for the moment. */
  store_away: { code: 4005, retry_ms: [1000, 10000] },
  /** The session ended by time. Sign in, then resume. */
  expired: { code: 4100, retry_ms: [0, 1000] },
  /** The token is unknown, used or belongs to another session. */
  bad_ticket: { code: 4101, retry_ms: [0, 1000] },
  /** Your role changed. Connect again. */
  rights_changed: { code: 4102, retry_ms: [0, 1000] },
  /** The cursor cannot be followed. Fetch a snapshot. */
  start_over: { code: 4200, retry_ms: [0, 1000] },
  /** A frame was not understood, or not allowed at this moment. */
  malformed: { code: 4300, retry_ms: [0, 1000] },
  /** A frame was larger than 64 KiB. */
  too_large: { code: 4301, retry_ms: [0, 1000] },
  /** Text and binary frames belong to different subprotocols. */
  wrong_encoding: { code: 4302, retry_ms: [0, 1000] },
  /** This server does not speak the subprotocol asked for. */
  version: { code: 4303, retry_ms: [0, 1000] },
  /** Nothing was said for 10 seconds after opening. */
  no_hello: { code: 4304, retry_ms: [0, 1000] },
  /** This page or program may not connect. */
  forbidden: { code: 4400, retry_ms: [0, 1000] },
  /** The session was ended. Sign in again. */
  session_revoked: { code: 4401, retry_ms: [0, 1000] },
  /** The account is not active. */
  suspended: { code: 4402, retry_ms: [0, 1000] },
  /** A newer connection of the same person took this place. */
  too_many_sockets: { code: 4403, retry_ms: [0, 1000] },
  /** Another instance of the bridge took the lease. */
  taken_over: { code: 4409, retry_ms: [0, 1000] },
} as const

export type CloseName = keyof typeof CLOSES

/** What to do after a close, by the first two digits of its code. */
export const CLOSE_FAMILIES = {
  /** Keep the cursor; resume after a random wait. */
  resume: 40,
  /** Get a new credential, then resume. */
  new_credential: 41,
  /** Drop the cursor; take a snapshot. */
  start_over: 42,
  /** Stop; this client needs mending or upgrading. */
  upgrade: 43,
  /** Stop; the person must act. */
  stop: 44,
} as const

export type CloseFamily = keyof typeof CLOSE_FAMILIES

/** The subprotocols, in the order in which a client prefers them. */
export const SUBPROTOCOLS = ['causeway.v1.msgpack', 'causeway.v1.json'] as const

/** One frame from a client. */
export const MAX_INBOUND_FRAME_BYTES = 65_536
/** Events of one frame, unless a single one is larger. */
export const MAX_BATCH_BYTES = 49_152
/** Events in one `events` frame. */
export const MAX_BATCH_EVENTS = 256
/** Commands of one socket without a reply. */
export const MAX_COMMANDS_IN_FLIGHT = 32
/** Commands of one socket, lastingly. */
export const COMMANDS_PER_SECOND = 20
/** Commands of one socket at once, after a rest. */
export const COMMANDS_BURST = 60
/** One more ends the oldest. */
export const MAX_SOCKETS_PER_PERSON = 10
/** From opening the socket to `hello`. */
export const HELLO_TIMEOUT_MS = 10_000
/** Between two pings of the server. */
export const HEARTBEAT_MS = 25_000
/** Without a frame; then the far side is gone. */
export const SILENCE_TIMEOUT_MS = 60_000
/** Between two signals of one kind and scope. */
export const SIGNAL_INTERVAL_MS = 2000
/** The text of a portal message. */
export const MAX_MESSAGE_CHARACTERS = 16_000
/** A text message, all parts together. */
export const MAX_TEXT_CHARACTERS = 2048
/** One uploaded file. */
export const MAX_UPLOAD_BYTES = 104_857_600
/** The greatest number of an item in a feed. */
export const MAX_FEED_NUMBER = 2_147_483_647
/** Messages or texts in one page of a feed. */
export const PAGE_ITEMS = 60
/** One page of a feed; a larger one is cut short. */
export const MAX_PAGE_BYTES = 262_144
