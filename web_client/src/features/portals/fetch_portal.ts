import { batch } from '@preact/signals'
import { query } from '../../connection/http'
import { takePage } from '../../state/portals'

export async function fetchPortalPage(portal: string, before?: number): Promise<void> {
  const page = await query('portal.get', { portal, ...(before !== undefined && { before }) })
  batch(() => takePage(page))
}
