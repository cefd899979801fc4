import type { Signal } from '@preact/signals'
import type { Portal } from '../../protocol'
import { go } from '../../router'
import { presentIn, standingShares } from '../../state/portals'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem } from '../../ui/menu'
import { narrow } from '../../ui/narrow'
import { Tabs } from '../../ui/tabs'
import { shortDay } from '../../ui/times'
import { say } from '../../words/firm'
import { PaneHead } from '../shell/pane_head'
import { DetailsButton } from '../shell/side_pane'
import { PORTAL_PANEL, type PortalTab } from './portal_screen'
import { setShowEvents, showEvents } from './show_events'

const FACES_SHOWN = 5

interface PortalHeaderProps {
  portal: Portal
  tab: PortalTab
  onManage(): void
  details: Signal<boolean>
}

export function PortalHeader({ portal, tab, onManage, details }: PortalHeaderProps) {
  const here = `/portals/${portal.id}`
  return (
    <PaneHead
      name={portal.name}
      serif
      back="/"
      backTo={say.portal.back}
      under={
        <>
          {portal.number && <span class="num">{portal.number}</span>}
          {portal.area && <span>{portal.area}</span>}
          <span>{say.portal.openSince(shortDay(portal.opened_at))}</span>
        </>
      }
      below={
        <div class="pane-tabs">
          <Tabs
            label={say.portal.label}
            chosen={tab === 'shared' ? `${here}/shared` : here}
            panel={PORTAL_PANEL}
            tabs={[
              { to: here, name: say.portal.messages },
              { to: `${here}/shared`, name: say.portal.resources, count: standingShares(portal.id).length },
            ]}
          />
          {tab === 'messages' && (
            <button
              type="button"
              class="switch"
              role="switch"
              aria-checked={showEvents.value}
              onClick={() => setShowEvents(!showEvents.value)}
            >
              {say.portal.events}
              <i />
            </button>
          )}
        </div>
      }
    >
      <Faces portal={portal.id} onManage={onManage} />
      <DetailsButton label={say.portal.details} open={details} />
      <PortalMenu portal={portal} onManage={onManage} details={details} />
    </PaneHead>
  )
}

/** Who takes part, at a glance; the way to all of them. */
function Faces({ portal, onManage }: { portal: string; onManage(): void }) {
  const stays = presentIn(portal)
  const shown = stays.length > FACES_SHOWN ? stays.slice(0, FACES_SHOWN - 1) : stays
  return (
    <button type="button" class="faces" onClick={onManage}>
      <span class="sr-only">{say.portal.manage}</span>
      {shown.map(stay => (
        <Avatar key={stay.id} name={stay.name} id={stay.person} side={stay.side} small />
      ))}
      {shown.length < stays.length && (
        <span class="avatar small others num" aria-hidden="true">
          +{stays.length - shown.length}
        </span>
      )}
    </button>
  )
}

function PortalMenu({ portal, onManage, details }: Omit<PortalHeaderProps, 'tab'>) {
  return (
    <Menu label={say.portal.more} button={<Icon name="more" />}>
      <MenuItem icon="eye" onChoose={() => setShowEvents(!showEvents.value)} checked={showEvents.value}>
        {say.portal.events}
      </MenuItem>
      {narrow.value && (
        <MenuItem icon="panel" onChoose={() => (details.value = true)}>
          {say.portal.details}
        </MenuItem>
      )}
      <MenuItem icon="users" onChoose={onManage}>
        {say.portal.manage}
      </MenuItem>
      <MenuItem icon="folder" onChoose={() => go(`/matters/${portal.id}`)}>
        {say.portal.goMatter}
      </MenuItem>
    </Menu>
  )
}
