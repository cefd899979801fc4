import { Link } from '../../router'
import { unreadIn } from '../../state/unread'
import { Icon, type IconName } from '../../ui/icon'
import { words } from '../../words'
import { type ClientTab, placeOf } from './places'

const TABS: readonly (readonly [ClientTab, IconName])[] = [
  ['home', 'home'],
  ['messages', 'chat'],
  ['documents', 'folder'],
]

export function ClientTabs({ portal, tab }: { portal: string; tab: ClientTab }) {
  const count = unreadIn(portal)
  return (
    <nav class="tab-bar" aria-label={words.value.client.sections}>
      {TABS.map(([each, icon]) => (
        <Link
          key={each}
          to={placeOf(portal, each)}
          class="place"
          aria-current={each === tab ? 'page' : undefined}
        >
          <Icon name={icon} />
          {words.value[each]}
          {each === 'messages' && count > 0 && (
            <b class="num">
              {count}
              <span class="sr-only"> {words.value.unread}</span>
            </b>
          )}
        </Link>
      ))}
    </nav>
  )
}
