// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/batches.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/data/load.h"
#include "core/engine/data/targets.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

namespace levi {
namespace {

std::unique_ptr<ReadingWriter> writerOf(const Reader& reader, const BatchOptions& options, std::int64_t rows) {
    if (!reader.view) return nullptr;
    WriterPlan plan{.rows = rows, .cache = reader.cache.get()};
    if (options.augment) plan.augmented = {.seed = options.seed, .epoch = options.epoch};
    return reader.view->writer(plan);
}

} // namespace

std::vector<std::int64_t> shuffledOrder(std::int64_t count, std::uint64_t seed, std::int64_t epoch) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    Random random(streamSeed(seed, "order", static_cast<std::uint64_t>(epoch)));
    random.shuffle(order);
    return order;
}

struct BatchLoader::Pass {
    Pass(RowSet set, BatchOptions given) : rows(std::move(set)), options(std::move(given)) {
        if (options.order.empty()) {
            options.order.resize(static_cast<std::size_t>(rows.size()));
            std::iota(options.order.begin(), options.order.end(), std::int64_t{0});
        }
        options.batchSize = std::max<std::int64_t>(1, options.batchSize);
        if (!options.augment)
            for (Reader* reader : {&options.backbone, &options.specialist})
                if (reader->view) reader->view = reader->view->plain();
        const auto count = static_cast<std::int64_t>(options.order.size());
        batches = options.dropLast ? count / options.batchSize : (count + options.batchSize - 1) / options.batchSize;
    }

    // Either a batch or why there is none.
    struct Made {
        std::optional<Batch> batch;
        std::exception_ptr error;
    };

    Batch make(std::int64_t index, const std::stop_token& ending) const {
        const auto begin = static_cast<std::size_t>(index * options.batchSize);
        const std::size_t end = std::min(options.order.size(), begin + static_cast<std::size_t>(options.batchSize));
        const auto count = static_cast<std::int64_t>(end - begin);
        Batch batch{.positions = {options.order.data() + begin, options.order.data() + end},
                    .domains = at::empty({count}, at::kLong)};
        batch.targets = targetsOf(rows, batch.positions);
        const auto backbone = writerOf(options.backbone, options, count);
        const auto specialist = writerOf(options.specialist, options, count);
        for (std::int64_t i = 0; i < count; ++i) {
            if (options.stop.stop_requested() || ending.stop_requested()) throw Stopped{};
            Sample sample(rows, batch.positions[static_cast<std::size_t>(i)]);
            if (backbone) backbone->add(sample);
            if (specialist) specialist->add(sample);
            batch.domains.data_ptr<std::int64_t>()[i] = rows.domain(sample.position());
        }
        if (backbone) batch.backbone = backbone->take();
        if (specialist) batch.specialist = specialist->take();
        return batch;
    }

    // A thread's life: take the next batch that is not too far ahead, make it, hand it over.
    void work(const std::stop_token& ending) {
        for (;;) {
            std::unique_lock lock(mutex);
            const std::int64_t ahead = 2 * static_cast<std::int64_t>(threads.size());
            if (!changed.wait(lock, ending, [&] { return taken >= batches || taken < handedOut + ahead; })) return;
            if (taken >= batches) return;
            const std::int64_t index = taken++;
            lock.unlock();
            Made one;
            try {
                one.batch = make(index, ending);
            } catch (...) {
                one.error = std::current_exception();
            }
            lock.lock();
            made.emplace(index, std::move(one));
            changed.notify_all();
        }
    }

    void start() {
        const std::scoped_lock lock(mutex);
        const auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(options.threads, 0, batches));
        threads.reserve(count); // before the first thread reads its size
        for (std::size_t i = 0; i < count; ++i)
            threads.emplace_back([this](const std::stop_token& ending) { work(ending); });
    }

    Batch takeMade(std::int64_t index) {
        std::unique_lock lock(mutex);
        if (!changed.wait(lock, options.stop, [&] { return made.contains(index); })) throw Stopped{};
        Made one = std::move(made.extract(index).mapped());
        ++handedOut;
        changed.notify_all();
        if (one.error) std::rethrow_exception(one.error);
        return std::move(*one.batch);
    }

    std::optional<Batch> next() {
        if (nextIndex >= batches) return std::nullopt;
        if (options.stop.stop_requested()) throw Stopped{};
        const std::int64_t index = nextIndex++;
        return threads.empty() ? make(index, {}) : takeMade(index);
    }

    RowSet rows;
    BatchOptions options;
    std::int64_t batches = 0;
    std::int64_t nextIndex = 0; // of the batch that next() returns

    std::mutex mutex; // guards the four below
    std::condition_variable_any changed;
    std::map<std::int64_t, Made> made;
    std::int64_t taken = 0;            // batches that a thread makes or has made
    std::int64_t handedOut = 0;        // batches that next() returned
    std::vector<std::jthread> threads; // last: ended before the rest goes
};

BatchLoader::BatchLoader(RowSet rows, BatchOptions options)
    : m_pass(std::make_unique<Pass>(std::move(rows), std::move(options))) {
    m_pass->start();
}

BatchLoader::~BatchLoader() = default;

std::int64_t BatchLoader::batchCount() const {
    return m_pass->batches;
}

std::optional<Batch> BatchLoader::next() {
    return m_pass->next();
}

} // namespace levi
