/* The least that a fan-out can cost: a WebSocket server that tells everybody what anybody says.
 *
 *   broadcast each|turn
 *
 * `each`: one send() a frame and socket. `turn`: one send() a socket for all frames of one turn of the loop.
 * It has no sessions, no access, no memory and no manners: its peers are our load generator alone, which
 * always sends the RFC's example key and always reads. Prints its port.
 */
#define _GNU_SOURCE
#include "frames.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_SOCKETS = 65536, LIFE_S = 600, TURN_BYTES = 1 << 20 };

static const char UPGRADE[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int poller, listener, by_turn;
static int everybody[MAX_SOCKETS], count; /* those who were upgraded */
static char upgraded[MAX_SOCKETS];
static char due[TURN_BYTES];
static size_t due_length;

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static void tell_everybody(const char *bytes, size_t length)
{
    for (int i = 0; i < count; i++)
        if (send(everybody[i], bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length)
            fail("a peer does not read");
}

static void say(const Frame *frame)
{
    if (due_length + frame->length + FRAME_HEAD_BYTES > TURN_BYTES)
        fail("too much in one turn");
    due_length += frame_write(due + due_length, frame->opcode, 0, frame->payload, frame->length);
    if (!by_turn) {
        tell_everybody(due, due_length);
        due_length = 0;
    }
}

static void end_turn(void)
{
    if (due_length)
        tell_everybody(due, due_length);
    due_length = 0;
}

static void watch(int socket)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
}

static void take_in(void)
{
    int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK), yes = 1;
    if (socket < 0 || socket >= MAX_SOCKETS)
        fail("accept");
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    upgraded[socket] = 0;
    watch(socket);
}

static void let_go(int socket)
{
    for (int i = 0; i < count; i++)
        if (everybody[i] == socket) {
            everybody[i] = everybody[--count];
            break;
        }
    close(socket);
}

static void hear(int socket)
{
    static char bytes[1 << 16];
    ssize_t length = recv(socket, bytes, sizeof bytes, 0);
    if (length <= 0) {
        let_go(socket);
        return;
    }
    if (!upgraded[socket]) {
        upgraded[socket] = 1;
        everybody[count++] = socket;
        send(socket, UPGRADE, sizeof UPGRADE - 1, MSG_NOSIGNAL);
        return;
    }
    Frame frame;
    for (size_t at = 0, size; (size = frame_read(bytes + at, (size_t)length - at, &frame)) > 0; at += size)
        if (frame.opcode == OP_TEXT || frame.opcode == OP_BINARY)
            say(&frame);
}

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK); /* never to another machine */
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (void *)&address, size) || listen(listener, 4096))
        fail("listen");
    getsockname(listener, (void *)&address, &size);
    return ntohs(address.sin_port);
}

int main(int argc, char **arguments)
{
    by_turn = argc > 1 && !strcmp(arguments[1], "turn");
    alarm(LIFE_S);
    struct rlimit files = {MAX_SOCKETS, MAX_SOCKETS};
    setrlimit(RLIMIT_NOFILE, &files);
    poller = epoll_create1(0);
    printf("%d\n", listen_anywhere());
    fflush(stdout);
    watch(listener);
    for (;;) {
        struct epoll_event events[512];
        int found = epoll_wait(poller, events, 512, -1);
        for (int i = 0; i < found; i++)
            events[i].data.fd == listener ? take_in() : hear(events[i].data.fd);
        end_turn();
    }
}
