// SPDX-License-Identifier: Apache-2.0
#include "core/engine/features/feature_pass.h"

#include "core/engine/data/batches.h"
#include "core/engine/data/length_order.h"
#include "core/engine/data/load.h"
#include "core/engine/data/text_view.h"
#include "core/engine/features/backbone_input.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace levi {
namespace {

constexpr std::size_t kSegmentBytes = std::size_t{32} << 20; // written at once; also what a crash can lose
constexpr std::int64_t kPiece = 8;                           // rows that the backbone computes together

// Of a batch: a stop is answered within two.
struct BatchLimits {
    double flops;
    std::int64_t rows;
};
constexpr BatchLimits kOnCpu{.flops = 3e11, .rows = 32}; // 1.5 s on 2 cores
// A second's work of a small GPU, by its data sheet. More rows would fill memory: each loader thread reads two batches
// ahead, of 77 MB where pictures have 224 x 224 pixels.
constexpr BatchLimits kOnGpu{.flops = 5e12, .rows = 128};

std::int64_t batchSizeFor(const Backbone& backbone) {
    const BatchLimits& most = backbone.device().is_cpu() ? kOnCpu : kOnGpu;
    const double flops = std::max<double>(1, static_cast<double>(backbone.info().flopsPerSample));
    const auto rows = static_cast<std::int64_t>(std::clamp(most.flops / flops, 1.0, static_cast<double>(most.rows)));
    return rows >= kPiece ? rows / kPiece * kPiece : rows;
}

} // namespace

FeaturePass::FeaturePass(const Backbone& backbone, const View& view, const FeatureOptions& options)
    : m_backbone(backbone), m_view(view), m_options(options), m_batchSize(batchSizeFor(backbone)) {}

void FeaturePass::keepIn(std::filesystem::path folder, std::string key) {
    m_folder = std::move(folder);
    m_key = std::move(key);
}

std::int64_t FeaturePass::run(const MissingRows& missing, FeatureTable& table) {
    m_total = missing.rows.size();
    try {
        for (Positions& positions : stretches(missing.rows))
            runStretch(missing, std::move(positions), table);
    } catch (const Stopped&) {
        flush(table);
        throw;
    }
    flush(table);
    return m_done;
}

std::vector<FeaturePass::Positions> FeaturePass::stretches(const RowSet& rows) const {
    Positions all(static_cast<std::size_t>(rows.size()));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    const ReadingForm form = m_view.form();
    if (form.kind != ReadingKind::Text) return {std::move(all)};
    const Positions lengths =
        lengthsOf(m_view, rows, {.threads = std::max(1, m_options.loaderThreads), .stop = m_options.stop});
    std::map<std::pair<std::int64_t, bool>, Positions, std::greater<>> byLength;
    for (const std::int64_t i : all) {
        const std::int64_t length = lengths[static_cast<std::size_t>(i)], padded = paddedLength(length, form.tokens);
        byLength[{padded, padded == length}].push_back(i);
    }
    std::vector<Positions> result;
    for (auto& [length, positions] : byLength)
        result.push_back(std::move(positions));
    return result;
}

void FeaturePass::runStretch(const MissingRows& missing, Positions positions, FeatureTable& table) {
    if (positions.empty()) return;
    BatchLoader loader(missing.rows, {.backbone = {.view = m_view.plain(), .cache = nullptr},
                                      .batchSize = m_batchSize,
                                      .order = std::move(positions),
                                      .threads = m_options.loaderThreads,
                                      .stop = m_options.stop});
    while (const auto batch = loader.next()) {
        const auto values = compute(batch->backbone);
        for (std::size_t i = 0; i < batch->positions.size(); ++i)
            add(missing, batch->positions[i],
                values.data_ptr<float>() + static_cast<std::int64_t>(i) * table.valuesPerRow(), table);
        m_done += static_cast<std::int64_t>(batch->positions.size());
        m_options.progress(m_done, m_total);
        if (m_pending.values.size() * sizeof(float) >= kSegmentBytes) flush(table);
    }
}

at::Tensor FeaturePass::compute(const Reading& reading) const {
    const c10::NoGradGuard noGrad;
    const auto pooled = m_backbone.pooledFeatures(backboneInput(whole(reading).to(m_backbone.device())));
    return pooled.slice(0, 0, reading.rows()).to(at::kCPU, at::kFloat).contiguous();
}

// Always a whole batch: kernels may add up in another order for other sizes. Of texts whole pieces are enough, where
// the backbone computes piece by piece; rows are repeated, so that none is without a token.
Reading FeaturePass::whole(const Reading& reading) const {
    const std::int64_t rows = reading.rows();
    if (reading.pixels.defined()) {
        const auto& pixels = reading.pixels;
        if (rows >= m_batchSize) return reading;
        const auto none = at::zeros({m_batchSize - rows, pixels.size(1), pixels.size(2), pixels.size(3)});
        return {.pixels = at::cat({pixels, none})};
    }
    const bool inPieces = m_backbone.kernelsInUse() == Kernels::Packed;
    const std::int64_t count = inPieces ? (rows + kPiece - 1) / kPiece * kPiece : m_batchSize;
    return count > rows ? reading.selected(at::arange(count, at::kLong).remainder(rows)) : reading;
}

void FeaturePass::add(const MissingRows& missing, std::int64_t position, const float* values,
                      const FeatureTable& table) {
    m_pending.contents.push_back(missing.rows.content(position));
    m_pending.values.insert(m_pending.values.end(), values, values + table.valuesPerRow());
    m_pendingRows.push_back(missing.twins[static_cast<std::size_t>(position)]);
    m_pendingRows.back().push_back(missing.rows.tableRow(position));
}

void FeaturePass::flush(FeatureTable& table) {
    if (m_pendingRows.empty()) return;
    if (!m_folder.empty()) write();
    const auto memory = std::make_shared<const std::vector<float>>(std::move(m_pending.values));
    for (std::size_t i = 0; i < m_pendingRows.size(); ++i)
        for (const std::int64_t row : m_pendingRows[i])
            table.set(row, memory->data() + static_cast<std::int64_t>(i) * table.valuesPerRow());
    table.keep(memory);
    m_pending = {};
    m_pendingRows.clear();
}

// A cache that cannot be written, on a full disk say, costs the next run its time, not this one its result.
void FeaturePass::write() {
    try {
        writeFeatureSegment(m_folder, m_key, m_pending);
    } catch (const std::exception& error) {
        m_options.warn(fmt::format("{}; these features are not kept", error.what()));
        m_folder.clear();
    }
}

} // namespace levi
