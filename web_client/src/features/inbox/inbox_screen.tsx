import { path, pieces } from '../../router'
import { portals } from '../../state/portals'
import { generation } from '../../state/session'
import { threads } from '../../state/threads'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { say } from '../../words/firm'
import { PortalScreen } from '../portals/portal_screen'
import { StrayTexts } from '../texting/stray_texts'
import { TextScreen } from '../texting/text_screen'
import { ListPane, STRAY } from './list_pane'

/** Conversations on the left, the open one beside them. */
export function InboxScreen() {
  const [place, id, tab] = pieces(path.value)
  const kind = place === 'texts' ? 'texts' : 'portals'
  return (
    <>
      <ListPane kind={kind} open={id ?? null} />
      {generation.value === 0 ? (
        <main class="pane" aria-busy="true">
          <span class="sr-only">{words.value.loading}</span>
        </main>
      ) : !id ? (
        <Nothing kind={kind} />
      ) : kind === 'texts' && id === STRAY ? (
        <StrayTexts />
      ) : kind === 'texts' ? (
        <TextScreen key={id} contact={id} />
      ) : (
        <PortalScreen key={id} id={id} tab={tab === 'shared' ? 'shared' : 'messages'} />
      )}
    </>
  )
}

function Nothing({ kind }: { kind: 'portals' | 'texts' }) {
  const some = kind === 'texts' ? threads.rows.value.size > 0 : portals.rows.value.size > 0
  const empty =
    kind === 'texts'
      ? [say.inbox.noTexts, say.inbox.noTextsLead]
      : [say.inbox.noPortals, say.inbox.noPortalsLead]
  const [title, lead] = some ? [say.inbox.choose, say.inbox.chooseLead] : empty
  return (
    <main class="pane">
      <div class="empty">
        <Icon name={kind === 'texts' ? 'phone' : 'chat'} />
        <h2>{title}</h2>
        <p>{lead}</p>
      </div>
    </main>
  )
}
