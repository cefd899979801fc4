import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import vectors from '../../tests/protocol/vectors/frames.json'

// The server and the reference client replay the same file: one wire, three readers.
describe('golden vectors', () => {
  test.each(vectors)('$from: $name', ({ plain, json, msgpack }) => {
    expect(JSON.parse(json)).toEqual(plain)
    expect(decode(bytes(msgpack))).toEqual(plain)
    expect(hex(encode(plain))).toBe(msgpack)
  })
})

const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))

const hex = (data: Uint8Array): string =>
  Array.from(data, byte => byte.toString(16).padStart(2, '0')).join('')
