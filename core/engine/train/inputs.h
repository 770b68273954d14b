// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/batches.h"
#include "core/engine/features/feature_table.h"
#include "core/engine/model/backbone.h"
#include "core/engine/train/network.h"

#include <memory>
#include <optional>
#include <vector>

namespace levi {

// What a network reads, and where it comes from.
struct InputPlan {
    std::vector<int> slots;           // hidden states of `pooled`; empty: none
    bool readsRows = false;           // as the backbone does, which is trained: pictures or texts
    Reader backbone;                  // view of the backbone, where rows are read or features cannot be kept
    Reader specialist;                // null view: no specialist
    const Backbone* frozen = nullptr; // computes the features of augmented pictures
    std::shared_ptr<const FeatureTable> features; // of pictures that are not augmented
    at::Device device = at::kCPU;
    int loaderThreads = 1;
    bool balancesDomains = false;           // training batches hold the same number of rows of each domain
    std::vector<std::int64_t> trainLengths; // of each training row, where batches shall hold rows of like length
    std::uint64_t seed = 0;                 // of order and augmentation
    std::stop_token stop;
};

// (B, L + 2, 2, D) -> (T, B, 2, D)
at::Tensor selectSlots(const at::Tensor& pooled, const std::vector<int>& slots);

// One pass over a role, batch by batch. Throws Stopped.
class InputStream {
public:
    InputStream(const InputPlan& plan, RowSet rows, BatchOptions options);

    std::optional<StepInput> next(); // nothing at the end

private:
    StepInput fromTables();
    StepInput fromLoader(const Batch& batch);
    at::Tensor livePooled(const Reading& reading) const;

    const InputPlan& m_plan;
    RowSet m_rows;
    std::vector<std::int64_t> m_order;
    std::int64_t m_batchSize;
    std::size_t m_begin = 0;
    bool m_live = false;                   // pooled features come from the backbone, not from the table
    std::unique_ptr<BatchLoader> m_loader; // null: everything lies in the table
};

// Shuffled by (seed, epoch) and augmented as the views say.
InputStream trainingPass(const InputPlan& plan, const RowSet& train, std::int64_t batchSize, std::int64_t epoch);
std::int64_t trainingBatches(const InputPlan& plan, const RowSet& train, std::int64_t batchSize); // of such a pass
// In order, never augmented.
InputStream evaluationPass(const InputPlan& plan, const RowSet& rows);

} // namespace levi
