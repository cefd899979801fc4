import { type Channel, draftPlace } from '../../state/drafts'
import { myId } from '../../state/session'

/** What was typed here and the server has not yet kept. It is dropped as soon as the server has it. */
export const keptDraft = {
  read: (scope: string, channel: Channel): string | null => localStorage.getItem(name(scope, channel)),
  write: (scope: string, channel: Channel, text: string): void =>
    localStorage.setItem(name(scope, channel), text),
  drop: (scope: string, channel: Channel): void => localStorage.removeItem(name(scope, channel)),
}

const name = (scope: string, channel: Channel) =>
  `causeway.draft.${myId.peek()}.${draftPlace(scope, channel)}`
