import { describe, expect, test } from 'vitest'
import { arrange, type Row } from '../src/features/conversation/rows'

const MINUTE_MS = 60_000
const noon = new Date(2026, 10, 19, 12).getTime()

interface Item {
  id: string
  at: number
  author: string
  fact?: boolean
}

const item = (id: string, minutes: number, author = 'ana'): Item => ({
  id,
  at: noon + minutes * MINUTE_MS,
  author,
})
const show = (items: Item[], firstNew: string | null = null): string[] =>
  arrange(items, { author: each => each.author, alone: each => each.fact ?? false, firstNew }).map(name)

function name(row: Row<Item>): string {
  if (row.kind === 'group') return row.items.map(each => each.id).join('+')
  return row.kind === 'alone' ? `(${row.item.id})` : row.kind === 'day' && row.fresh ? 'new day' : row.kind
}

describe('a conversation is arranged', () => {
  test('in groups of five minutes by one author', () => {
    expect(show([item('a', 0), item('b', 4), item('c', 6), item('d', 7, 'tom'), item('e', 8)])).toEqual([
      'day',
      'a+b',
      'c',
      'd',
      'e',
    ])
  })

  test('with a rule for each day', () => {
    expect(show([item('a', 0), item('b', 24 * 60)])).toEqual(['day', 'a', 'day', 'b'])
  })

  test('with one rule where the new begins, which breaks a group', () => {
    expect(show([item('a', 0), item('b', 1), item('c', 2)], 'b')).toEqual(['day', 'a', 'new', 'b+c'])
  })

  test('with the new rule on the day rule where both fall together', () => {
    expect(show([item('a', 0), item('b', 24 * 60)], 'b')).toEqual(['day', 'a', 'new day', 'b'])
  })

  test('with events by themselves, between the groups', () => {
    expect(show([item('a', 0), { ...item('f', 1), fact: true }, item('b', 2)])).toEqual([
      'day',
      'a',
      '(f)',
      'b',
    ])
  })
})
