// SPDX-License-Identifier: Apache-2.0
#include "core/report/metric_style.h"

#include "core/spec/roles.h"

#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <utility>

namespace levi {

MetricStyle metricStyle(std::string_view key) {
    static const std::array<MetricStyle, 15> kStyles = {{
        {.key = "accuracy", .title = "accuracy", .percent = true, .decimals = 1},
        {.key = "macro_f1", .title = "macro F1", .percent = true, .decimals = 1},
        {.key = "auc", .title = "AUC", .percent = true, .decimals = 1},
        {.key = "worst_group", .title = "worst group's accuracy", .percent = true, .decimals = 1},
        {.key = "ece", .title = "calibration error (ECE)", .percent = true, .lowerIsBetter = true, .decimals = 1},
        {.key = "nll", .title = "negative log-likelihood", .lowerIsBetter = true},
        {.key = "brier", .title = "Brier score", .lowerIsBetter = true},
        {.key = "rmse", .title = "RMSE", .lowerIsBetter = true},
        {.key = "mae", .title = "MAE", .lowerIsBetter = true},
        {.key = "pearson", .title = "Pearson correlation"},
        {.key = "adjusted_average", .title = "adjusted average accuracy", .percent = true, .decimals = 1},
        {.key = "user_p10", .title = "10th percentile over users", .percent = true, .decimals = 1},
        {.key = "rmse_worst_group", .title = "worst group's RMSE", .lowerIsBetter = true},
        {.key = "mae_worst_group", .title = "worst group's MAE", .lowerIsBetter = true},
        {.key = "pearson_worst_group", .title = "worst group's correlation"},
    }};
    for (const MetricStyle& style : kStyles)
        if (style.key == key) return style;
    return {.key = std::string(key), .title = std::string(key)};
}

const std::vector<std::string>& metricKeys() {
    static const std::vector<std::string> keys = {
        "accuracy",         "macro_f1",           "worst_group", "auc", "nll",     "ece",
        "adjusted_average", "user_p10",           "rmse",        "mae", "pearson", "rmse_worst_group",
        "mae_worst_group",  "pearson_worst_group"};
    return keys;
}

bool isOfNumbers(std::string_view metric) {
    return metric.starts_with("rmse") || metric.starts_with("mae") || metric.starts_with("pearson");
}

std::string metricKeysText() {
    const auto& keys = metricKeys();
    return fmt::format("{} or {}", fmt::join(keys.begin(), keys.end() - 1, ", "), keys.back());
}

std::string metricText(double value, const MetricStyle& style) {
    if (!std::isfinite(value)) return "–";
    const std::string text = fmt::format("{:.{}f}", style.percent ? 100 * value : value, style.decimals);
    const bool isZero = text.find_first_of("123456789") == std::string::npos;
    return isZero && text.starts_with('-') ? text.substr(1) : text;
}

std::string marginText(double margin, const MetricStyle& style) {
    if (!style.percent) return fmt::format("{:g}", margin);
    return fmt::format("{:g} {}", 100 * margin, margin == 0.01 ? "point" : "points");
}

std::string roleTitle(std::string_view role) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTitles = {
        {{"train", "train"}, {"id_val", "ID validation"}, {"id_test", "ID test"}, {"ood_val", "OOD validation"}}};
    for (const auto& [known, title] : kTitles)
        if (known == role) return std::string(title);
    if (role.starts_with(kOodTestPrefix)) role.remove_prefix(kOodTestPrefix.size());
    return std::string(role);
}

} // namespace levi
