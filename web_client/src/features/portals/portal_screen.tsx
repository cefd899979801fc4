import { useSignal } from '@preact/signals'
import { go } from '../../router'
import { closedPortals, portalFeeds, portals, standingShares } from '../../state/portals'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { say } from '../../words/firm'
import { useFeed } from '../conversation/use_feed'
import { SharedResources } from '../documents/shared_resources'
import { ManageParticipants } from '../participants/manage_participants'
import { fetchPortalPage } from './fetch_portal'
import { NotInPortal } from './not_in_portal'
import { PortalHeader } from './portal_header'
import { PortalSide } from './portal_side'
import { PortalThread } from './portal_thread'

export type PortalTab = 'messages' | 'shared'
export const PORTAL_PANEL = 'portal-panel'

/** One portal: its messages or its shared resources, with what belongs to it at the side. */
export function PortalScreen({ id, tab }: { id: string; tab: PortalTab }) {
  const portal = portals.get(id)
  const managing = useSignal(false)
  const details = useSignal(false)
  if (closedPortals.value.has(id)) return <Closed />
  if (!portal) return <NotInPortal matter={id} />
  const manage = () => {
    managing.value = true
  }
  return (
    <>
      <main class="pane thread" aria-labelledby="pane-title">
        <PortalHeader portal={portal} tab={tab} onManage={manage} details={details} />
        <OpenPortal id={id} tab={tab} />
      </main>
      <PortalSide portal={portal} open={details} onManage={manage} />
      {managing.value && (
        <ManageParticipants
          portal={id}
          onClose={() => {
            managing.value = false
          }}
        />
      )}
    </>
  )
}

function OpenPortal({ id, tab }: { id: string; tab: PortalTab }) {
  const open = useFeed(portalFeeds, id, before => fetchPortalPage(id, before))
  return (
    <div
      class="panel"
      id={PORTAL_PANEL}
      role="tabpanel"
      aria-label={tab === 'shared' ? say.portal.resources : say.portal.messages}
    >
      {tab === 'shared' ? (
        <SharedResources portal={id} shares={standingShares(id)} />
      ) : (
        <PortalThread portal={id} open={open} />
      )}
    </div>
  )
}

function Closed() {
  return (
    <main class="pane">
      <div class="empty" role="alert">
        <Icon name="lock" />
        <h1>{say.portal.gone}</h1>
        <p>{say.portal.goneLead}</p>
        <button type="button" class="button quiet-button" onClick={() => go('/')}>
          {words.value.back}
        </button>
      </div>
    </main>
  )
}
