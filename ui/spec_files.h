// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/validate.h"

#include <QObject>
#include <QStringList>

#include <filesystem>
#include <vector>

namespace levi {

class AppSettings;
class SpecDraft;

// Opens and saves the draft, with all reading and writing in the background. Lives on the GUI thread.
class SpecFiles : public QObject {
    Q_OBJECT

public:
    SpecFiles(SpecDraft& draft, AppSettings& settings, QObject* parent = nullptr);

    void open(const std::filesystem::path& file);
    void save(const std::filesystem::path& file);
    void findExamples();

Q_SIGNALS:
    void opened(const std::vector<levi::Problem>& problems); // of reading: unknown fields, wrong types
    void sweepFound(const std::filesystem::path& file);      // in the place of a spec; the draft is as it was
    void saved();
    void failed(const QString& sentence);
    void examplesFound(const QStringList& files);

private:
    SpecDraft& m_draft;
    AppSettings& m_settings;
};

} // namespace levi
