// SPDX-License-Identifier: Apache-2.0
#include "core/engine/features/feature_pass.h"

#include "core/engine/data/batches.h"
#include "core/engine/data/load.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <algorithm>

namespace levi {
namespace {

constexpr std::size_t kSegmentBytes = std::size_t{32} << 20; // written at once; also what a crash can lose
constexpr double kBatchFlops = 3e11;                         // 1.5 s on 2 cores: a stop is answered within two
constexpr std::int64_t kMostRows = 32;
constexpr std::int64_t kPiece = 8; // rows that the backbone computes together

std::int64_t batchSizeFor(const BackboneInfo& info) {
    const double flops = std::max<double>(1, static_cast<double>(info.flopsPerSample));
    const auto rows = static_cast<std::int64_t>(std::clamp(kBatchFlops / flops, 1.0, static_cast<double>(kMostRows)));
    return rows >= kPiece ? rows / kPiece * kPiece : rows;
}

} // namespace

FeaturePass::FeaturePass(const Backbone& backbone, const PictureView& view, const FeatureOptions& options)
    : m_backbone(backbone), m_view(view), m_options(options), m_batchSize(batchSizeFor(backbone.info())) {}

void FeaturePass::keepIn(std::filesystem::path folder, std::string key) {
    m_folder = std::move(folder);
    m_key = std::move(key);
}

std::int64_t FeaturePass::run(const std::vector<MissingRows>& missing, FeatureTable& table) {
    for (const MissingRows& rows : missing)
        m_total += static_cast<std::int64_t>(rows.positions.size());
    try {
        for (const MissingRows& rows : missing)
            runRole(rows, table);
    } catch (const Stopped&) {
        flush(table);
        throw;
    }
    flush(table);
    return m_done;
}

void FeaturePass::runRole(const MissingRows& missing, FeatureTable& table) {
    const auto view = std::make_shared<PictureView>(m_view);
    BatchLoader loader(missing.rows, {.backbone = {.view = view, .cache = nullptr},
                                      .batchSize = m_batchSize,
                                      .order = missing.positions,
                                      .threads = m_options.loaderThreads,
                                      .stop = m_options.stop});
    while (const auto batch = loader.next()) {
        const auto values = compute(batch->backbone);
        for (std::size_t i = 0; i < batch->positions.size(); ++i)
            add(missing.rows, batch->positions[i],
                values.data_ptr<float>() + static_cast<std::int64_t>(i) * table.valuesPerRow(), table);
        m_done += static_cast<std::int64_t>(batch->positions.size());
        m_options.progress(m_done, m_total);
        if (m_pending.values.size() * sizeof(float) >= kSegmentBytes) flush(table);
    }
}

at::Tensor FeaturePass::compute(const at::Tensor& pixels) const {
    const c10::NoGradGuard noGrad;
    // Always a whole batch: kernels may add up in another order for other sizes.
    auto whole = pixels;
    const std::int64_t lacking = m_batchSize - pixels.size(0);
    if (lacking > 0) whole = at::cat({pixels, at::zeros({lacking, pixels.size(1), pixels.size(2), pixels.size(3)})});
    const auto pooled = m_backbone.pooledFeatures({.values = whole.to(m_backbone.device())});
    return pooled.slice(0, 0, pixels.size(0)).to(at::kCPU, at::kFloat).contiguous();
}

void FeaturePass::add(const RowSet& rows, std::int64_t position, const float* values, FeatureTable& table) {
    m_pending.contents.push_back(rows.content(position));
    m_pending.values.insert(m_pending.values.end(), values, values + table.valuesPerRow());
    m_pendingRows.push_back(rows.tableRow(position));
}

void FeaturePass::flush(FeatureTable& table) {
    if (m_pendingRows.empty()) return;
    if (!m_folder.empty()) write();
    const auto memory = std::make_shared<const std::vector<float>>(std::move(m_pending.values));
    for (std::size_t i = 0; i < m_pendingRows.size(); ++i)
        table.set(m_pendingRows[i], memory->data() + static_cast<std::int64_t>(i) * table.valuesPerRow());
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
