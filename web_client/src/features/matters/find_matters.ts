import { query } from '../../connection/http'
import type { Matter } from '../../protocol'
import { matters } from '../../state/records'

/** Matters whose names contain the text, as many pages of 50 as asked for. */
export async function listMatters(find: string, pages: number): Promise<{ rows: Matter[]; more: boolean }> {
  const rows: Matter[] = []
  let more = true
  for (let page = 0; page < pages && more; page += 1) {
    const after = rows.at(-1)?.id
    const found = await query('matter.list', { find, ...(after && { after }) })
    matters.put(...found.matters)
    rows.push(...found.matters)
    more = found.more
  }
  return { rows, more }
}

export const findMatters = async (find: string): Promise<Matter[]> => (await listMatters(find, 1)).rows
