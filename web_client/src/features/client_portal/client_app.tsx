import { useEffect } from 'preact/hooks'
import { type SignedIn, stopReason } from '../../connection/line'
import { go, path } from '../../router'
import { closedPortals, portals } from '../../state/portals'
import { firm, generation } from '../../state/session'
import { Announcer } from '../../ui/announcer'
import { useHeadingFocus } from '../../ui/heading_focus'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { Toasts } from '../../ui/toast'
import { words } from '../../words'
import { ConnectionBanner } from '../shell/connection_banner'
import { Unreachable } from '../shell/unreachable'
import { ClientDocuments } from './client_documents'
import { ClientHome } from './client_home'
import { ClientMessages } from './client_messages'
import { ClientSignIn } from './client_sign_in'
import { ClientTabs } from './client_tabs'
import { type ClientPlace, firstPlace, isSignInPage, placeNow, placeOf } from './places'
import { PortalChoice } from './portal_choice'

/** `signedIn` is null for nobody, undefined where the server could not be asked. */
export function ClientApp({ signedIn }: { signedIn: SignedIn | null | undefined }) {
  if (signedIn === undefined) return <Unreachable />
  const fresh = isSignInPage() && location.hash.length > 1
  if (!signedIn || fresh || stopReason.value === 'signed_out')
    return <ClientSignIn ended={Boolean(signedIn) && !fresh} />
  return <Signed />
}

function Signed() {
  useHeadingFocus()
  const { portal, tab } = placeNow()
  const only = portals.rows.value.size === 1 ? portals.list()[0] : undefined
  const ready = generation.value > 0
  useEffect(() => {
    if (!ready) return
    if (isSignInPage()) go(firstPlace(), { replace: true })
    else if (!portal && only) go(placeOf(only.id, 'home'), { replace: true })
  }, [ready, only?.id, path.value])
  useEffect(() => {
    document.title = firm.value?.name ?? ''
  }, [firm.value])
  return (
    <div class="portal" data-ready={ready}>
      <ConnectionBanner />
      {ready ? <Screen portal={portal} tab={tab} /> : <main class="client-main" aria-busy="true" />}
      <Toasts />
      <Announcer />
    </div>
  )
}

function Screen({ portal, tab }: Pick<ClientPlace, 'portal' | 'tab'>) {
  if (!portal) return <PortalChoice />
  const found = portals.get(portal)
  if (!found || closedPortals.value.has(portal)) return <Closed />
  if (tab === 'messages') return <ClientMessages key={portal} portal={found} />
  return (
    <>
      {tab === 'documents' ? <ClientDocuments portal={found} /> : <ClientHome portal={found} />}
      <ClientTabs portal={portal} tab={tab} />
    </>
  )
}

function Closed() {
  const others = portals.rows.value.size > 0
  return (
    <main class="client-main">
      <div class="empty" role="alert">
        <Icon name="lock" />
        <h1>{words.value.client.closedTitle}</h1>
        <p>{words.value.client.closedLead}</p>
        {firm.value?.phone && <p class="num">{phoneName(firm.value.phone)}</p>}
        {others && (
          <button
            type="button"
            class="button quiet-button"
            onClick={() => go(firstPlace(), { replace: true })}
          >
            {words.value.client.yourPortals}
          </button>
        )}
      </div>
    </main>
  )
}
