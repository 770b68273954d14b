// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/spec_files.h"

#include "core/base/files.h"
#include "core/spec/spec_json.h"
#include "core/spec/sweep.h"
#include "ui/app_settings.h"
#include "ui/background.h"
#include "ui/spec_draft.h"

#include <algorithm>
#include <exception>
#include <optional>

namespace levi {
namespace {

struct ReadOrSentence {
    std::optional<SpecRead> read = {};
    QString sentence = {};
    bool isSweep = false;
};

ReadOrSentence readNow(const std::filesystem::path& file) {
    try {
        if (isSweep(file)) return {.isSweep = true};
        return {.read = readSpec(file)};
    } catch (const std::exception& error) {
        return {.sentence = QString::fromUtf8(error.what())};
    }
}

// Empty, or why it is not written.
QString writeNow(const std::filesystem::path& file, const std::string& text) {
    try {
        writeFileAtomically(file, text);
        return {};
    } catch (const std::exception& error) {
        return QString::fromUtf8(error.what());
    }
}

QStringList exampleFiles() {
    QStringList files;
    try {
        for (const auto& entry : std::filesystem::directory_iterator(resourceHome() / "specs"))
            if (entry.path().extension() == ".json") files << QString::fromStdString(entry.path().string());
    } catch (const std::exception&) {
        return {}; // a program without its resources has no examples
    }
    files.sort();
    return files;
}

} // namespace

SpecFiles::SpecFiles(SpecDraft& draft, AppSettings& settings, QObject* parent)
    : QObject(parent), m_draft(draft), m_settings(settings) {}

void SpecFiles::open(const std::filesystem::path& file) {
    const auto take = [this, file](const ReadOrSentence& result) {
        if (!result.read && !result.isSweep) return Q_EMIT failed(result.sentence);
        m_settings.addRecentSpec(QString::fromStdString(file.string()));
        if (result.isSweep) return Q_EMIT sweepFound(file);
        m_draft.takeFile(file, result.read->spec, result.read->problems.empty());
        Q_EMIT opened(result.read->problems);
    };
    inBackground(
        this, [file] { return readNow(file); }, take);
}

void SpecFiles::save(const std::filesystem::path& file) {
    const ExperimentSpec spec = m_draft.spec();
    const auto take = [this, file, spec](const QString& sentence) {
        if (!sentence.isEmpty()) return Q_EMIT failed(sentence);
        m_draft.markSaved(file, spec);
        m_settings.addRecentSpec(QString::fromStdString(file.string()));
        Q_EMIT saved();
    };
    inBackground(
        this, [file, text = toJson(spec).dump(2) + "\n"] { return writeNow(file, text); }, take);
}

void SpecFiles::findExamples() {
    inBackground(this, exampleFiles, [this](const QStringList& files) { Q_EMIT examplesFound(files); });
}

} // namespace levi
