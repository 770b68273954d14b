// SPDX-License-Identifier: Apache-2.0
#include "core/report/study_facts.h"

#include "core/base/numbers.h"
#include "core/report/metric_style.h"
#include "core/report/result_rows.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>

namespace levi {
namespace {

std::string dateText(double unixSeconds) {
    return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<std::time_t>(unixSeconds)));
}

std::string orMissing(std::string text) {
    return text.empty() ? std::string(kMissing) : text;
}

std::string familyText(const StudyPlan& plan, bool exploratory) {
    std::string text;
    for (const StudyComparison& pair : plan.comparisons(exploratory))
        text += (text.empty() ? "" : "; ") + pair.candidate + " against " + pair.baseline;
    return orMissing(std::move(text));
}

std::string sealText(const StudyRecord& study) {
    if (study.sealed) return "sealed: no test figure of its runs is shown";
    if (!study.unsealedUnixSeconds) return "never sealed";
    return fmt::format("unsealed {}: {}", dateText(*study.unsealedUnixSeconds), study.unsealedReason);
}

std::string looksText(const StudyRecord& study) {
    const auto reads = std::ranges::count(study.looks, "read", &LookRecord::kind);
    if (reads == 0) return "none noted";
    const auto last = std::ranges::find(study.looks.rbegin(), study.looks.rend(), "read", &LookRecord::kind);
    return fmt::format("{}, the last {} by {}", reads, dateText(last->unixSeconds), last->text);
}

// What a reader of its verdicts has to know: figures that may have been seen before it was stated.
std::string runsText(const StudyRecord& study) {
    std::string text = std::to_string(study.runs);
    if (study.olderRuns > 0) text += fmt::format("; {} of them begun before the study was stated", study.olderRuns);
    if (study.repeatedRuns > 0)
        text += fmt::format("; {} of them repeat setting and seed of an earlier run outside it", study.repeatedRuns);
    return text;
}

} // namespace

FactGroup studyFacts(const StudyRecord& study) {
    const StudyPlan& plan = study.plan;
    FactGroup group = {
        .title = "Study: " + plan.name,
        .facts = {{"Question", orMissing(plan.question)},
                  {"Comparisons", familyText(plan, false)},
                  {"Judged on", plan.endpoint == Endpoint::OodMean ? "the mean over the OOD domains, one test each"
                                                                   : "each test role, a test each"},
                  {"Metric", metricStyle(plan.metric).title},
                  {"Selection rule", ruleText(plan.rule)},
                  {"Seeds", orMissing(seedsText(plan.seeds))},
                  {"Practically equal within",
                   plan.margin ? marginText(*plan.margin, metricStyle(plan.metric)) : std::string(kMissing)},
                  {"Stated", dateText(study.createdUnixSeconds)},
                  {"Seal", sealText(study)},
                  {"Looks at test figures", looksText(study)},
                  {"Runs", runsText(study)}},
        .note = {}};
    if (!plan.comparisons(true).empty())
        group.facts.insert(group.facts.begin() + 2, {"Exploratory comparisons", familyText(plan, true)});
    return group;
}

} // namespace levi
