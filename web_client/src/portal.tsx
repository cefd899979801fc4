import './styles/client.css'
import { batch } from '@preact/signals'
import { render } from 'preact'
import { query, speakTo } from './connection/http'
import { openLine, whoAmI } from './connection/line'
import { ClientApp } from './features/client_portal/client_app'
import { speakChosen } from './features/client_portal/languages'
import { slugOf } from './features/client_portal/places'
import { fetchPortalPage } from './features/portals/fetch_portal'
import { applyWith } from './state/apply'
import { portalAppliers, portalFeeds, takePortals } from './state/portals'
import { generation } from './state/session'
import { heardSignal } from './state/signals'
import { replaceUnread } from './state/unread'
import { showTheme } from './ui/theme'

async function snapshot(): Promise<string> {
  const inbox = await query('inbox.get', {})
  batch(() => {
    takePortals(inbox)
    replaceUnread(inbox.unread)
    generation.value += 1
  })
  return inbox.cursor
}

async function start(): Promise<void> {
  const signedIn = await whoAmI().catch(() => undefined)
  const root = document.getElementById('app')
  if (root) render(<ClientApp signedIn={signedIn} />, root)
  if (!signedIn) return
  const features = [
    portalAppliers(portal => void fetchPortalPage(portal).catch(() => portalFeeds.drop(portal))),
  ]
  await openLine(signedIn.me.id, {
    snapshot,
    apply: events => applyWith(features, events),
    signal: heardSignal,
  })
}

showTheme()
speakChosen()
speakTo(slugOf(location.pathname))
void start()
