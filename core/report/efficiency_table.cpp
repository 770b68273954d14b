// SPDX-License-Identifier: Apache-2.0
#include "core/report/efficiency_table.h"

#include "core/base/error.h"
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
    {"feature pass", "feature_flops", nullptr, flopText},
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

void addCostColumns(Table& table, std::span<const CellResults> cells) {
    for (const CostColumn& column : kColumns)
        addColumn(table, {.title = column.title, .align = Align::Right, .lowerIsBetter = true}, cells,
                  [&](const CellResults& cell) { return costCell(cell, column); });
}

constexpr const char* kNotes[] = {
    "Costs are means over the seeds. Training FLOPs: forward and backward of the steps, and fits; the pass of a frozen "
    "backbone over the training rows stands apart, counted once whether the cache had it or not. Training time and "
    "memory: of the whole run, without features that the cache had; time with that of the runs that it is made from.",
    "Latency and inference memory: of one row, measured after training in batches of 8; in brackets: times that of the "
    "bare backbone. An ensemble costs what its parents cost together. Tuning trials: settings of the method in the "
    "sweep. –: not measured."};

} // namespace

void addEfficiencyColumns(Table& table, std::span<const ResultRow> rows) {
    const GroupedResults grouped = groupByCell(rows);
    if (table.rows.size() != grouped.cells.size())
        throw Error("efficiency: the table has {} rows and there are {} settings; costs join a table of a row a "
                    "setting",
                    table.rows.size(), grouped.cells.size());
    addCostColumns(table, grouped.cells);
    table.notes.insert(table.notes.end(), std::begin(kNotes), std::end(kNotes));
}

Table efficiencyTable(std::span<const ResultRow> rows) {
    const GroupedResults grouped = groupByCell(rows);
    Table table;
    table.caption = "Efficiency by setting";
    addSettingColumns(table, grouped.cells);
    addCostColumns(table, grouped.cells);
    addColumn(table, {.title = "n", .align = Align::Right}, grouped.cells,
              [](const CellResults& cell) { return integerCell(static_cast<std::int64_t>(cell.runs.size())); });
    table.notes.assign(std::begin(kNotes), std::end(kNotes));
    return table;
}

} // namespace levi
