// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/backbone_info.h"
#include "core/jobs/baseline_runs.h"
#include "core/jobs/data_info.h"
#include "core/jobs/engine.h"
#include "ui/answer.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace levi {

// All that is known about the draft beyond the draft itself.
struct SpecInsight {
    Answer<EngineInfo> engine;
    Answer<std::vector<DeviceInfo>> devices;
    Answer<BackboneInfo> backbone;               // null without a message: no folder is named
    Answer<DataInfo> data;                       // null without a message: nothing is named
    Answer<std::vector<ReaderPreview>> readings; // null without a message: nothing to read yet
    Answer<CostEstimate> estimate;
    Answer<std::vector<UnfitBaseline>> unfit; // null: not asked
    Answer<std::vector<Problem>> problems;    // those that need files or devices
};

// Asks the engine on a thread of its own, so that the window never waits for Torch or the disk. A newer question
// retires an older one; what did not change (folder, data section) is not read again. Lives on the GUI thread.
class EngineClient : public QObject {
    Q_OBJECT

public:
    explicit EngineClient(QObject* parent = nullptr);
    ~EngineClient() override;

    const SpecInsight& insight() const { return m_insight; }
    bool isIdle() const { return m_idle && !m_delay.isActive(); }
    void look(const ExperimentSpec& spec); // a moment after the last call
    void lookAgain();                      // files may have changed: reads all of it again

Q_SIGNALS:
    void insightChanged();

private:
    struct Question {
        ExperimentSpec spec;
        bool again = false;
    };
    struct Known; // of the asking thread

    void ask();
    void answer(std::stop_token stop);
    void answerOne(Known& known, const Question& question, std::stop_token stop);
    void publish(const SpecInsight& insight, bool idle);

    SpecInsight m_insight;
    QTimer m_delay;
    std::optional<Question> m_next;
    bool m_idle = true;

    std::mutex m_mutex; // guards what follows
    std::condition_variable_any m_asked;
    std::optional<Question> m_question;
    std::stop_source m_current;

    std::jthread m_thread; // last: joined before anything it uses goes
};

} // namespace levi
