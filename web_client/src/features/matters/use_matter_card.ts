import { query } from '../../connection/http'
import type { MatterCard } from '../../protocol'
import { participants, shares } from '../../state/portals'
import { documents, matters } from '../../state/records'
import { generation } from '../../state/session'
import { type Asked, useAsked } from '../shell/use_asked'

/**
 * A matter with its people and documents.
 *
 * It is asked for anew when an event touched the matter; documents are joined to what events have told since.
 */
export function useMatterCard(matter: string): Asked<MatterCard> {
  const present = participants.list().filter(stay => stay.portal === matter && !stay.left).length
  const asked = useAsked(async () => {
    const found = await query('matter.get', { matter })
    matters.put(found.matter)
    documents.put(...found.documents)
    shares.put(...found.shares)
    return found
  }, [matter, generation.value, matters.get(matter)?.version, present])
  if (!asked.found) return asked
  const held = documents.list().filter(document => document.matter === matter && !document.deleted)
  return { ...asked, found: { ...asked.found, documents: held.sort((a, b) => b.at - a.at) } }
}
