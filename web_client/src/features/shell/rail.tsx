import { Link, path, pieces } from '../../router'
import { firm, me } from '../../state/session'
import { totalUnread } from '../../state/unread'
import { initials } from '../../ui/avatar'
import { Icon, type IconName } from '../../ui/icon'
import { words } from '../../words'
import { say } from '../../words/firm'
import { AccountMenu } from './account_menu'

interface Place {
  to: string
  name: string
  icon: IconName
  holds: readonly string[]
}

const PLACES: readonly Place[] = [
  { to: '/', name: say.rail.inbox, icon: 'chat', holds: ['', 'portals', 'texts'] },
  { to: '/contacts', name: say.rail.contacts, icon: 'person', holds: ['contacts'] },
  { to: '/matters', name: say.rail.matters, icon: 'folder', holds: ['matters'] },
  { to: '/people', name: say.rail.people, icon: 'users', holds: ['people'] },
]

export function Rail() {
  return (
    <nav class="rail" aria-label={say.rail.main}>
      <div class="mark" aria-hidden="true">
        {initials(firm.value?.name ?? 'C').charAt(0)}
      </div>
      <Places />
      <span class="space" />
      {me.value && (
        <AccountMenu buttonClass="avatar firm tint-firm-1 mine-avatar" button={initials(me.value.name)} />
      )}
    </nav>
  )
}

/** The rail of a narrow screen. */
export function TabBar() {
  return (
    <nav class="tab-bar" aria-label={say.rail.sections}>
      <Places />
      <AccountMenu
        worded
        buttonClass="place"
        button={
          <>
            <Icon name="more" />
            {say.rail.more}
          </>
        }
      />
    </nav>
  )
}

function Places() {
  const [here = ''] = pieces(path.value)
  return (
    <>
      {PLACES.map(place => (
        <Link
          key={place.to}
          to={place.to}
          class="place"
          aria-current={place.holds.includes(here) ? 'page' : undefined}
        >
          <Icon name={place.icon} />
          {place.name}
          {place.to === '/' && totalUnread.value > 0 && (
            <b class="num">
              <span class="sr-only">{words.value.unread} </span>
              {totalUnread.value > 99 ? '99+' : totalUnread.value}
            </b>
          )}
        </Link>
      ))}
    </>
  )
}
