import { pending } from '../../connection/line'
import type { Args, Pending } from '../../connection/outbox'

type Saying = 'message.send' | 'text.send'

/** What this device has said, as it stands in the conversation before it has come back. */
export interface Unsent<N extends Saying = Saying> {
  id: string
  at: number
  entry: Pending<N>
}

export const isUnsent = <T extends object, N extends Saying>(item: T | Unsent<N>): item is Unsent<N> =>
  'entry' in item

/** What is on its way by one command to one place and has not `arrived`, by id, in the feed of that place. */
export function unsentBy<N extends Saying>(
  name: N,
  isHere: (args: Args<N>) => boolean,
  arrived: ReadonlyMap<string, unknown> | undefined,
): Unsent<N>[] {
  return pending.value
    .filter((entry): entry is Pending<N> => entry.name === name)
    .filter(entry => isHere(entry.args) && !arrived?.has(entry.makes ?? ''))
    .map(entry => ({ id: entry.key, at: entry.at, entry }))
}
