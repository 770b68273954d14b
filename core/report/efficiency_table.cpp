// SPDX-License-Identifier: Apache-2.0
#include "core/report/efficiency_table.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/report/setting_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace levi {
namespace {

struct CostColumn {
    const char* title;
    const char* cost;     // see ResultRow::costs
    const char* backbone; // the same of the bare backbone; null: nothing to compare with
    std::string (*text)(double value);
    bool isTime = false;
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
    {"training time", "seconds", nullptr, durationText, true},
    {"training memory", "peak_memory_bytes", nullptr, byteCountText},
    {"inference FLOPs", "inference_flops_per_sample", "backbone_flops_per_sample", flopText},
    {"latency", "inference_seconds_per_sample", "backbone_seconds_per_sample", latencyText, true},
    {"inference memory", "inference_peak_bytes", "backbone_peak_bytes", byteCountText}};

std::vector<double> costsOf(const CellResults& cell, const std::string& cost) {
    std::vector<double> costs;
    for (const auto& [seed, run] : cell.runs)
        if (const auto found = run->costs.find(cost); found != run->costs.end()) costs.push_back(found->second);
    return costs;
}

// Of times: the middle one. A machine that was busy during one of the runs does not move it.
std::optional<double> typical(std::vector<double> costs, bool isTime) {
    if (costs.empty()) return std::nullopt;
    if (!isTime) return std::accumulate(costs.begin(), costs.end(), 0.0) / static_cast<double>(costs.size());
    std::ranges::sort(costs);
    const std::size_t half = costs.size() / 2;
    return costs.size() % 2 == 1 ? costs[half] : (costs[half - 1] + costs[half]) / 2;
}

// Run by run, where both were measured on the same machine at the same hour.
std::vector<double> timesTheBackbone(const CellResults& cell, const CostColumn& column) {
    std::vector<double> ratios;
    for (const auto& [seed, run] : cell.runs) {
        const auto cost = run->costs.find(column.cost), backbone = run->costs.find(column.backbone);
        if (cost != run->costs.end() && backbone != run->costs.end() && backbone->second > 0)
            ratios.push_back(cost->second / backbone->second);
    }
    return ratios;
}

Cell costCell(const CellResults& cell, const CostColumn& column) {
    const auto value = typical(costsOf(cell, column.cost), column.isTime);
    if (!value) return missingCell();
    std::optional<double> ratio;
    if (column.backbone) ratio = typical(timesTheBackbone(cell, column), column.isTime);
    std::string text = column.text(*value);
    if (ratio) text += fmt::format(" ({:.3g}×)", *ratio);
    Cell made = numberCell(std::move(text), *value);
    if (column.backbone) made.details = {{"ratio", ratio}};
    return made;
}

void addCostColumns(Table& table, std::span<const CellResults> cells) {
    for (const CostColumn& column : kColumns)
        addColumn(table, {.title = column.title, .align = Align::Right, .lowerIsBetter = true}, cells,
                  [&](const CellResults& cell) { return costCell(cell, column); });
}

constexpr const char* kNotes[] = {
    "Costs are means over the seeds, times medians. Training FLOPs: forward and backward of the steps, and fits; "
    "the pass of a frozen backbone over the training rows stands apart, counted once whether the cache had it or "
    "not. Training time and memory: of the whole run, without features that the cache had; time with that of the "
    "runs that it is made from, memory the most that one of them needed. Memory of a run on a GPU is the GPU's.",
    "Latency and inference memory: of one row, measured after training in batches of 8, the median of up to 15 "
    "passes; in brackets: times that of the bare backbone, run by run; it takes a machine with nothing else to "
    "do. An ensemble costs what its parents cost together. Tuning trials: settings that were tried for this one, "
    "itself among them; of one that is made of others, theirs together. –: not measured."};

} // namespace

void addEfficiencyColumns(ResultsTable& results, std::span<const ResultRow> rows) {
    const GroupedResults grouped = groupByCell(rows);
    std::vector<CellResults> cells; // in order of the table's rows
    for (const std::string& key : results.cells)
        if (const auto cell = std::ranges::find(grouped.cells, key, &CellResults::cell); cell != grouped.cells.end())
            cells.push_back(*cell);
    Table& table = results.table;
    if (table.rows.size() != cells.size())
        throw Error("efficiency: the table has {} rows and {} of them are settings; costs join a table of a row a "
                    "setting",
                    table.rows.size(), cells.size());
    addCostColumns(table, cells);
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
