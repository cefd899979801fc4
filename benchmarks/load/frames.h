/* WebSocket frames, as both ends of the benchmarks need them: whole messages of at most 64 KiB. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stddef.h>

enum { OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };
enum { FRAME_HEAD_BYTES = 8 };

typedef struct {
    int opcode;
    char *payload;
    size_t length;
} Frame;

/* Writes a frame, masked as a client must or plain as a server must; gives its size. `out` has room for
 * the payload and FRAME_HEAD_BYTES. */
size_t frame_write(char *out, int opcode, int masked, const char *payload, size_t length);

/* Takes the first frame of `bytes` and unmasks it in place; gives its size, or 0 where it is not whole. */
size_t frame_read(char *bytes, size_t length, Frame *frame);

#endif
