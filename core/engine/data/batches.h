// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"
#include "core/engine/data/picture_cache.h"
#include "core/engine/data/view.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace levi {

// B rows of one role, on the CPU.
struct Batch {
    std::vector<std::int64_t> positions; // in the RowSet
    Reading backbone, specialist;        // undefined where nobody reads
    at::Tensor targets;                  // (B): classes as int64, numbers as float64
    at::Tensor domains;                  // (B) int64
};

// One reader of a pass: its view, and where its base pictures are kept (shared between passes over the same dataset).
struct Reader {
    std::shared_ptr<const View> view;    // null: nobody reads
    std::shared_ptr<PictureCache> cache; // of pictures; null: decode each time
};

struct BatchOptions {
    Reader backbone, specialist;
    std::int64_t batchSize = 32;
    std::vector<std::int64_t> order; // positions; empty: 0, 1, …
    bool augment = false;            // as the views say; false in evaluation
    bool dropLast = false;           // leave out an incomplete last batch
    std::uint64_t seed = 0;          // of the augmentation, with `epoch`
    std::int64_t epoch = 0;
    int threads = 2; // 0: everything happens in next()
    std::stop_token stop;
};

// A shuffled order of `count` positions, drawn from (seed, epoch).
std::vector<std::int64_t> shuffledOrder(std::int64_t count, std::uint64_t seed, std::int64_t epoch);

// One pass over a role, read ahead by threads of its own (at most two batches each) that reckon nothing with Torch:
// they only allocate. Batches come in order and are the same for any number of threads. Not thread-safe. The destructor
// ends the threads.
class BatchLoader {
public:
    BatchLoader(RowSet rows, BatchOptions options);
    ~BatchLoader();
    BatchLoader(const BatchLoader&) = delete;
    BatchLoader& operator=(const BatchLoader&) = delete;

    std::int64_t batchCount() const;

    // Nothing at the end. Throws Error of the first row in order that cannot be read, Stopped within a picture's time
    // after a stop was asked for.
    std::optional<Batch> next();

private:
    struct Pass;
    std::unique_ptr<Pass> m_pass;
};

} // namespace levi
