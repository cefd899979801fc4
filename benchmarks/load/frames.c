#include "frames.h"

#include <stdint.h>
#include <stdlib.h>

static const unsigned char MASK[4] = {0x12, 0x34, 0x56, 0x78};

size_t frame_write(char *out, int opcode, int masked, const char *payload, size_t length)
{
    if (length > UINT16_MAX)
        abort();
    size_t at = 0;
    int mask_bit = masked ? 0x80 : 0;
    out[at++] = (char)(0x80 | opcode);
    if (length < 126) {
        out[at++] = (char)(mask_bit | (int)length);
    } else {
        out[at++] = (char)(mask_bit | 126);
        out[at++] = (char)(length >> 8);
        out[at++] = (char)(length & 0xff);
    }
    for (int i = 0; masked && i < 4; i++)
        out[at++] = (char)MASK[i];
    for (size_t i = 0; i < length; i++)
        out[at + i] = masked ? (char)(payload[i] ^ MASK[i & 3]) : payload[i];
    return at + length;
}

/* The length of the payload, and where it begins; 0 where that has not arrived. */
static size_t read_head(const unsigned char *bytes, size_t length, uint64_t *payload)
{
    if (length < 2)
        return 0;
    size_t head = 2, wide = 0;
    *payload = bytes[1] & 127;
    if (*payload == 126)
        wide = 2;
    else if (*payload == 127)
        wide = 8;
    if (length < head + wide)
        return 0;
    if (wide)
        *payload = 0;
    for (size_t i = 0; i < wide; i++)
        *payload = *payload << 8 | bytes[head + i];
    return head + wide;
}

size_t frame_read(char *bytes, size_t length, Frame *frame)
{
    uint64_t payload = 0;
    size_t head = read_head((unsigned char *)bytes, length, &payload);
    if (!head)
        return 0;
    size_t mask = bytes[1] & 0x80 ? 4 : 0;
    if (length < head + mask + payload)
        return 0;
    frame->opcode = bytes[0] & 15;
    frame->payload = bytes + head + mask;
    frame->length = payload;
    for (size_t i = 0; mask && i < payload; i++)
        frame->payload[i] ^= bytes[head + (i & 3)];
    return head + mask + payload;
}
