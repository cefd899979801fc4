#include "histogram.h"

#include <string.h>

enum { LINEAR_US = 1024, STEPS_PER_OCTAVE = 64, FIRST_OCTAVE = 10 };

static unsigned bucket_of(uint64_t us)
{
    if (us < LINEAR_US)
        return (unsigned)us;
    unsigned octave = 63 - (unsigned)__builtin_clzll(us);
    unsigned step = (us >> (octave - 6)) % STEPS_PER_OCTAVE;
    unsigned bucket = LINEAR_US + (octave - FIRST_OCTAVE) * STEPS_PER_OCTAVE + step;
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static double start_of_us(unsigned bucket)
{
    if (bucket < LINEAR_US)
        return bucket;
    unsigned octave = (bucket - LINEAR_US) / STEPS_PER_OCTAVE + FIRST_OCTAVE;
    unsigned step = (bucket - LINEAR_US) % STEPS_PER_OCTAVE;
    return (double)((uint64_t)(STEPS_PER_OCTAVE + step) << (octave - 6));
}

void histogram_clear(Histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
}

void histogram_add(Histogram *histogram, uint64_t ns)
{
    histogram->counts[bucket_of(ns / 1000)]++;
    histogram->total++;
}

double histogram_quantile_us(const Histogram *histogram, double share)
{
    uint64_t below = 0, wanted = (uint64_t)((double)histogram->total * share);
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        below += histogram->counts[bucket];
        if (below > wanted)
            return start_of_us(bucket);
    }
    return -1;
}
