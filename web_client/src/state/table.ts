import { type Signal, signal } from '@preact/signals'

interface Entity {
  id: string
  version: number
}

type Join<T> = (held: T, given: T) => T

/** The higher version wins, so events, pages and snapshots may arrive in any order and any number of times. */
export const newer = <T extends Entity>(held: T, given: T): T =>
  given.version >= held.version ? given : held

/** Entities of one kind by id. */
export class Table<T extends Entity> {
  readonly rows: Signal<ReadonlyMap<string, T>> = signal(new Map())

  constructor(private readonly join: Join<T> = newer) {}

  get(id: string): T | undefined {
    return this.rows.value.get(id)
  }

  put(...given: T[]): void {
    const rows = new Map(this.rows.peek())
    for (const row of given) {
      const held = rows.get(row.id)
      rows.set(row.id, held ? this.join(held, row) : row)
    }
    this.rows.value = rows
  }

  change(id: string, step: (row: T) => T): void {
    const held = this.rows.peek().get(id)
    if (held) this.rows.value = new Map(this.rows.peek()).set(id, step(held))
  }

  /** A snapshot is the whole truth: what it does not name is gone. */
  replace(given: readonly T[]): void {
    this.rows.value = new Map(given.map(row => [row.id, row]))
  }

  drop(id: string): void {
    const rows = new Map(this.rows.peek())
    if (rows.delete(id)) this.rows.value = rows
  }

  list(): T[] {
    return [...this.rows.value.values()]
  }
}
