import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { query } from '../../connection/http'
import type { MatterCard } from '../../protocol'
import { participants, shares } from '../../state/portals'
import { documents, matters } from '../../state/records'
import { generation } from '../../state/session'

/**
 * A matter with its people and documents: undefined while asked for, null where there is none.
 *
 * It is asked for anew when an event touched the matter; documents are joined to what events have told since.
 */
export function useMatterCard(matter: string): MatterCard | null | undefined {
  const card = useSignal<MatterCard | null | undefined>(undefined)
  const present = participants.list().filter(stay => stay.portal === matter && !stay.left).length
  useEffect(() => {
    query('matter.get', { matter }).then(
      found => {
        matters.put(found.matter)
        documents.put(...found.documents)
        shares.put(...found.shares)
        card.value = found
      },
      () => {
        card.value ??= null
      },
    )
  }, [matter, generation.value, matters.get(matter)?.version, present])
  if (!card.value) return card.value
  const held = documents.list().filter(document => document.matter === matter && !document.deleted)
  return { ...card.value, documents: held.sort((a, b) => b.at - a.at) }
}
