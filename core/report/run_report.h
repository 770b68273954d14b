// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/html_report.h"
#include "core/report/seed_statistic.h"
#include "core/store/run_records.h"
#include "core/store/study_records.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace levi {

class RunStore;

// What a report is made of; read from the store by the caller.
struct RunReportInput {
    std::string title;
    std::string source;                                          // the store's file, as the reader should know it
    std::string written;                                         // date and time, in words
    std::string metric;                                          // of the first table; "": accuracy, of numbers rmse
    SeedStatistic statistic;                                     // of the tables of results; studies state their own
    std::vector<RunSummary> runs;                                // in the order of the tables
    std::map<std::int64_t, std::vector<NamedText>> environments; // by run
    std::vector<Figure> figures;                                 // empty where nothing can draw
    std::vector<StudyRecord> studies;                            // that the runs belong to
};

// A section a study: its facts, comparisons, costs and figures. Tables of every metric that a finished run has, costs
// of runs of no study, seeds one by one, runs that did not finish with their sentence; protocol (selection rule, roles,
// split, training), a spec a setting, environment. Facts that runs share stand once; others name how many runs have
// which value.
HtmlReport runReport(const RunReportInput& input);

// The same for all runs of a store, as it stands now; figures may be added to it. `metric` is the one that stands
// first; "": accuracy, of numbers rmse.
HtmlReport storeReport(const RunStore& store, const std::string& metric = {});

// The same for some of its runs: title, source, date and environments are filled in.
HtmlReport storeReport(const RunStore& store, RunReportInput input);

} // namespace levi
