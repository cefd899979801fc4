import { decode, encode } from '@msgpack/msgpack'
import type { Socket } from '../src/connection/connection'

interface Frame {
  type: string
  [field: string]: unknown
}

/** The server's end of one socket, speaking the protocol: what it heard, and what it says. */
export class FarSide implements Socket {
  binaryType: BinaryType = 'blob'
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  readonly heard: Frame[] = []
  closed = false

  send(data: Parameters<Socket['send']>[0]): void {
    this.heard.push(decode(data as Uint8Array) as Frame)
  }

  close(): void {
    this.closed = true
  }

  accept(): void {
    this.onopen?.call(this as unknown as WebSocket, new Event('open'))
  }

  say(frame: Frame): void {
    const bytes = encode(frame)
    const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    this.onmessage?.call(this as unknown as WebSocket, { data } as MessageEvent)
  }

  hangUp(code: number): void {
    this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent)
  }

  welcome(mode: 'resume' | 'snapshot'): void {
    this.say({
      type: 'welcome',
      connection: 'c',
      log: 'l',
      cursor: 'head',
      mode,
      heartbeat_ms: 25_000,
      now: 0,
      limits: {},
      expires: 0,
    })
  }

  last(type: string): Frame | undefined {
    return this.heard.findLast(frame => frame.type === type)
  }

  commands(): Frame[] {
    return this.heard.filter(frame => frame.type === 'command')
  }
}
