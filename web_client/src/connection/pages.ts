interface Page<T> {
  rows: T[]
  more: boolean
}

/** Asks for one page after another, each from the last row of the one before, up to `most` pages. */
export async function askPages<T extends { id: string }>(
  most: number,
  ask: (after: { after?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  const rows: T[] = []
  let more = true
  for (let page = 0; page < most && more; page += 1) {
    const last = rows.at(-1)?.id
    const found = await ask(last ? { after: last } : {})
    rows.push(...found.rows)
    more = found.more
  }
  return { rows, more }
}
