/** A stored number as people here write it: `+16285550164` gives `(628) 555-0164`. Others stay as they are. */
export function phoneName(phone: string): string {
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone) ?? []
  return area ? `(${area}) ${exchange}-${line}` : phone
}
