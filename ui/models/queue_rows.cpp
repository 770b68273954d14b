// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/queue_rows.h"

#include "core/report/escape.h"
#include "core/spec/kinds.h"
#include "core/spec/layer_choice.h"
#include "ui/models/setting_variants.h"
#include "ui/run_controller.h"
#include "ui/store_snapshot.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

namespace levi {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("levi::QueueRows", text);
}

RowState stateOf(JobState state) {
    switch (state) {
    case JobState::Queued:
        return RowState::Queued;
    case JobState::Running:
        return RowState::Running;
    case JobState::Stopping:
        return RowState::Stopping;
    case JobState::Done:
        return RowState::Done;
    case JobState::Cancelled:
        return RowState::Cancelled;
    case JobState::Failed:
        return RowState::Failed;
    }
    return RowState::Failed;
}

RowState stateOf(RunState state) {
    switch (state) {
    case RunState::Running:
        return RowState::Running;
    case RunState::Done:
        return RowState::Done;
    case RunState::Failed:
        return RowState::Failed;
    case RunState::Cancelled:
        return RowState::Cancelled;
    case RunState::Interrupted:
        return RowState::Interrupted;
    }
    return RowState::Failed;
}

QueueItem itemOf(const RunSummary& run, int variant) {
    QueueItem item{.key = QStringLiteral("run/%1").arg(run.id),
                   .title = tr("seed %1").arg(run.seed),
                   .method = QString::fromStdString(run.method),
                   .variant = variant,
                   .state = stateOf(run.state),
                   .message = cleanText(run.message),
                   .run = run.id};
    if (run.state == RunState::Running)
        item.phase = tr("in another process");
    else
        item.seconds = run.seconds;
    item.share = run.state == RunState::Done ? 1 : 0;
    const Kind* method = methodKinds().find(run.method);
    item.isDerived = method && method->method.isDerived;
    return item;
}

// "LEVI, seed 3" stands below its group's name: "seed 3" is enough.
QString shortTitle(const std::string& title) {
    const QString text = cleanText(title);
    const auto seed = text.lastIndexOf(QLatin1String(", seed "));
    return seed < 0 ? text : text.mid(seed + 2);
}

QueueItem itemOf(const JobStatus& job, const RunSummary* run, int variant) {
    QueueItem item = run ? itemOf(*run, variant) : QueueItem{.title = shortTitle(job.title)};
    item.key = QStringLiteral("job/%1").arg(job.id);
    item.job = job.id;
    item.run = job.run;
    item.state = stateOf(job.state);
    item.lane = cleanText(job.lane);
    item.phase = isActive(item.state) ? cleanText(job.progress.phase) : QString();
    item.share = item.state == RowState::Done ? 1 : std::clamp(job.progress.share, 0.0, 1.0);
    if (!job.message.empty()) item.message = cleanText(job.message);
    if (isActive(item.state)) {
        item.seconds.reset();
        if (job.progress.secondsLeft >= 0) item.secondsLeft = job.progress.secondsLeft;
    } else if (!item.seconds) {
        item.seconds = job.progress.secondsElapsed;
    }
    return item;
}

// The groups in order of first appearance, turned round: the newest on top.
class Groups {
public:
    QueueGroup& at(const QString& key, const QString& title) {
        const auto [place, isNew] = m_places.try_emplace(key, m_groups.size());
        if (isNew) m_groups.push_back({.key = key, .title = title, .items = {}});
        return m_groups[place->second];
    }
    void appendNewestFirst(std::vector<QueueGroup>& all) {
        std::move(m_groups.rbegin(), m_groups.rend(), std::back_inserter(all));
    }

private:
    std::vector<QueueGroup> m_groups;
    std::map<QString, std::size_t> m_places;
};

} // namespace

QString stateText(RowState state) {
    switch (state) {
    case RowState::Running:
        return tr("running");
    case RowState::Stopping:
        return tr("stopping");
    case RowState::Queued:
        return tr("waiting");
    case RowState::Failed:
        return tr("failed");
    case RowState::Interrupted:
        return tr("interrupted");
    case RowState::Cancelled:
        return tr("cancelled");
    case RowState::Done:
        return tr("done");
    }
    return {};
}

bool isActive(RowState state) {
    return state <= RowState::Queued;
}

QString cleanText(const std::string& text) {
    return QString::fromStdString(cleanLine(text));
}

QString layersWords(const std::string& taps) {
    return (isOneLayer(taps) ? tr("layer %1") : tr("layers %1")).arg(cleanText(taps));
}

QString settingTitle(const RunSummary& run) {
    const Kind* kind = methodKinds().find(run.method);
    const std::string& own = settingName(run);
    const QString name = cleanText(!own.empty() ? own : kind ? kind->label : run.method);
    const QString layers = layersWords(run.taps);
    const bool saysLayers = name.contains(layers); // a name of the user's own
    return run.taps.empty() || saysLayers ? name : QStringLiteral("%1, %2").arg(name, layers);
}

RowState QueueGroup::state() const {
    const auto first = std::ranges::min_element(items, {}, &QueueItem::state);
    return first == items.end() ? RowState::Done : first->state;
}

double QueueGroup::share() const {
    double sum = 0;
    for (const QueueItem& item : items)
        sum += isActive(item.state) ? item.share : 1;
    return items.empty() ? 0 : sum / static_cast<double>(items.size());
}

// What waits will take as long as the mean of what is running or done.
std::optional<double> QueueGroup::secondsLeft() const {
    double left = 0, known = 0;
    int waiting = 0, measured = 0;
    bool active = false;
    for (const QueueItem& item : items) {
        active |= isActive(item.state);
        if (item.state == RowState::Queued) ++waiting;
        if (item.secondsLeft && item.state != RowState::Queued) {
            left += *item.secondsLeft;
            known += *item.secondsLeft / std::max(1e-3, 1 - item.share);
            ++measured;
        } else if (item.state == RowState::Done && item.seconds) {
            known += *item.seconds;
            ++measured;
        }
    }
    if (!active || measured == 0) return std::nullopt;
    return left + waiting * known / measured;
}

int QueueGroup::endedCount() const {
    return static_cast<int>(std::ranges::count_if(items, [](const auto& item) { return !isActive(item.state); }));
}

void QueueRows::addStored(QueueGroup& group, const RunSummary& run) {
    group.items.push_back(itemOf(run, m_variants[run.cell]));
    group.items.back().hasFiles = run.state != RunState::Done || m_store->files.contains(run.id);
}

void QueueRows::readStore(std::span<const RunSummary> runs) {
    m_runs.clear();
    for (const RunSummary& run : runs)
        m_runs[run.id] = &run;
    m_variants = settingVariants(runs);
}

std::vector<QueueGroup> QueueRows::groups(std::span<const JobStatus> jobs,
                                          const std::shared_ptr<const StoreSnapshot>& store) {
    const bool isNew = std::exchange(m_store, store) != store;
    if (isNew) readStore(store->runs);
    Groups launched;
    std::set<std::int64_t> ofJobs;
    for (const JobStatus& job : jobs) {
        const auto found = job.run ? m_runs.find(*job.run) : m_runs.end();
        const RunSummary* run = found == m_runs.end() ? nullptr : found->second;
        if (run) ofJobs.insert(run->id);
        QueueGroup& group = launched.at(QStringLiteral("group/") + cleanText(job.group), cleanText(job.group));
        if (run) group.title = settingTitle(*run);
        group.items.push_back(itemOf(job, run, run ? m_variants[run->cell] : 0));
    }
    if (isNew || ofJobs != m_ofJobs) {
        m_ofJobs = ofJobs;
        m_stored.clear();
        Groups stored;
        for (const RunSummary& run : store->runs)
            if (!ofJobs.contains(run.id))
                addStored(stored.at(QStringLiteral("cell/") + cleanText(run.cell), settingTitle(run)), run);
        stored.appendNewestFirst(m_stored);
    }
    std::vector<QueueGroup> all;
    launched.appendNewestFirst(all);
    all.insert(all.end(), m_stored.begin(), m_stored.end());
    return all;
}

std::vector<QueueGroup> queueGroups(std::span<const JobStatus> jobs, std::span<const RunSummary> runs) {
    auto snapshot = std::make_shared<StoreSnapshot>();
    snapshot->runs.assign(runs.begin(), runs.end());
    return QueueRows().groups(jobs, snapshot);
}

} // namespace levi
