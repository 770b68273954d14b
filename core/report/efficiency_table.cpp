// SPDX-License-Identifier: Apache-2.0
#include "core/report/efficiency_table.h"

#include "core/base/numbers.h"
#include "core/report/setting_columns.h"

#include <fmt/format.h>

namespace levi {
namespace {

struct CostColumn {
    const char* title;
    const char* cost;     // see ResultRow::costs
    const char* backbone; // the same of the bare backbone; null: nothing to compare with
    std::string (*text)(double value);
};

std::string wholeText(double value) {
    return fmt::format("{:.0f}", value);
}

std::string byteCountText(double value) {
    return bytesText(static_cast<std::uint64_t>(value));
}

std::string latencyText(double seconds) {
    return fmt::format("{:.3g} ms", 1000 * seconds);
}

constexpr CostColumn kColumns[] = {
    {"trained parameters", "trainable_parameters", nullptr, countText},
    {"tuning trials", "tuning_trials", nullptr, wholeText},
    {"training FLOPs", "training_flops", nullptr, flopText},
    {"training time", "seconds", nullptr, durationText},
    {"training memory", "peak_memory_bytes", nullptr, byteCountText},
    {"inference FLOPs", "inference_flops_per_sample", "backbone_flops_per_sample", flopText},
    {"latency", "inference_seconds_per_sample", "backbone_seconds_per_sample", latencyText},
    {"inference memory", "inference_peak_bytes", "backbone_peak_bytes", byteCountText}};

std::optional<double> meanCost(const CellResults& cell, const char* cost) {
    double sum = 0, count = 0;
    for (const auto& [seed, run] : cell.runs) {
        const auto found = run->costs.find(cost);
        if (found == run->costs.end()) continue;
        sum += found->second;
        ++count;
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

Cell costCell(const CellResults& cell, const CostColumn& column) {
    const auto mean = meanCost(cell, column.cost);
    if (!mean) return missingCell();
    const auto backbone = column.backbone ? meanCost(cell, column.backbone) : std::nullopt;
    const bool isComparable = backbone && *backbone > 0;
    std::string text = column.text(*mean);
    if (isComparable) text += fmt::format(" ({:.3g}×)", *mean / *backbone);
    Cell made = numberCell(std::move(text), *mean);
    if (column.backbone) made.details = {{"ratio", isComparable ? std::optional(*mean / *backbone) : std::nullopt}};
    return made;
}

} // namespace

Table efficiencyTable(std::span<const ResultRow> rows) {
    const GroupedResults grouped = groupByCell(rows);
    Table table;
    table.caption = "Efficiency by setting";
    addSettingColumns(table, grouped.cells);
    for (const CostColumn& column : kColumns)
        addColumn(table, {.title = column.title, .align = Align::Right, .lowerIsBetter = true}, grouped.cells,
                  [&](const CellResults& cell) { return costCell(cell, column); });
    addColumn(table, {.title = "n", .align = Align::Right}, grouped.cells,
              [](const CellResults& cell) { return integerCell(static_cast<std::int64_t>(cell.runs.size())); });
    table.notes = {"Means over the n seeds. Inference: of one sample; in brackets: times that of the bare backbone. "
                   "Training time and memory: of the whole run, without features that the cache had.",
                   "–: not measured."};
    return table;
}

} // namespace levi
