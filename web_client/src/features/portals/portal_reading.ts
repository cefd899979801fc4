import { post } from '../../connection/line'

/** A message of a portal is read when it was really looked at for a second (rule R1). */
export const readingOf = (portal: string) => ({
  dwell_ms: 1_000,
  onRead: (number: number): void => post('portal.read', { portal, number }),
})
