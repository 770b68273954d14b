// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/field_table.h"
#include "core/store/run_records.h"

#include <span>
#include <string>

namespace levi {

// A run as scripts read it: {"run","cell","method","seed","state","seconds","backbone_samples","weights_sha256",
// "predictions_sha256","metrics":{role:{metric:value}}} and after these "name", "taps" and "message". Metrics are those
// over all rows of a role; undefined ones are null. Of a study also "study", and "name_in_study" where it knows the
// setting by another name than the run's own; where that is sealed, "sealed": true with the run and with each test
// role, whose metrics are null. backbone_samples: rows whose features the run computed ahead; not what training sends
// through the backbone step by step, where that is trained or reads augmented views.
Json runJson(const RunSummary& run);

// One line, numbers in full precision. Broken UTF-8 becomes U+FFFD.
std::string jsonText(const Json& json, int indent = -1);

void printJson(const Json& json, int indent = -1); // to stdout, with a line break, flushed

std::string figureText(const MetricRow& row); // "0.412", "–", "sealed"

// The metric that a run is judged by: accuracy, or rmse where it predicts numbers.
std::string leadingMetric(const RunSummary& run);

// For people: "id_test 0.931, ood_test/sketch 0.412", in that metric.
std::string testFiguresText(const RunSummary& run);

} // namespace levi
