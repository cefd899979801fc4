import { query } from '../../connection/http'
import { askPages } from '../../connection/pages'
import type { Matter } from '../../protocol'
import { matters } from '../../state/records'

/** Matters whose names contain the text, as many pages of 50 as asked for. */
export const listMatters = (find: string, pages: number) =>
  askPages(pages, async after => {
    const found = await query('matter.list', { find, ...after })
    matters.put(...found.matters)
    return { rows: found.matters, more: found.more }
  })

export const findMatters = async (find: string): Promise<Matter[]> => (await listMatters(find, 1)).rows
