import { authorOf, isGone, lastStanding, participantOf } from '../../state/portals'

/**
 * Whether the client had the last word: then the firm is waited for. What was deleted answers nobody, so where
 * this page does not know what stood before it, somebody has to look.
 */
export function needsReply(portal: string): boolean {
  const last = lastStanding(portal)
  return last !== undefined && (isGone(last) || participantOf(portal, authorOf(last))?.side === 'client')
}
