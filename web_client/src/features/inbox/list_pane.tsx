import type { ComponentChildren } from 'preact'
import { Link } from '../../router'
import { portals, portalsByTime } from '../../state/portals'
import { isAdmin } from '../../state/session'
import { threads, threadsByTime } from '../../state/threads'
import { unreadIn } from '../../state/unread'
import { Icon } from '../../ui/icon'
import { narrow } from '../../ui/narrow'
import { Tabs } from '../../ui/tabs'
import { say } from '../../words/firm'
import { openDialog } from '../shell/open_dialog'
import { needsReply } from './needs_reply'
import { PortalRow } from './portal_row'
import { ThreadRow } from './thread_row'

/** Where the texts that belong to no thread are, instead of a contact's id. */
export const STRAY = 'unknown'
const PANEL = 'conversation-list'

export function ListPane({ kind, open }: { kind: 'portals' | 'texts'; open: string | null }) {
  const unreadPortals = portals.list().filter(portal => unreadIn(portal.id)).length
  const unreadThreads = threads.list().filter(thread => unreadIn(thread.id)).length
  const Pane = narrow.value && !open ? 'main' : 'aside'
  return (
    <Pane class="list" aria-label={say.inbox.conversations}>
      <header>
        <div class="title-row">
          <h1>{say.inbox.title}</h1>
          <button type="button" class="button" onClick={() => openDialog('new')}>
            <Icon name="plus" small />
            {say.inbox.start}
          </button>
        </div>
        <button
          type="button"
          class="find"
          aria-keyshortcuts="Control+K"
          onClick={() => openDialog('palette')}
        >
          <Icon name="search" small />
          <span>{say.inbox.find}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <Tabs
          label={say.inbox.conversations}
          chosen={kind === 'texts' ? '/texts' : '/'}
          panel={PANEL}
          tabs={[
            { to: '/', name: say.inbox.portals, count: unreadPortals, counts: say.inbox.unreadCount },
            { to: '/texts', name: say.inbox.texts, count: unreadThreads, counts: say.inbox.unreadCount },
          ]}
        />
      </header>
      <div
        class="rows scrolls"
        id={PANEL}
        role="tabpanel"
        aria-label={kind === 'texts' ? say.inbox.texts : say.inbox.portals}
      >
        {kind === 'texts' ? <TextRows open={open} /> : <PortalRows open={open} />}
      </div>
    </Pane>
  )
}

function PortalRows({ open }: { open: string | null }) {
  const all = portalsByTime.value
  const replying = all.filter(portal => needsReply(portal.id))
  const waiting = all.filter(portal => !needsReply(portal.id))
  return (
    <>
      <Section name={say.inbox.needsReply} count={replying.length}>
        {replying.map(portal => (
          <PortalRow key={portal.id} portal={portal} open={portal.id === open} />
        ))}
      </Section>
      <Section name={say.inbox.waiting} count={waiting.length}>
        {waiting.map(portal => (
          <PortalRow key={portal.id} portal={portal} open={portal.id === open} />
        ))}
      </Section>
    </>
  )
}

function TextRows({ open }: { open: string | null }) {
  const all = threadsByTime.value
  const fresh = all.filter(thread => unreadIn(thread.id))
  const earlier = all.filter(thread => !unreadIn(thread.id))
  return (
    <>
      <Section name={say.inbox.unread} count={fresh.length}>
        {fresh.map(thread => (
          <ThreadRow key={thread.id} thread={thread} open={thread.id === open} />
        ))}
      </Section>
      <Section name={say.inbox.earlier}>
        {earlier.map(thread => (
          <ThreadRow key={thread.id} thread={thread} open={thread.id === open} />
        ))}
      </Section>
      {isAdmin.value && <StrayRow open={open === STRAY} />}
    </>
  )
}

function StrayRow({ open }: { open: boolean }) {
  return (
    <Link to={`/texts/${STRAY}`} class="row stray-row" aria-current={open ? 'true' : undefined}>
      <span class="row-icon">
        <Icon name="phone_off" />
      </span>
      <div>
        <span class="who">{say.stray.row}</span>
        <p class="quiet cut">{say.stray.rowLead}</p>
      </div>
    </Link>
  )
}

function Section({ name, count, children }: { name: string; count?: number; children: ComponentChildren[] }) {
  if (!children.length) return null
  return (
    <>
      <h2 class="section">
        <span>{name}</span>
        {count !== undefined && <span class="num">{count}</span>}
      </h2>
      <ul>{children}</ul>
    </>
  )
}
