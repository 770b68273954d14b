// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFuture>
#include <QObject>
#include <QTimer>

#include <filesystem>
#include <string>

namespace levi {

class SpecDraft;

// Keeps a draft that is not saved for the next window on the same store, also of a program that dies: as text in the
// user's folder of data, a file a store, written in the background soon after a change. Lives on the GUI thread.
class DraftKeeper : public QObject {
    Q_OBJECT

public:
    DraftKeeper(SpecDraft& draft, const std::filesystem::path& storeFile, QObject* parent = nullptr);

    void restore(); // what was kept, as an edit that can be taken back; what cannot be read is put aside
    void keep();    // at once; where nothing is unsaved, nothing is kept
    const std::filesystem::path& file() const { return m_file; }

private:
    std::string text() const; // "": nothing is unsaved

    SpecDraft& m_draft;
    std::filesystem::path m_file;
    QTimer m_timer;
    QFuture<void> m_writing;
};

} // namespace levi
