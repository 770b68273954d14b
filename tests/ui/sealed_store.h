// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/run_store.h"

#include <QStringList>

#include <filesystem>

class QWidget;

namespace levi::test {

inline constexpr const char* kSealedStudy = "PACS sketch";

// Two settings with three seeds each in a sealed study. Their last epoch is the best on the OOD test, their first one
// on id_val.
void fillSealedStore(const std::filesystem::path& file);
void addSealedRun(RunStore& store, const char* method, std::uint64_t seed);
std::vector<MetricRow> sealedMetrics(std::int64_t epoch); // of every role; test figures are those of isTestFigure()

// All that somebody can read in a widget and in what it holds: texts, tool tips, every cell of every model.
QStringList textsOf(const QWidget& widget);
// Those that hold a test figure of the store above, in percent or raw.
QStringList withTestFigures(const QStringList& texts);

} // namespace levi::test
