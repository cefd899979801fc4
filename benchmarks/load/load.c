/* Opens many WebSockets to a server on this machine, publishes over some, and times what arrives.
 *
 *   load PLAN
 *
 * The plan (plan.h) says how. Once every seat is connected a line of JSON says so; then each line of the
 * standard input is one phase, answered by one line of JSON when it is over:
 *
 *   idle SECONDS
 *   flood WINDOW SECONDS acknowledged|delivered    as much as goes with so many publications under way
 *   pace PER_SECOND SECONDS                        so many a second, whatever has arrived
 */
#define _GNU_SOURCE
#include "frames.h"
#include "histogram.h"
#include "plan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    DIALS_AT_ONCE = 64,
    CONNECT_TIMEOUT_S = 60,
    SETTLE_MS = 300,
    DRAIN_TIMEOUT_S = 20,
    RUN_TIMEOUT_S = 240,
    MARKER_BYTES = 32,
    UNDER_WAY = 256, /* publications of one connection that are not acknowledged */
    STAMP_DIGITS = 20,
};

typedef enum { DIALING, UPGRADING, GREETING, READY, GONE } Stage;

typedef struct {
    int socket;
    Stage stage;
    char *rest; /* the beginning of a frame whose end has not arrived */
    size_t rest_length, rest_room;
    uint64_t published, acknowledged;
    uint64_t sent_at[UNDER_WAY];
} Connection;

static Plan plan;
static Connection *connections;
static int poller;
static size_t ready, gone;
static uint64_t published, acknowledged, delivered; /* in this phase */
static uint64_t keys;
static Histogram acknowledging, delivering;
static char arrived[1 << 20];

static void fail(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(2);
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int holds(const Frame *frame, Text marker)
{
    size_t seen = frame->length < MARKER_BYTES ? frame->length : MARKER_BYTES;
    return marker.length && memmem(frame->payload, seen, marker.bytes, marker.length) != NULL;
}

static void send_frame(Connection *connection, int opcode, const char *payload, size_t length)
{
    static char out[(1 << 16) + FRAME_HEAD_BYTES];
    size_t size = frame_write(out, opcode, 1, payload, length);
    if (send(connection->socket, out, size, MSG_NOSIGNAL) != (ssize_t)size)
        fail("the server does not read what is sent to it");
}

/* --- what arrives --- */

static void take_acknowledgement(Connection *connection, uint64_t now)
{
    if (connection->acknowledged == connection->published)
        fail("acknowledged more than was published");
    histogram_add(&acknowledging, now - connection->sent_at[connection->acknowledged++ % UNDER_WAY]);
    acknowledged++;
}

static void take_deliveries(const Frame *frame, uint64_t now)
{
    char *from = frame->payload, *end = frame->payload + frame->length;
    while (from < end && (from = memmem(from, (size_t)(end - from), "T=0", 3)) != NULL) {
        uint64_t sent_at = strtoull(from + 2, NULL, 10);
        histogram_add(&delivering, now - sent_at);
        delivered++;
        from += STAMP_DIGITS;
    }
}

static void take_frame(Connection *connection, const Frame *frame, uint64_t now)
{
    if (frame->opcode == OP_PING) {
        send_frame(connection, OP_PONG, frame->payload, frame->length);
    } else if (holds(frame, plan.refused)) {
        fprintf(stderr, "load: refused: %.*s\n", (int)frame->length, frame->payload);
        exit(3);
    } else if (connection->stage == GREETING) {
        if (holds(frame, plan.ready)) {
            connection->stage = READY;
            ready++;
        }
    } else if (holds(frame, plan.acknowledged)) {
        take_acknowledgement(connection, now);
    } else if (holds(frame, plan.ask)) {
        send_frame(connection, plan.opcode, plan.answer.bytes, plan.answer.length);
    } else {
        take_deliveries(frame, now);
    }
}

static size_t take_frames(Connection *connection, char *bytes, size_t length)
{
    size_t taken = 0, size;
    Frame frame;
    uint64_t now = now_ns();
    while ((size = frame_read(bytes + taken, length - taken, &frame)) > 0) {
        take_frame(connection, &frame, now);
        taken += size;
    }
    return taken;
}

static size_t take_upgrade(Connection *connection, const Seat *seat, char *bytes, size_t length)
{
    char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (strncmp(bytes, "HTTP/1.1 101", 12)) {
        fprintf(stderr, "load: the handshake was refused: %.*s\n", (int)length, bytes);
        exit(3);
    }
    connection->stage = plan.ready.length ? GREETING : READY;
    ready += connection->stage == READY;
    if (seat->hello.length)
        send_frame(connection, plan.opcode, seat->hello.bytes, seat->hello.length);
    return (size_t)(end + 4 - bytes);
}

static void keep_rest(Connection *connection, const char *bytes, size_t length)
{
    if (connection->rest_room < length) {
        connection->rest_room = length + 512;
        connection->rest = realloc(connection->rest, connection->rest_room);
    }
    memcpy(connection->rest, bytes, length);
    connection->rest_length = length;
}

static void hang_up(Connection *connection)
{
    close(connection->socket);
    connection->stage = GONE;
    gone++;
}

static void receive(Connection *connection)
{
    size_t length = connection->rest_length, taken = 0;
    memcpy(arrived, connection->rest, length);
    ssize_t got = recv(connection->socket, arrived + length, sizeof arrived - length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        hang_up(connection);
        return;
    }
    length += (size_t)got;
    if (connection->stage == UPGRADING)
        taken = take_upgrade(connection, &plan.seat[connection - connections], arrived, length);
    if (connection->stage != UPGRADING)
        taken += take_frames(connection, arrived + taken, length - taken);
    keep_rest(connection, arrived + taken, length - taken);
}

/* --- connecting --- */

static void dial(size_t place)
{
    Connection *connection = &connections[place];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)plan.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK); /* never another machine */
    int yes = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection->socket, (void *)&address, sizeof address) && errno != EINPROGRESS)
        fail("cannot connect");
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = (uint32_t)place};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->socket, &event);
}

static void upgrade(size_t place)
{
    Connection *connection = &connections[place];
    char request[4096];
    int named = plan.subprotocol.length > 0;
    /* The key is the RFC's example. */
    int length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s%s\r\n",
        plan.path.bytes, plan.port, named ? "Sec-WebSocket-Protocol: " : "",
        named ? plan.subprotocol.bytes : "", named ? "\r\n" : "", plan.seat[place].headers.bytes);
    if (length >= (int)sizeof request || send(connection->socket, request, (size_t)length, MSG_NOSIGNAL) != length)
        fail("cannot send the handshake");
    connection->stage = UPGRADING;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)place};
    epoll_ctl(poller, EPOLL_CTL_MOD, connection->socket, &event);
}

static void look(int timeout_ms)
{
    struct epoll_event events[512];
    int found = epoll_wait(poller, events, 512, timeout_ms);
    for (int i = 0; i < found; i++) {
        Connection *connection = &connections[events[i].data.u32];
        if (connection->stage == DIALING)
            upgrade(events[i].data.u32);
        else if (connection->stage != GONE)
            receive(connection);
    }
}

static void look_for(uint64_t ns)
{
    for (uint64_t until = now_ns() + ns; now_ns() < until;)
        look(20);
}

static void connect_all(void)
{
    uint64_t start = now_ns(), deadline = start + CONNECT_TIMEOUT_S * 1000000000ull;
    for (size_t dialed = 0; ready < plan.seats;) {
        while (dialed < plan.seats && dialed - ready < DIALS_AT_ONCE)
            dial(dialed++);
        look(100);
        if (gone || now_ns() > deadline)
            fail("not every seat was taken in");
    }
    double seconds = (double)(now_ns() - start) * 1e-9;
    look_for(SETTLE_MS * 1000000ull);
    printf("{\"connected\": %zu, \"seconds\": %.4f}\n", ready, seconds);
}

/* --- publishing --- */

static void fill_in(char *frame, uint64_t number, uint64_t now)
{
    char digits[STAMP_DIGITS + 1];
    if (plan.stamp_at >= 0) {
        snprintf(digits, sizeof digits, "%020llu", (unsigned long long)now);
        memcpy(frame + plan.stamp_at, digits, STAMP_DIGITS);
    }
    if (plan.key_at >= 0) {
        snprintf(digits, sizeof digits, "%016llx", (unsigned long long)keys++);
        memcpy(frame + plan.key_at, digits, 16);
    }
    for (int byte = 0; plan.number_at >= 0 && byte < 8; byte++)
        frame[plan.number_at + byte] = (char)(number >> (56 - 8 * byte));
}

static void publish(void)
{
    Connection *connection = &connections[published % plan.publishers];
    if (connection->stage != READY)
        fail("a connection was lost");
    uint64_t now = now_ns();
    if (plan.acknowledged.length && connection->published - connection->acknowledged >= UNDER_WAY)
        fail("the server has fallen too far behind");
    connection->sent_at[connection->published++ % UNDER_WAY] = now;
    fill_in(plan.publish.bytes, connection->published, now);
    published++;
    send_frame(connection, plan.opcode, plan.publish.bytes, plan.publish.length);
}

static uint64_t whole_deliveries(void)
{
    return delivered / ready;
}

static int all_arrived(void)
{
    return whole_deliveries() >= published && (!plan.acknowledged.length || acknowledged >= published);
}

static void drain(void)
{
    for (uint64_t deadline = now_ns() + DRAIN_TIMEOUT_S * 1000000000ull; !all_arrived() && now_ns() < deadline;)
        look(20);
}

static void report(uint64_t start)
{
    printf("{\"published\": %llu, \"acknowledged\": %llu, \"delivered\": %llu, \"missing\": %lld, "
           "\"seconds\": %.4f, \"gone\": %zu, \"acknowledging_us\": {\"p50\": %.0f, \"p99\": %.0f}, "
           "\"delivering_us\": {\"p50\": %.0f, \"p99\": %.0f}}\n",
        (unsigned long long)published, (unsigned long long)acknowledged, (unsigned long long)delivered,
        (long long)(published * ready) - (long long)delivered, (double)(now_ns() - start) * 1e-9, gone,
        histogram_quantile_us(&acknowledging, .5), histogram_quantile_us(&acknowledging, .99),
        histogram_quantile_us(&delivering, .5), histogram_quantile_us(&delivering, .99));
}

static uint64_t begin_phase(void)
{
    published = acknowledged = delivered = 0;
    histogram_clear(&acknowledging);
    histogram_clear(&delivering);
    return now_ns();
}

static void flood(uint64_t window, double seconds, int by_delivery)
{
    uint64_t start = begin_phase(), end = start + (uint64_t)(seconds * 1e9);
    while (now_ns() < end) {
        while (published - (by_delivery ? whole_deliveries() : acknowledged) < window)
            publish();
        look(20);
        if (gone)
            fail("a connection was lost");
    }
    drain();
    report(start);
}

static void pace(double per_second, double seconds)
{
    uint64_t start = begin_phase(), end = start + (uint64_t)(seconds * 1e9);
    uint64_t gap = (uint64_t)(1e9 / per_second), next = start;
    for (uint64_t now = start; now < end; now = now_ns()) {
        for (; next <= now; next += gap)
            publish();
        uint64_t wait_ms = (next - now) / 1000000;
        look(wait_ms < 20 ? (int)wait_ms : 20);
    }
    drain();
    report(start);
}

static void idle(double seconds)
{
    uint64_t start = begin_phase();
    look_for((uint64_t)(seconds * 1e9));
    report(start);
}

static void run_phase(const char *line)
{
    double first, seconds;
    char unit[16];
    if (sscanf(line, "flood %lf %lf %15s", &first, &seconds, unit) == 3)
        flood((uint64_t)first, seconds, !strcmp(unit, "delivered"));
    else if (sscanf(line, "pace %lf %lf", &first, &seconds) == 2)
        pace(first, seconds);
    else if (sscanf(line, "idle %lf", &seconds) == 1)
        idle(seconds);
    else
        fail("no such phase");
}

int main(int count, char **arguments)
{
    if (count != 2)
        fail("usage: load PLAN");
    alarm(RUN_TIMEOUT_S);
    setvbuf(stdout, NULL, _IOLBF, 0);
    plan = plan_read(arguments[1]);
    connections = calloc(plan.seats, sizeof *connections);
    poller = epoll_create1(0);
    connect_all();
    char line[256];
    while (fgets(line, sizeof line, stdin))
        run_phase(line);
    return 0;
}
