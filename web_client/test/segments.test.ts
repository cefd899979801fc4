import { expect, test } from 'vitest'
import vectors from '../../tests/protocol/vectors/segments.json'
import { measure } from '../src/features/texting/segments'

test.each(vectors)('T8: the composer counts like the server: $name', ({ name, text, ...expected }) => {
  expect(measure(text), name).toEqual(expected)
})
