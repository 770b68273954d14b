// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/experiment_spec.h"
#include "core/spec/validate.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// What stands in a box but is no value of its field, so that the spec keeps the last good one.
struct RefusedInput {
    QString text;
    std::string message; // found, expected
};

// The spec that the window edits: one for all pages, with undo. Lives on the GUI thread; touches no file
// (spec_files.h).
class SpecDraft : public QObject {
    Q_OBJECT

public:
    explicit SpecDraft(QObject* parent = nullptr) : QObject(parent) {}

    const ExperimentSpec& spec() const { return m_spec; }
    // Seeds to run, as people write them: "0..5". Not part of the spec.
    const QString& seedsText() const { return m_seedsText; }
    std::vector<std::uint64_t> seeds() const; // empty where the text is no list of seeds: see seedsProblem()
    std::optional<std::string> seedsProblem() const;
    void setSeedsText(const QString& text);
    // Of the store, that the runs will belong to; "": none. Not part of the spec.
    const std::string& study() const { return m_study; }
    void setStudy(const std::string& study);
    // The spec and its baselines, each as a spec of its own: what is run, once a seed.
    std::vector<ExperimentSpec> settings() const;

    // From what stands in a box. False: refused, and kept for refusals().
    bool setText(const std::string& path, const QString& text);
    bool set(const std::string& path, const Json& value);
    void reset(const std::string& path); // to its default
    void replace(const ExperimentSpec& spec);

    const std::map<std::string, RefusedInput>& refusals() const { return m_refusals; }
    std::vector<Problem> problems() const; // refusals and what validate() finds, by order of the form

    bool canUndo() const { return !m_past.empty(); }
    bool canRedo() const { return !m_future.empty(); }
    void undo();
    void redo();

    const std::filesystem::path& file() const { return m_file; } // empty: not saved yet
    bool isModified() const;
    // What stands in it; isWhole: all of it. Of a file with values that no spec can have, the draft is never the
    // file's.
    void takeFile(const std::filesystem::path& file, const ExperimentSpec& spec, bool isWhole = true);
    void markSaved(const std::filesystem::path& file, const ExperimentSpec& spec);
    void startAnew(const ExperimentSpec& spec);                            // without a file
    const std::optional<ExperimentSpec>& saved() const { return m_saved; } // as it stands, whole, in file()

Q_SIGNALS:
    void changed(); // spec, refusals or seeds
    void fileChanged();

private:
    void remember(const std::string& path);
    void refuse(const std::string& path, const QString& text, const std::string& message);

    ExperimentSpec m_spec;
    QString m_seedsText = QStringLiteral("0..5");
    std::string m_study;
    std::map<std::string, RefusedInput> m_refusals;
    std::vector<ExperimentSpec> m_past, m_future;
    std::string m_lastPath; // edits of one field in a row are one step of undo
    QElapsedTimer m_lastEdit;
    std::filesystem::path m_file;
    std::optional<ExperimentSpec> m_saved;
};

} // namespace levi
