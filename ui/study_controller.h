// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/study_runs.h"
#include "core/store/study_records.h"

#include <QFutureSynchronizer>
#include <QObject>

#include <filesystem>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class RunStore;

// Writes what concerns studies into the store, in the background, one thing after another: states them, opens their
// seals, notes each look at their test figures. Lives on the GUI thread; waits for what is being written when it goes.
class StudyController : public QObject {
    Q_OBJECT

public:
    explicit StudyController(std::filesystem::path storeFile, QObject* parent = nullptr);
    ~StudyController() override;

    void create(const StudyPlan& plan, bool sealed); // ends with created or failed
    // States a study that the program knows, or goes on with it; ends with begun or failed.
    void begin(const NamedStudy& study, bool sealed);
    void unseal(const std::string& study, const QString& reason); // ends with unsealed or failed
    // `studies`: open ones whose test figures are shown or written, for what. A page that shows them again and again is
    // one look.
    void noteLook(const std::vector<std::string>& studies, const std::string& what);
    void noteShown(const std::vector<std::string>& studies, const std::string& what);

Q_SIGNALS:
    void created(const QString& study);
    void begun(const QString& study, const levi::StudyRuns& runs);
    void unsealed(const QString& study);
    void failed(const QString& message);

private:
    void write(const std::function<void(RunStore&)>& change, const std::function<void()>& done);

    std::filesystem::path m_storeFile;
    std::set<std::pair<std::string, std::string>> m_shown;
    std::stop_source m_stop;
    QFutureSynchronizer<void> m_background; // waits for what is being written
};

} // namespace levi
