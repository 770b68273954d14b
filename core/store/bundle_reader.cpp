// SPDX-License-Identifier: Apache-2.0
#include "core/store/bundle_reader.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/store/bundle_checks.h"
#include "core/store/bundle_json.h"

#include <algorithm>
#include <system_error>

namespace levi {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kLongestLine = std::size_t{1} << 24; // bytes
constexpr std::size_t kCellDigits = 16;

// Runs of one setting, line by line.
class SettingReader {
public:
    SettingReader(const fs::path& file, Bundle& bundle) : m_file(file), m_bundle(bundle) {}

    void read() {
        readLines(m_file, kLongestLine, [this](const std::string& text, int number) {
            const JsonLine line(m_file, number);
            const Json json = line.object(text);
            if (number == 1)
                readSetting(line, line.part(json, "setting"));
            else if (json.contains("run"))
                readRun(line, line.part(json, "run"));
            else
                readCandidate(line, line.part(json, "candidate"));
        });
        finishRun();
        if (m_first == m_bundle.runs.size()) throw Error("{}: holds no run", m_file.string());
    }

private:
    void readSetting(const JsonLine& line, const Json& json) {
        m_cell = line.text(json, "setting.cell");
        m_canonical = line.text(json, "setting.canonical");
        if (fingerprint(m_canonical).substr(0, kCellDigits) != m_cell)
            line.fail("cell '{}' is not the key of its text", m_cell);
    }

    void readRun(const JsonLine& line, const Json& json) {
        finishRun();
        StoredRun run = runAt(line, json);
        for (std::size_t i = m_first; i < m_bundle.runs.size(); ++i)
            if (m_bundle.runs[i].summary.seed == run.summary.seed &&
                numericsOf(m_bundle.runs[i].environment) == numericsOf(run.environment))
                line.fail("seed {} is there twice", run.summary.seed);
        run.summary.cell = m_cell;
        run.canonicalText = m_canonical;
        checkSpec(line, run);
        m_bundle.runs.push_back(std::move(run));
    }

    void readCandidate(const JsonLine& line, const Json& json) {
        if (m_first == m_bundle.runs.size()) line.fail("is a candidate before its run");
        if (line.count(json, "candidate.seed") != m_bundle.runs.back().summary.seed)
            line.fail("is a candidate of another seed than the run above it");
        m_bundle.runs.back().candidates.push_back(candidateAt(line, json));
    }

    void finishRun() const {
        if (m_first == m_bundle.runs.size()) return;
        const StoredRun& run = m_bundle.runs.back();
        if (run.picked && *run.picked >= run.candidates.size())
            throw Error("{}: 'picked': seed {} picked candidate {}, but has {}", run.source, run.summary.seed,
                        *run.picked, run.candidates.size());
    }

    const fs::path& m_file;
    Bundle& m_bundle;
    std::size_t m_first = m_bundle.runs.size();
    std::string m_cell, m_canonical;
};

void requireFormat(const fs::path& file) {
    bool isBundle = false;
    readLines(file, kLongestLine, [&](const std::string& text, int number) {
        const JsonLine line(file, number);
        if (number == 1) isBundle = line.text(line.object(text), "format") == "levi bundle 1";
    });
    if (!isBundle) throw Error("{}: is no bundle of this version", file.string());
}

std::vector<fs::path> settingFiles(const fs::path& folder) {
    std::error_code code;
    refuseLink(folder);
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
        if (entry->path().extension() == ".jsonl") files.push_back(entry->path());
    if (code) throw Error("{}: cannot be read as a folder: {}", folder.string(), code.message());
    std::ranges::sort(files);
    return files;
}

} // namespace

Bundle readBundle(const fs::path& folder) {
    std::error_code code;
    if (!fs::exists(folder / "bundle.json", code))
        throw Error("{}: is no bundle, it has no bundle.json; `levi export` writes one", folder.string());
    requireFormat(folder / "bundle.json");
    Bundle bundle;
    const fs::path studies = folder / "studies.jsonl";
    readLines(studies, kLongestLine, [&](const std::string& text, int number) {
        const JsonLine line(studies, number);
        bundle.studies.push_back(studyAt(line, line.part(line.object(text), "study")));
    });
    for (const fs::path& file : settingFiles(folder / "settings"))
        SettingReader(file, bundle).read();
    return bundle;
}

} // namespace levi
