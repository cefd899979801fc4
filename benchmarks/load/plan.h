/* What a run does: where the server is, how its clients greet it, what they publish.
 *
 * A plan is a text file of lines `name value`. In values a byte may be written \xNN, and a space must be.
 *
 *   port 8000
 *   path /ws
 *   subprotocol causeway.v1.msgpack
 *   opcode 2                          1 for text frames, 2 for binary ones
 *   ready <marker>                    the frame that ends the greeting; without it an open socket is ready
 *   ask <marker>, answer <frame>      heartbeats
 *   acknowledged <marker>             the server's word that it has taken what its sender published
 *   refused <marker>                  ends the run
 *   publish <frame>                   with fields of fixed width that each publication fills in:
 *   stamp_at <offset>                 20 digits: when it was sent, in nanoseconds. Behind "T=", so it is found.
 *   number_at <offset>                8 bytes: the publisher's own count, most significant byte first
 *   key_at <offset>                   16 hexadecimal digits, different in each publication
 *   publishers <count>                so many of the first seats publish, in turn; all, unless said otherwise
 *   seat <headers> <hello>            one connection: its own headers, and its first frame (- for none)
 *
 * A marker is looked for in the first 32 bytes of a frame.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stddef.h>

typedef struct {
    char *bytes;
    size_t length;
} Text;

typedef struct {
    Text headers, hello;
} Seat;

typedef struct {
    int port, opcode;
    Text path, subprotocol;
    Text ready, ask, answer, acknowledged, refused;
    Text publish;
    long stamp_at, number_at, key_at; /* -1 where the frame has no such field */
    size_t publishers, seats;
    Seat *seat;
} Plan;

/* Reads a plan; says what is wrong with it and ends the program where it cannot. */
Plan plan_read(const char *path);

#endif
