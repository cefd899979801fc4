import { useSignal } from '@preact/signals'
import type { Message, Portal, Share } from '../../protocol'
import { Link } from '../../router'
import { personOf } from '../../state/people'
import { authorOf, type FeedItem, isFact, isShare, portalFeeds, presentIn } from '../../state/portals'
import { myId } from '../../state/session'
import { typists } from '../../state/signals'
import { Icon } from '../../ui/icon'
import { listOf, words } from '../../words'
import { Conversation } from '../conversation/conversation'
import { Typing } from '../conversation/typing'
import { type OpenFeed, useFeed } from '../conversation/use_feed'
import { fetchPortalPage } from '../portals/fetch_portal'
import { readingOf } from '../portals/portal_reading'
import { unsentIn } from '../portals/send_message'
import { ClientComposer } from './client_composer'
import { ClientGroup } from './client_group'
import { placeOf } from './places'
import { WhoSees } from './who_sees'

/** The conversation as a client sees it: no receipts of the firm, no events, no one's presence (rule R4). */
export function ClientMessages({ portal }: { portal: Portal }) {
  const asking = useSignal(false)
  const open = useFeed<FeedItem>(portalFeeds, portal.id, before => fetchPortalPage(portal.id, before))
  const team = presentIn(portal.id).filter(stay => stay.side === 'firm')
  return (
    <>
      <header class="client-head slim">
        <Link to={placeOf(portal.id, 'home')} class="icon-button" aria-label={words.value.back}>
          <Icon name="left" />
        </Link>
        <div class="names">
          <h1 class="caption cut">{portal.name}</h1>
          <p class="cut">{listOf(team.map(stay => stay.name))}</p>
        </div>
        <button
          type="button"
          class="icon-button"
          aria-label={words.value.client.whoSees}
          onClick={() => (asking.value = true)}
        >
          <Icon name="lock" />
        </button>
      </header>
      <main class="client-main client-thread">
        <Messages portal={portal.id} open={open} />
        <ClientComposer key={portal.id} portal={portal.id} />
      </main>
      {asking.value && <WhoSees portal={portal.id} onClose={() => (asking.value = false)} />}
    </>
  )
}

function Messages({ portal, open }: { portal: string; open: OpenFeed<FeedItem> }) {
  const { client, messages, thread } = words.value
  const items = [...(open.feed?.items.values() ?? [])]
    .filter((item): item is Message | Share => !isFact(item))
    .sort((a, b) => a.number - b.number)
  const lastMine = items.findLast(item => authorOf(item) === myId.value)?.id
  return (
    <Conversation
      scope={portal}
      label={messages}
      open={open}
      items={items}
      unsent={unsentIn(portal)}
      authorOf={authorOf}
      spoken={item =>
        thread.arrived(
          personOf(authorOf(item), portal)?.name ?? client.legalTeam,
          isShare(item) ? item.name : (item.text ?? ''),
        )
      }
      {...readingOf(portal)}
      empty={
        <div class="empty">
          <Icon name="chat" />
          <h2>{client.noMessages}</h2>
          <p>{client.noMessagesLead}</p>
        </div>
      }
      group={row => <ClientGroup key={row.key} portal={portal} row={row} lastMine={lastMine} />}
    >
      {typists.value.some(each => each.scope === portal) && <Typing sentence={client.teamTyping} />}
    </Conversation>
  )
}
