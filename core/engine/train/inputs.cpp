// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/inputs.h"

#include "core/engine/data/balanced_order.h"
#include "core/engine/data/length_order.h"
#include "core/engine/data/load.h"
#include "core/engine/data/targets.h"
#include "core/engine/features/backbone_input.h"
#include "core/engine/train/work_done.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

namespace levi {
namespace {

constexpr std::int64_t kTableBatch = 512;  // rows of an evaluation that reads the table alone
constexpr std::int64_t kPictureBatch = 64; // and of one that runs a network on pictures or texts

} // namespace

InputStream::InputStream(const InputPlan& plan, RowSet rows, BatchOptions options)
    : m_plan(plan), m_rows(std::move(rows)), m_order(options.order), m_batchSize(options.batchSize) {
    if (m_order.empty()) {
        m_order.resize(static_cast<std::size_t>(m_rows.size()));
        std::iota(m_order.begin(), m_order.end(), std::int64_t{0});
    }
    const bool augmentsBackbone = options.augment && plan.backbone.view && !plan.backbone.view->deterministic();
    m_live = !plan.slots.empty() && !plan.readsRows && augmentsBackbone;
    if (m_live || plan.readsRows) options.backbone = plan.backbone;
    options.specialist = plan.specialist;
    if (!options.backbone.view && !options.specialist.view) return;
    options.order = m_order;
    options.threads = plan.loaderThreads;
    options.seed = plan.seed;
    options.stop = plan.stop;
    m_loader = std::make_unique<BatchLoader>(m_rows, std::move(options));
}

std::optional<StepInput> InputStream::next() {
    if (m_plan.stop.stop_requested()) throw Stopped{};
    if (m_loader) {
        const auto batch = m_loader->next();
        return batch ? std::optional(fromLoader(*batch)) : std::nullopt;
    }
    return m_begin < m_order.size() ? std::optional(fromTables()) : std::nullopt;
}

StepInput InputStream::fromTables() {
    const std::size_t count = std::min(static_cast<std::size_t>(m_batchSize), m_order.size() - m_begin);
    const auto positions = std::span(m_order).subspan(m_begin, count);
    m_begin += count;
    auto groups = at::empty({static_cast<std::int64_t>(count)}, at::kLong);
    for (std::size_t i = 0; i < count; ++i)
        groups.data_ptr<std::int64_t>()[i] = m_rows.domain(positions[i]);
    return {.pooled = m_plan.features->gather(m_rows, positions, m_plan.slots).to(m_plan.device),
            .targets = lossTargets(targetsOf(m_rows, positions), m_rows.task()).to(m_plan.device),
            .groups = groups.to(m_plan.device)};
}

StepInput InputStream::fromLoader(const Batch& batch) {
    StepInput input{.targets = lossTargets(batch.targets, m_rows.task()).to(m_plan.device),
                    .groups = batch.domains.to(m_plan.device)};
    if (batch.specialist.defined()) input.specialist = batch.specialist.to(m_plan.device);
    if (m_plan.readsRows)
        input.backbone = batch.backbone.to(m_plan.device);
    else if (m_live)
        input.pooled = livePooled(batch.backbone.to(m_plan.device));
    else if (!m_plan.slots.empty())
        input.pooled = m_plan.features->gather(m_rows, batch.positions, m_plan.slots).to(m_plan.device);
    return input;
}

at::Tensor InputStream::livePooled(const Reading& reading) const {
    const c10::NoGradGuard noGrad;
    addWork(static_cast<double>(reading.rows() * m_plan.frozen->info().flopsPerSample));
    return selectSlots(m_plan.frozen->pooledFeatures(backboneInput(reading)), m_plan.slots);
}

at::Tensor selectSlots(const at::Tensor& pooled, const std::vector<int>& slots) {
    const std::vector<std::int64_t> wide(slots.begin(), slots.end());
    return pooled.index_select(1, at::tensor(wide, at::kLong).to(pooled.device())).transpose(0, 1);
}

InputStream trainingPass(const InputPlan& plan, const RowSet& train, std::int64_t batchSize, std::int64_t epoch) {
    BatchOptions options{.batchSize = batchSize, .augment = true, .epoch = epoch};
    if (plan.balancesDomains) {
        auto balanced = balancedOrder(train, batchSize, plan.seed, epoch);
        options.order = std::move(balanced.positions);
        options.batchSize = balanced.batchSize;
    } else {
        options.order = shuffledOrder(train.size(), plan.seed, epoch);
        if (!plan.trainLengths.empty())
            options.order = LengthOrder{.batchSize = batchSize, .seed = plan.seed, .epoch = epoch}.of(
                std::move(options.order), plan.trainLengths);
    }
    return {plan, train, std::move(options)};
}

std::int64_t trainingBatches(const InputPlan& plan, const RowSet& train, std::int64_t batchSize) {
    std::int64_t rows = batchSize;
    if (plan.balancesDomains) {
        const auto domains = static_cast<std::int64_t>(domainsOf(train).size());
        rows = std::max<std::int64_t>(1, rowsPerDomain(batchSize, domains) * domains);
    }
    return (train.size() + rows - 1) / rows;
}

InputStream evaluationPass(const InputPlan& plan, const RowSet& rows) {
    const bool onlyTable = !plan.readsRows && !plan.specialist.view;
    return {plan, rows, {.batchSize = onlyTable ? kTableBatch : kPictureBatch}};
}

} // namespace levi
