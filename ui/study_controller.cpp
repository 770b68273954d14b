// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/study_controller.h"

#include "core/jobs/engine_loader.h"
#include "core/store/run_store.h"
#include "ui/background.h"

#include <exception>
#include <memory>
#include <utility>

namespace levi {
namespace {

// Empty, or why nothing was written.
QString changeStore(const std::filesystem::path& file, const std::function<void(RunStore&)>& change) {
    try {
        RunStore store(file);
        change(store);
        return {};
    } catch (const std::exception& error) {
        return QString::fromUtf8(error.what());
    }
}

} // namespace

StudyController::StudyController(std::filesystem::path storeFile, QObject* parent)
    : QObject(parent), m_storeFile(std::move(storeFile)) {}

StudyController::~StudyController() {
    m_stop.request_stop();
}

void StudyController::write(const std::function<void(RunStore&)>& change, const std::function<void()>& done) {
    const auto work = [file = m_storeFile, change] { return changeStore(file, change); };
    m_background.addFuture(QFuture<void>(inBackground(this, work, [this, done](const QString& message) {
        if (message.isEmpty())
            done();
        else
            Q_EMIT failed(message);
    })));
}

void StudyController::create(const StudyPlan& plan, bool sealed) {
    write([plan, sealed](RunStore& store) { store.createStudy(plan, sealed); },
          [this, name = plan.name] { Q_EMIT created(QString::fromStdString(name)); });
}

void StudyController::begin(const NamedStudy& study, bool sealed) {
    const auto runs = std::make_shared<StudyRuns>();
    const auto change = [study, sealed, runs, stop = m_stop.get_token()](RunStore& store) {
        *runs = beginStudy(store, engine(), study, sealed, stop);
    };
    write(change, [this, name = study.plan.name, runs] { Q_EMIT begun(QString::fromStdString(name), *runs); });
}

void StudyController::unseal(const std::string& study, const QString& reason) {
    write([study, reason](RunStore& store) { store.unseal(study, reason.toStdString()); },
          [this, study] { Q_EMIT unsealed(QString::fromStdString(study)); });
}

void StudyController::noteLook(const std::vector<std::string>& studies, const std::string& what) {
    if (studies.empty()) return;
    const auto change = [studies, what](RunStore& store) {
        for (const std::string& study : studies)
            store.addLook(study, what);
    };
    write(change, [] {});
}

void StudyController::noteShown(const std::vector<std::string>& studies, const std::string& what) {
    std::vector<std::string> fresh;
    for (const std::string& study : studies)
        if (m_shown.emplace(study, what).second) fresh.push_back(study);
    noteLook(fresh, what);
}

} // namespace levi
