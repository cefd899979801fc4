import { decode, Encoder } from '@msgpack/msgpack'
import type { Bye, Event, Ping, Pong, Reply, Reset, Signal, Welcome } from '../protocol'

export const SUBPROTOCOL = 'causeway.v1.msgpack'

/** A batch of events as this client reads it: the far side nests them undecoded, msgpack gives them whole. */
export interface EventsFrame {
  type: 'events'
  after: string
  upto: string
  events: Event[]
}

export type FrameIn = Welcome | Reset | EventsFrame | Reply | Signal | Ping | Pong | Bye

const encoder = new Encoder({ ignoreUndefined: true })

export function encodeFrame(frame: object): Uint8Array<ArrayBuffer> {
  return encoder.encode(frame)
}

/** Unknown frame types come back as they are; the reader ignores what it does not know. */
export function decodeFrame(data: ArrayBuffer): FrameIn {
  return decode(new Uint8Array(data)) as FrameIn
}
