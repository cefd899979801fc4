import { useEffect } from 'preact/hooks'
import { phase, type SignedIn, stopReason } from '../../connection/line'
import { path, pieces } from '../../router'
import { firm, generation } from '../../state/session'
import { totalUnread } from '../../state/unread'
import { Announcer } from '../../ui/announcer'
import { useHeadingFocus } from '../../ui/heading_focus'
import { Toasts } from '../../ui/toast'
import { say } from '../../words/firm'
import { ContactsScreen } from '../contacts/contacts_screen'
import { InboxScreen } from '../inbox/inbox_screen'
import { MattersScreen } from '../matters/matters_screen'
import { FirmSignIn } from '../sign_in/firm_sign_in'
import { UsersScreen } from '../users/users_screen'
import { ConnectionBanner } from './connection_banner'
import { Dialogs } from './dialogs'
import { Rail, TabBar } from './rail'
import { useShortcuts } from './shortcuts'
import { Unreachable } from './unreachable'

/** `signedIn` is null for nobody, undefined where the server could not be asked. */
export function FirmApp({ signedIn }: { signedIn: SignedIn | null | undefined }) {
  if (signedIn === undefined) return <Unreachable />
  if (!signedIn || stopReason.value === 'signed_out') return <FirmSignIn ended={signedIn !== null} />
  return <Workspace />
}

function Workspace() {
  useShortcuts()
  useHeadingFocus()
  useEffect(() => {
    const count = totalUnread.value ? `(${totalUnread.value}) ` : ''
    document.title = `${count}${say.inbox.title}, ${firm.value?.name ?? ''}`
  }, [totalUnread.value, firm.value])
  const [place = ''] = pieces(path.value)
  const open = pieces(path.value).length > 1 || place === 'people'
  return (
    <div class={`app${open ? ' open' : ''}`} data-ready={generation.value > 0 && phase.value === 'live'}>
      <Rail />
      <ConnectionBanner />
      <Screen place={place} />
      <TabBar />
      <Dialogs />
      <Toasts />
      <Announcer />
    </div>
  )
}

function Screen({ place }: { place: string }) {
  if (place === 'contacts') return <ContactsScreen />
  if (place === 'matters') return <MattersScreen />
  if (place === 'people') return <UsersScreen />
  return <InboxScreen />
}
