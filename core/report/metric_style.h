// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace levi {

// How a metric is shown, wherever it is shown. Stored values are plain: a share is 0 to 1.
struct MetricStyle {
    std::string key;   // of the store: accuracy macro_f1 auc nll ece worst_group rmse ...
    std::string title; // "accuracy", "macro F1"
    bool percent = false;
    bool lowerIsBetter = false;
    int decimals = 3; // of the shown number
};

// A key that is not known gets its own name as the title and three decimals.
MetricStyle metricStyle(std::string_view key);

// The keys that runs are measured by, those of classes first: what --metric takes.
const std::vector<std::string>& metricKeys();
bool isOfNumbers(std::string_view metric); // of what predicts numbers; else of classes
std::string metricKeysText();              // "accuracy, macro_f1, ... or pearson_worst_group"

// "93.1" (percent, without the sign), "0.412"; an en dash where the value is not finite.
std::string metricText(double value, const MetricStyle& style);

// A difference that was stated beforehand: "1 point", "0.5 points" (percent), "0.02".
std::string marginText(double margin, const MetricStyle& style);

// "id_test" -> "ID test"; "ood_test/sketch" -> "sketch"; anything else as it is.
std::string roleTitle(std::string_view role);

} // namespace levi
