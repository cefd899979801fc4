import { dayKey } from '../../ui/times'

const GROUP_MS = 5 * 60_000

export type Row<T> =
  | { kind: 'day'; key: string; at: number; fresh: boolean }
  | { kind: 'new'; key: string }
  | { kind: 'group'; key: string; author: string; at: number; items: T[] }
  | { kind: 'alone'; key: string; item: T }

interface Arranging<T> {
  author(item: T): string
  /** Events stand by themselves between the groups. */
  alone(item: T): boolean
  /** The first item that was new when the conversation was opened. */
  firstNew: string | null
}

interface Placed {
  id: string
  at: number
}

/**
 * Puts a feed into what a reader sees: a rule for each day, one "New" rule, and groups of what one person wrote
 * within five minutes of the group's first item.
 */
export function arrange<T extends Placed>(
  items: readonly T[],
  { author, alone, firstNew }: Arranging<T>,
): Row<T>[] {
  const rows: Row<T>[] = []
  let day = ''
  for (const item of items) {
    const fresh = item.id === firstNew
    if (dayKey(item.at) !== day) {
      day = dayKey(item.at)
      rows.push({ kind: 'day', key: `day ${day}`, at: item.at, fresh })
    } else if (fresh) rows.push({ kind: 'new', key: 'new' })
    if (alone(item)) rows.push({ kind: 'alone', key: item.id, item })
    else join(rows, item, author(item))
  }
  return rows
}

function join<T extends Placed>(rows: Row<T>[], item: T, author: string): void {
  const last = rows.at(-1)
  if (last?.kind === 'group' && last.author === author && item.at - last.at < GROUP_MS) last.items.push(item)
  else rows.push({ kind: 'group', key: item.id, author, at: item.at, items: [item] })
}
