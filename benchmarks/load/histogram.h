/* Durations counted in buckets: exact to the microsecond up to 1 ms, then within 1.6 percent. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 4096 };

typedef struct {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t total;
} Histogram;

void histogram_clear(Histogram *histogram);
void histogram_add(Histogram *histogram, uint64_t ns);

/* The duration below which a share of all lies, in microseconds; -1 where there is none. */
double histogram_quantile_us(const Histogram *histogram, double share);

#endif
