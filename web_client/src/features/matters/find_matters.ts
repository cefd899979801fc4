import { query } from '../../connection/http'
import type { Matter } from '../../protocol'
import { matters } from '../../state/records'

export async function findMatters(find: string): Promise<Matter[]> {
  const found = await query('matter.list', { find, limit: 50 })
  matters.put(...found.matters)
  return found.matters
}
