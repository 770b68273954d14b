// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/spec_draft.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/spec/baseline_pack.h"
#include "core/spec/spec_json.h"

#include <algorithm>

namespace levi {
namespace {

constexpr qint64 kOneEditMs = 1500;
constexpr std::size_t kMostSteps = 200;

Json defaultOf(const ExperimentSpec& spec, const std::string& path) {
    for (const FieldRow& row : fieldRows(spec))
        if (row.path == path)
            return row.info.required ? (row.value.is_array() ? Json::array() : Json("")) : row.whereNobodySays();
    throw Error("{}: there is no such field", path);
}

// What the spec does not have wrong, but one of its baselines would. At most one problem, for it has one field.
std::vector<Problem> baselineProblems(const std::vector<ExperimentSpec>& settings) {
    for (const ExperimentSpec& setting : settings)
        for (const Problem& problem : validate(setting))
            return {{"baselines", fmt::format("{}: {}: {}", setting.name, problem.path, problem.message)}};
    return {};
}

} // namespace

std::vector<std::uint64_t> SpecDraft::seeds() const {
    try {
        return parseSeeds(m_seedsText.toStdString());
    } catch (const Error&) {
        return {};
    }
}

std::optional<std::string> SpecDraft::seedsProblem() const {
    try {
        parseSeeds(m_seedsText.toStdString());
        return std::nullopt;
    } catch (const Error& error) {
        return error.what();
    }
}

void SpecDraft::setSeedsText(const QString& text) {
    if (text == m_seedsText) return;
    m_seedsText = text;
    Q_EMIT changed();
}

void SpecDraft::setStudy(const std::string& study) {
    if (study == m_study) return;
    m_study = study;
    Q_EMIT changed();
}

std::vector<ExperimentSpec> SpecDraft::settings() const {
    if (baselinesProblem(m_spec.baselines)) return {m_spec};
    return withBaselines(m_spec);
}

bool SpecDraft::setText(const std::string& path, const QString& text) {
    try {
        ExperimentSpec next = m_spec;
        setFieldText(next, path, text.toStdString());
        followUsual(next, m_spec, [&](const std::string& given) { return given == path; });
        remember(path);
        m_spec = std::move(next);
        m_refusals.erase(path);
    } catch (const Error& error) {
        refuse(path, text, error.what());
        return false;
    }
    Q_EMIT changed();
    return true;
}

bool SpecDraft::set(const std::string& path, const Json& value) {
    try {
        ExperimentSpec next = m_spec;
        setField(next, path, value);
        followUsual(next, m_spec, [&](const std::string& given) { return given == path; });
        remember(path);
        m_spec = std::move(next);
        m_refusals.erase(path);
    } catch (const Error& error) {
        refuse(path, QString::fromStdString(value.is_string() ? value.get<std::string>() : value.dump()), error.what());
        return false;
    }
    Q_EMIT changed();
    return true;
}

void SpecDraft::reset(const std::string& path) {
    set(path, defaultOf(m_spec, path));
}

void SpecDraft::replace(const ExperimentSpec& spec) {
    remember({});
    m_spec = spec;
    m_refusals.clear();
    Q_EMIT changed();
}

// A refusal keeps the sentence without the path: the list of problems names it anyway.
void SpecDraft::refuse(const std::string& path, const QString& text, const std::string& message) {
    const std::string prefix = path + ": ";
    m_refusals[path] = {text, message.starts_with(prefix) ? message.substr(prefix.size()) : message};
    Q_EMIT changed();
}

std::vector<Problem> SpecDraft::problems() const {
    std::vector<Problem> found = validate(m_spec);
    if (found.empty()) found = baselineProblems(settings());
    for (const auto& [path, refusal] : m_refusals) {
        std::erase_if(found, [&path = path](const Problem& problem) { return problem.path == path; });
        found.push_back({path, refusal.message});
    }
    std::map<std::string, std::size_t> order;
    for (const FieldRow& row : fieldRows(m_spec))
        if (row.applies) order.emplace(row.path, order.size());
    // A refusal of a field that a change of kind took away means nothing any more.
    std::erase_if(found, [&](const Problem& problem) {
        return m_refusals.contains(problem.path) && !order.contains(problem.path);
    });
    std::ranges::stable_sort(
        found, {}, [&](const Problem& problem) { return order.contains(problem.path) ? order[problem.path] : 0; });
    return found;
}

void SpecDraft::remember(const std::string& path) {
    const bool same = !path.empty() && path == m_lastPath && m_lastEdit.isValid() && m_lastEdit.elapsed() < kOneEditMs;
    m_lastPath = path;
    m_lastEdit.start();
    m_future.clear();
    if (same) return;
    m_past.push_back(m_spec);
    if (m_past.size() > kMostSteps) m_past.erase(m_past.begin());
}

void SpecDraft::undo() {
    if (m_past.empty()) return;
    m_future.push_back(std::exchange(m_spec, m_past.back()));
    m_past.pop_back();
    m_lastPath.clear();
    m_refusals.clear();
    Q_EMIT changed();
}

void SpecDraft::redo() {
    if (m_future.empty()) return;
    m_past.push_back(std::exchange(m_spec, m_future.back()));
    m_future.pop_back();
    m_lastPath.clear();
    m_refusals.clear();
    Q_EMIT changed();
}

bool SpecDraft::isModified() const {
    if (!m_saved && !m_file.empty()) return true;
    return toJson(m_spec) != toJson(m_saved ? *m_saved : ExperimentSpec{});
}

void SpecDraft::takeFile(const std::filesystem::path& file, const ExperimentSpec& spec, bool isWhole) {
    m_file = file;
    m_saved = isWhole ? std::optional(spec) : std::nullopt;
    replace(spec);
    Q_EMIT fileChanged();
}

void SpecDraft::markSaved(const std::filesystem::path& file, const ExperimentSpec& spec) {
    m_file = file;
    m_saved = spec;
    Q_EMIT fileChanged();
    Q_EMIT changed(); // the command line names the file now
}

void SpecDraft::startAnew(const ExperimentSpec& spec) {
    m_file.clear();
    m_saved.reset();
    replace(spec);
    Q_EMIT fileChanged();
}

} // namespace levi
