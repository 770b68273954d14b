// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace levi {

struct BenchOptions {
    std::int64_t batch = 32;
    std::int64_t tokens = 128; // of each text, where the backbone reads texts
    int pairs = 7;             // alternating measurements of each path; the medians are reported
    bool plainOnly = false;    // leave the packed path out
};

// Speed of one way to compute the forward pass, as the median over the repetitions.
struct BenchFigure {
    double secondsPerBatch = 0.0;
    double samplesPerSecond = 0.0;
    double gflopPerSecond = 0.0;
    double fractionOfMatrixRate = 0.0; // of BenchReport::matrixGflopPerSecond
};

struct BenchReport {
    std::string folder;
    std::string architecture;
    bool randomWeights = false; // the folder has only config.json
    std::int64_t batch = 0;
    std::int64_t tokens = 0; // of each text; 0: it reads pictures
    int pairs = 0;
    int threads = 0;
    double gflopPerSample = 0.0;
    double matrixGflopPerSecond =
        0.0; // a plain fp32 matrix product of the backbone's own sizes, measured between the pairs
    BenchFigure plain;
    BenchFigure packed; // zeros where it was not measured
    bool hasPacked = false;
    double speedup = 0.0; // median over pairs of plain seconds / packed seconds; 0 where packed was not measured
};

} // namespace levi
