#define _GNU_SOURCE
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(const char *what, const char *about)
{
    fprintf(stderr, "load: %s: %s\n", what, about);
    exit(1);
}

static Text unescaped(const char *word)
{
    Text text = {malloc(strlen(word) + 1), 0};
    while (*word) {
        unsigned byte;
        if (word[0] == '\\' && word[1] == 'x' && sscanf(word + 2, "%2x", &byte) == 1) {
            text.bytes[text.length++] = (char)byte;
            word += 4;
        } else {
            text.bytes[text.length++] = *word++;
        }
    }
    text.bytes[text.length] = 0;
    return text;
}

static void add_seat(Plan *plan, char *words)
{
    char *headers = strtok(words, " "), *hello = strtok(NULL, " ");
    if (!headers || !hello)
        complain("a seat has headers and a hello", words);
    plan->seat = realloc(plan->seat, (plan->seats + 1) * sizeof *plan->seat);
    Seat *seat = &plan->seat[plan->seats++];
    seat->headers = unescaped(strcmp(headers, "-") ? headers : "");
    seat->hello = unescaped(strcmp(hello, "-") ? hello : "");
}

static void set_text(Plan *plan, const char *name, const char *value)
{
    const struct { const char *name; Text *place; } texts[] = {
        {"path", &plan->path},       {"subprotocol", &plan->subprotocol},
        {"ready", &plan->ready},     {"acknowledged", &plan->acknowledged},
        {"ask", &plan->ask},         {"answer", &plan->answer},
        {"refused", &plan->refused}, {"publish", &plan->publish},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(name, texts[i].name)) {
            *texts[i].place = unescaped(value);
            return;
        }
    complain("a plan has no such line", name);
}

static void set(Plan *plan, const char *name, char *value)
{
    if (!strcmp(name, "seat"))
        add_seat(plan, value);
    else if (!strcmp(name, "port"))
        plan->port = atoi(value);
    else if (!strcmp(name, "opcode"))
        plan->opcode = atoi(value);
    else if (!strcmp(name, "stamp_at"))
        plan->stamp_at = atol(value);
    else if (!strcmp(name, "number_at"))
        plan->number_at = atol(value);
    else if (!strcmp(name, "key_at"))
        plan->key_at = atol(value);
    else if (!strcmp(name, "publishers"))
        plan->publishers = (size_t)atol(value);
    else
        set_text(plan, name, value);
}

Plan plan_read(const char *path)
{
    Plan plan = {.opcode = 1, .stamp_at = -1, .number_at = -1, .key_at = -1};
    FILE *file = fopen(path, "r");
    if (!file)
        complain("no such plan", path);
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        char *value = strchr(line, ' ');
        if (!value)
            complain("a line is a name and a value", line);
        *value = 0;
        set(&plan, line, value + 1);
    }
    free(line);
    fclose(file);
    if (!plan.publishers || plan.publishers > plan.seats)
        plan.publishers = plan.seats;
    if (!plan.port || !plan.seats)
        complain("a plan has a port and seats", path);
    return plan;
}
