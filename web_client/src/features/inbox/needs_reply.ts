import { authorOf, lastItems, participantOf } from '../../state/portals'

/** Whether the client had the last word: then the firm is waited for. */
export function needsReply(portal: string): boolean {
  const last = lastItems.value.get(portal)
  return last !== undefined && participantOf(portal, authorOf(last))?.side === 'client'
}
