import './styles/firm.css'
import { batch } from '@preact/signals'
import { render } from 'preact'
import { query } from './connection/http'
import { openLine, whoAmI } from './connection/line'
import { fetchPortalPage } from './features/portals/fetch_portal'
import { FirmApp } from './features/shell/firm_app'
import { applyWith } from './state/apply'
import { portalAppliers, portalFeeds, takePortals } from './state/portals'
import { recordAppliers, users } from './state/records'
import { generation } from './state/session'
import { heardSignal } from './state/signals'
import { takeThreads, threadAppliers } from './state/threads'
import { replaceUnread } from './state/unread'
import { showTheme } from './ui/theme'
import { speakIn } from './words'
import { en } from './words/en'

async function snapshot(): Promise<string> {
  const inbox = await query('inbox.get', {})
  batch(() => {
    users.replace(inbox.users)
    takePortals(inbox)
    takeThreads(inbox)
    replaceUnread(inbox.unread)
    generation.value += 1
  })
  return inbox.cursor
}

async function start(): Promise<void> {
  const signedIn = await whoAmI().catch(() => undefined)
  const root = document.getElementById('app')
  if (root) render(<FirmApp signedIn={signedIn} />, root)
  if (!signedIn) return
  const features = [
    portalAppliers(portal => void fetchPortalPage(portal).catch(() => portalFeeds.drop(portal))),
    threadAppliers,
    recordAppliers,
  ]
  await openLine(signedIn.me.id, {
    snapshot,
    apply: events => applyWith(features, events),
    signal: heardSignal,
  })
}

showTheme()
speakIn(navigator.language.startsWith('en') ? navigator.language : 'en-US', en)
void start()
