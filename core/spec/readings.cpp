// SPDX-License-Identifier: Apache-2.0
#include "core/spec/readings.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace levi {
namespace {

struct ReaderSections {
    const char *reader, *view;
};
constexpr ReaderSections kReaders[] = {{"backbone", "backbone_view"}, {"specialist", "specialist_view"}};

const Kind& kindOf(const ExperimentSpec& spec, const char* key) {
    return (spec.*section(key).options).kind();
}

bool has(const Kind& kind, const std::string& reading) {
    return kind.readings.empty() || std::ranges::find(kind.readings, reading) != kind.readings.end();
}

bool share(const Kind& a, const Kind& b) {
    return a.readings.empty() || std::ranges::any_of(a.readings, [&b](const auto& reading) { return has(b, reading); });
}

template<typename Fits>
void choose(ExperimentSpec& spec, const char* key, const Fits& fits) {
    const Section& part = section(key);
    Options& options = spec.*part.options;
    const auto& kinds = part.kinds->all();
    if (fits(options.kind())) return;
    if (const auto found = std::ranges::find_if(kinds, fits); found != kinds.end()) options = inKind(options, *found);
}

// What the data give first is read where a kind reads it.
void chooseReader(ExperimentSpec& spec, const char* reader, const Kind& data) {
    if (share(kindOf(spec, reader), data)) return;
    for (const std::string& reading : data.readings) {
        choose(spec, reader, [&](const Kind& kind) { return has(kind, reading); });
        if (share(kindOf(spec, reader), data)) return;
    }
}

template<typename Fits>
std::string keysOf(const char* key, const Fits& fits) {
    std::vector<std::string> keys;
    for (const Kind& kind : section(key).kinds->all())
        if (fits(kind)) keys.push_back(kind.key);
    return keys.empty() ? "none" : fmt::format("{}", fmt::join(keys, ", "));
}

std::optional<Problem> problemOf(const ExperimentSpec& spec, const ReaderSections& sections) {
    const Kind &data = kindOf(spec, "data"), &reader = kindOf(spec, sections.reader),
               &view = kindOf(spec, sections.view);
    if (!share(reader, data))
        return Problem{fmt::format("{}.kind", sections.reader),
                       fmt::format("found {}, which reads {}, but rows of {} give {}; expected one of {}", reader.key,
                                   fmt::join(reader.readings, " or "), data.key, fmt::join(data.readings, " and "),
                                   keysOf(sections.reader, [&](const Kind& kind) { return share(kind, data); }))};
    const auto fits = [&](const Kind& kind) { return has(reader, kind.key) && has(data, kind.key); };
    if (fits(view)) return std::nullopt;
    return Problem{fmt::format("{}.kind", sections.view),
                   fmt::format("found {}, expected {}, which is what {} reads of {}", view.key,
                               keysOf(sections.view, fits), reader.key, data.key)};
}

} // namespace

void followReadings(ExperimentSpec& spec, const std::string& changed) {
    const Kind& data = kindOf(spec, "data");
    for (const auto& [reader, view] : kReaders) {
        if (changed != "data" && changed != reader) continue;
        if (changed == "data") chooseReader(spec, reader, data);
        const Kind& chosen = kindOf(spec, reader);
        choose(spec, view, [&](const Kind& kind) { return has(chosen, kind.key) && has(data, kind.key); });
    }
}

bool readsTexts(const ExperimentSpec& spec) {
    return std::ranges::any_of(kReaders, [&spec](const ReaderSections& sections) {
        return section(sections.view).applies(spec) && kindOf(spec, sections.view).key == kTextReading;
    });
}

std::vector<Problem> readingProblems(const ExperimentSpec& spec) {
    std::vector<Problem> problems;
    for (const ReaderSections& sections : kReaders)
        if (section(sections.reader).applies(spec))
            if (auto problem = problemOf(spec, sections)) problems.push_back(std::move(*problem));
    return problems;
}

} // namespace levi
