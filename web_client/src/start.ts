import { batch } from '@preact/signals'
import { render, type VNode } from 'preact'
import { query } from './connection/http'
import { openLine, type SignedIn, whoAmI } from './connection/line'
import { fetchPortalPage } from './features/portals/fetch_portal'
import type { Inbox } from './protocol'
import { type Appliers, applyWith } from './state/apply'
import { portalAppliers, portalFeeds, takePortals } from './state/portals'
import { generation } from './state/session'
import { heardSignal } from './state/signals'
import { replaceUnread } from './state/unread'

interface Application {
  /** `signedIn` is null for nobody, undefined where the server could not be asked. */
  show(signedIn: SignedIn | null | undefined): VNode
  /** What it takes from a snapshot and follows in the events, besides portals. */
  take?(inbox: Inbox): void
  appliers?: readonly Appliers[]
}

/** Finds out who is here, shows the application, and keeps it at what the server knows. */
export async function start({ show, take, appliers = [] }: Application): Promise<void> {
  const signedIn = await whoAmI().catch(() => undefined)
  const root = document.getElementById('app')
  if (root) render(show(signedIn), root)
  if (!signedIn) return
  const all = [
    portalAppliers(portal => void fetchPortalPage(portal).catch(() => portalFeeds.drop(portal))),
    ...appliers,
  ]
  const snapshot = async () => {
    const inbox = await query('inbox.get', {})
    batch(() => {
      takePortals(inbox)
      take?.(inbox)
      replaceUnread(inbox.unread)
      generation.value += 1
    })
    return inbox.cursor
  }
  await openLine(signedIn.me.id, {
    snapshot,
    apply: events => applyWith(all, events),
    signal: heardSignal,
  })
}
