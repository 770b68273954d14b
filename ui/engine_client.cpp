// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_client.h"

#include "core/base/files.h"
#include "core/jobs/engine_loader.h"

#include <fmt/format.h>

#include <exception>

namespace levi {
namespace {

constexpr int kAfterLastKeyMs = 250;

std::string pathOf(const ExperimentSpec& spec, const char* field) {
    try {
        const Json value = fieldValue(spec, field);
        return value.is_string() ? value.get<std::string>() : std::string();
    } catch (const std::exception&) {
        return {}; // this kind has no such field
    }
}

std::string sectionText(const ExperimentSpec& spec, const char* key) {
    std::string text;
    for (const FieldRow& row : fieldRows(spec, section(key)))
        text += row.path + "=" + row.value.dump() + "\n";
    return text;
}

// All that decides how rows are read.
std::string readingsText(const ExperimentSpec& spec) {
    std::string text = sectionText(spec, "data");
    for (const char* key : {"backbone_view", "specialist_view"})
        text += fmt::format("{} {}\n", section(key).applies(spec), sectionText(spec, key));
    return text + pathOf(spec, "backbone.path");
}

// Required fields of a section that are empty: then there is nothing to look at yet, which is no failure.
bool lacksRequired(const ExperimentSpec& spec, const char* key) {
    for (const FieldRow& row : fieldRows(spec, section(key)))
        if (row.applies && row.info.required && (row.value.is_null() || row.value == "" || row.value.empty()))
            return true;
    return false;
}

} // namespace

struct EngineClient::Known {
    SpecInsight insight;
    std::string backbone, data, readings; // what the answers in `insight` are about
    bool hasDevices = false;
};

EngineClient::EngineClient(QObject* parent) : QObject(parent) {
    m_delay.setSingleShot(true);
    m_delay.setInterval(kAfterLastKeyMs);
    connect(&m_delay, &QTimer::timeout, this, &EngineClient::ask);
    m_thread = std::jthread([this](std::stop_token stop) { answer(stop); });
}

EngineClient::~EngineClient() {
    const std::lock_guard lock(m_mutex);
    m_current.request_stop();
}

void EngineClient::look(const ExperimentSpec& spec) {
    m_next = Question{spec, m_next && m_next->again};
    m_delay.start();
}

void EngineClient::lookAgain() {
    if (!m_next) return;
    m_next->again = true;
    ask();
}

void EngineClient::ask() {
    m_idle = false;
    {
        const std::lock_guard lock(m_mutex);
        m_question = m_next;
        m_current.request_stop();
    }
    m_next->again = false;
    m_asked.notify_one();
}

void EngineClient::answer(std::stop_token stop) {
    Known known;
    while (true) {
        std::unique_lock lock(m_mutex);
        m_asked.wait(lock, stop, [this] { return m_question.has_value(); });
        if (stop.stop_requested()) return;
        const Question question = *std::exchange(m_question, std::nullopt);
        m_current = std::stop_source();
        const std::stop_token current = m_current.get_token();
        lock.unlock();
        answerOne(known, question, current);
    }
}

void EngineClient::answerOne(Known& known, const Question& question, std::stop_token stop) {
    const ExperimentSpec& spec = question.spec;
    SpecInsight& insight = known.insight;
    insight.unfit = {};
    if (!known.hasDevices) {
        insight.engine = answerOf<EngineInfo>([] { return engine().info(); });
        if (insight.engine.value)
            insight.devices = answerOf<std::vector<DeviceInfo>>([] { return engine().devices(); });
        known.hasDevices = insight.engine.value != nullptr;
        publish(insight, false);
    }
    if (!insight.engine.value) return publish(insight, true);

    const std::string backbone = section("backbone").applies(spec) ? pathOf(spec, "backbone.path") : "";
    if (question.again || backbone != known.backbone) {
        known.backbone = backbone;
        insight.backbone = {};
        if (!backbone.empty())
            insight.backbone = answerOf<BackboneInfo>([&] { return engine().inspectBackbone(backbone); });
        publish(insight, false);
    }
    const bool hasData = section("data").applies(spec) && !lacksRequired(spec, "data");
    const std::string data = hasData ? sectionText(spec, "data") : "";
    if (!stop.stop_requested() && (question.again || data != known.data)) {
        insight.data = {.value = nullptr, .message = {}, .isComing = hasData};
        publish(insight, false);
        if (hasData) insight.data = answerOf<DataInfo>([&] { return engine().inspectData(spec, stop); });
        known.data = stop.stop_requested() ? "" : data;
        if (!stop.stop_requested()) publish(insight, false);
    }
    if (stop.stop_requested()) return;
    const bool isReadable = insight.data.value && insight.data.value->usable() &&
                            !(section("backbone").applies(spec) && lacksRequired(spec, "backbone"));
    const std::string readings = isReadable ? readingsText(spec) : "";
    if (readings.empty()) insight.readings = {};
    if (question.again || readings != known.readings) {
        insight.readings = {};
        if (!readings.empty())
            insight.readings = answerOf<std::vector<ReaderPreview>>([&] { return engine().readings(spec, stop); });
        known.readings = stop.stop_requested() ? "" : readings;
    }
    if (stop.stop_requested()) return;
    insight.problems = answerOf<std::vector<Problem>>([&] { return engine().problems(spec, stop); });
    if (stop.stop_requested()) return;
    publish(insight, false);
    insight.estimate = {};
    if (!spec.baselines.empty())
        insight.unfit = answerOf<std::vector<UnfitBaseline>>([&] { return unfitBaselines(spec, engine(), stop); });
    if (stop.stop_requested()) return;
    if (validate(spec).empty())
        insight.estimate = answerOf<CostEstimate>([&] { return engine().estimate(spec, cacheHome(), stop); });
    if (!stop.stop_requested()) publish(insight, true);
}

void EngineClient::publish(const SpecInsight& insight, bool idle) {
    QMetaObject::invokeMethod(
        this,
        [this, insight, idle] {
            m_insight = insight;
            {
                const std::lock_guard lock(m_mutex);
                m_idle = idle && !m_question;
            }
            Q_EMIT insightChanged();
        },
        Qt::QueuedConnection);
}

} // namespace levi
