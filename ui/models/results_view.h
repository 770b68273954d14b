// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/metric_style.h"
#include "core/report/results_table.h"
#include "core/report/seed_statistic.h"
#include "core/report/store_rows.h"
#include "core/spec/spec_hash.h"
#include "core/stats/intervals.h"
#include "core/store/run_records.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// What is asked of the runs in a store.
struct ResultsQuestion {
    std::string metric = "accuracy";       // where no run has it, what the runs are judged by
    Statistic statistic = Statistic::Mean; // of the seeds; differences are means all the same
    Spread spread = Spread::TInterval;
    std::string baseline; // cell that differences are taken against; "": the first one
    std::string study;    // only its runs; "": all
    std::string data;     // testbed whose runs alone are shown; "": all, and so where no run is on it
    // Picks each run's candidate afterwards; absent: the run's own pick, on id_val. The runs have to be read by it.
    std::optional<CandidateRule> rule;
    bool costs = false; // what training and answering cost, behind the figures

    bool operator==(const ResultsQuestion&) const = default;
};

// A mean, interquartile where that is asked for, with the ends of its whiskers, which only a bootstrap interval has at
// different distances.
struct Spot {
    double mean = 0;
    std::optional<Interval> ends;
    std::int64_t count = 0;
};

struct SeedValues {
    std::int64_t run = 0;
    std::uint64_t seed = 0;
    std::vector<std::optional<double>> values; // a value column each: ID test, OOD domains, gap
    std::optional<double> id, ood;             // ood: unweighted mean over the domains
    bool sealed = false;                       // test figures are there, and hidden
    bool keepsWeights = true;                  // of the candidate that is shown
};

// A setting: a row of the table, a point of the scatter, a colour.
struct CellView {
    std::string cell;
    QString title; // "LEVI, layers 8-12"
    QString method;
    int variant = 0;      // of the method's settings: setting_variants.h
    std::string specJson; // of its latest run
    std::vector<SeedValues> seeds;
    std::optional<Spot> id, ood;
};

// A role or one of its domains, with a mean for every cell.
struct DomainView {
    QString title;
    bool isOod = false;
    std::vector<std::optional<Spot>> spots; // a cell each
};

// A cell against the baseline in one role, paired by seed.
struct DifferenceView {
    std::size_t cell = 0; // index into cells
    QString role;
    bool isOod = false;
    std::optional<double> mean, low, high; // cell - baseline
    std::int64_t count = 0;
    std::string verdict; // "LEVI is better (p = 0.031, n = 6)"
    QString p;           // "p = 0.031", "n too small"
};

// Everything that the results page shows, made from runs at once: a value, computed on any thread.
struct ResultsView {
    ResultsQuestion question;
    MetricStyle style;
    ResultsTable table;
    int firstValueColumn = 2, valueColumns = 0; // of the table: ID test, OOD domains, gap
    std::vector<CellView> cells;                // a row of the table each
    std::vector<DomainView> domains;
    std::optional<std::size_t> baseline; // index into cells
    std::vector<DifferenceView> differences;
    std::vector<std::string> metrics;   // that any run has
    std::vector<NamedTestbed> testbeds; // of the study's runs, whatever data are asked for
    std::int64_t fewestSeeds = 0, mostSeeds = 0;
    int runs = 0;                         // that were asked for, finished or not
    std::vector<std::string> openStudies; // whose test figures are shown
    std::vector<std::string> cautions;    // seals, oracles, picks without weights: what nobody may overlook
};

ResultsView makeResultsView(std::span<const RunSummary> runs, ResultsQuestion question);

// Fields in which the specs of two runs differ, in the order of the form. Nothing where one of them cannot be read.
std::optional<std::vector<SpecDifference>> specDifferences(const std::string& specJsonA, const std::string& specJsonB);

// As a picker names it: "id_val", "oracle: OOD test"; absent is the runs' own pick.
QString ruleName(const std::optional<CandidateRule>& rule);
QString quantityText(const MetricStyle& style); // "accuracy", "RMSE, lower is better"
// "accuracy", and behind it the rule where it is not the runs' own pick: "accuracy, picked by oracle_ood (oracle)".
QString quantityName(const ResultsView& view);

QString seedCountText(const ResultsView& view); // "6 seeds", "4 to 6 seeds"

// "± is half the width …" in a few words, for beside the picker.
QString spreadName(Spread spread);
QString statisticName(const SeedStatistic& asked); // the same, with what it stands around where that is no mean
SeedStatistic statisticOf(const ResultsQuestion& question);

} // namespace levi
