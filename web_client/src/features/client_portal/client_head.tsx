import { signOut } from '../../connection/line'
import type { Portal } from '../../protocol'
import { Link } from '../../router'
import { portals } from '../../state/portals'
import { firm, me } from '../../state/session'
import { initials } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem } from '../../ui/menu'
import { ThemeItems } from '../../ui/theme_items'
import { toastProblem } from '../../ui/toast'
import { words } from '../../words'
import { speakOther } from './languages'
import { firstPlace } from './places'

/** The firm's name, that this is private, and the case. */
export function ClientHead({ portal }: { portal?: Portal }) {
  return (
    <header class="client-head">
      <p class="firm-name">
        {portal && portals.rows.value.size > 1 ? (
          <Link to={firstPlace()} class="icon-button" aria-label={words.value.client.yourPortals}>
            <Icon name="left" />
          </Link>
        ) : (
          <span class="firm-mark" aria-hidden="true">
            {initials(firm.value?.name ?? 'C').charAt(0)}
          </span>
        )}
        {firm.value?.name}
        <span class="private">
          <Icon name="lock" small />
          {words.value.client.private}
        </span>
        <AccountMenu />
      </p>
      {portal && <h1 class="caption">{portal.name}</h1>}
    </header>
  )
}

function AccountMenu() {
  return (
    <Menu label={words.value.client.account} button={<Icon name="more" />}>
      <p class="about">
        <b>{me.value?.name}</b>
        {me.value?.email}
      </p>
      <hr />
      <MenuItem icon="chat" onChoose={speakOther}>
        {words.value.client.language}
      </MenuItem>
      <hr />
      <ThemeItems />
      <hr />
      <MenuItem icon="leave" onChoose={() => void signOut().catch(toastProblem)}>
        {words.value.signOut}
      </MenuItem>
    </Menu>
  )
}
