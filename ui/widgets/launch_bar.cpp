// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/launch_bar.h"

#include "core/base/numbers.h"
#include "ui/icons.h"
#include "ui/models/queue_rows.h"
#include "ui/spec_draft.h"
#include "ui/theme.h"
#include "ui/widgets/baseline_picker.h"
#include "ui/widgets/picker.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

namespace levi {
namespace {

constexpr const char* kDevice = "compute.device";
constexpr int kMostDeviceWidth = 260; // pixels; all of it in the tool tip

// Without what makers write into every name: "Intel Xeon E5-2680 v4, 2 cores".
QString shortName(const DeviceInfo& device) {
    static const QRegularExpression s_noise(QStringLiteral("\\((R|TM)\\)|\\b(CPU|Processor)\\b|@ *[0-9.]+ *GHz"),
                                            QRegularExpression::CaseInsensitiveOption);
    QString name = QString::fromStdString(device.name).remove(s_noise).simplified();
    return name.replace(QStringLiteral(" ,"), QStringLiteral(","));
}

QString deviceText(const DeviceInfo& device) {
    QString text = QStringLiteral("%1 – %2").arg(QString::fromStdString(device.id), shortName(device));
    if (device.freeBytes > 0)
        text += LaunchBar::tr(", %1 free").arg(QString::fromStdString(bytesText(device.freeBytes)));
    return text;
}

} // namespace

LaunchBar::LaunchBar(SpecDraft& draft, QWidget* parent)
    : QWidget(parent),
      m_draft(draft),
      m_command(new QLineEdit),
      m_device(new QComboBox),
      m_seeds(new QLineEdit(draft.seedsText())),
      m_studyLabel(new QLabel(tr("Stu&dy"))),
      m_study(new QComboBox),
      m_reason(new QLabel),
      m_start(new QPushButton) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(makeCommandLine());
    layout->addWidget(makeStartLine());
    connect(&m_draft, &SpecDraft::changed, this, &LaunchBar::showDraft);
    showDevices({});
    showStudies({});
}

QWidget* LaunchBar::makeCommandLine() {
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    m_command->setReadOnly(true);
    m_command->setFont(monospaceFont());
    m_command->setObjectName(QStringLiteral("command"));
    m_command->setAccessibleName(tr("The same as a command"));
    m_command->setToolTip(tr("This command does what the button does"));
    auto* copy = new QToolButton;
    copy->setIcon(icon(QStringLiteral("copy")));
    copy->setText(tr("copy"));
    copy->setObjectName(QStringLiteral("copy_command"));
    copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy->setToolTip(tr("Copy the command"));
    connect(copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_command->text()); });
    layout->addWidget(m_command, 1);
    layout->addWidget(copy);
    return line;
}

QWidget* LaunchBar::makeStartLine() {
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    const auto label = [&](const QString& text, QWidget* buddy) {
        auto* made = new QLabel(text);
        made->setBuddy(buddy);
        layout->addWidget(made);
        layout->addWidget(buddy);
    };
    m_device->setObjectName(QStringLiteral("device"));
    m_device->setMinimumWidth(160);
    m_device->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_device->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_device->setToolTip(tr("Where it runs; changes no result's setting"));
    label(tr("De&vice"), m_device);
    m_seeds->setObjectName(QStringLiteral("seeds"));
    m_seeds->setFixedWidth(96);
    m_seeds->setToolTip(
        tr("One run per seed: 0..5, or 0,2, or 3. Runs that differ only by their seed are one setting."));
    label(tr("S&eeds"), m_seeds);
    m_study->setObjectName(QStringLiteral("launch_study"));
    m_study->setMaximumWidth(200);
    m_study->setToolTip(tr("The study that these runs will belong to. Test figures of a sealed one stay hidden."));
    m_studyLabel->setBuddy(m_study);
    layout->addWidget(m_studyLabel);
    layout->addWidget(m_study);
    layout->addWidget(new BaselinePicker(m_draft));
    connect(m_study, &QComboBox::activated, this, &LaunchBar::takeStudy);
    m_reason->setProperty("role", "muted");
    m_reason->setWordWrap(true);
    m_reason->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_reason->setObjectName(QStringLiteral("reason"));
    layout->addWidget(m_reason, 1);
    m_start->setProperty("role", "main");
    m_start->setObjectName(QStringLiteral("start"));
    m_start->setAutoDefault(true); // Return starts too
    auto* shortcut =
        new QShortcut(QKeySequence(QStringLiteral("Ctrl+Return")), this); // setText() clears a button's own
    connect(shortcut, &QShortcut::activated, m_start, &QPushButton::click);
    m_start->setToolTip(tr("Ctrl+Enter"));
    layout->addWidget(m_start);
    connect(m_device, &QComboBox::activated, this,
            [this](int index) { m_draft.setText(kDevice, m_device->itemData(index).toString()); });
    connect(m_seeds, &QLineEdit::textEdited, &m_draft, &SpecDraft::setSeedsText);
    connect(m_start, &QPushButton::clicked, this, &LaunchBar::startWanted);
    return line;
}

void LaunchBar::showCommand(const QString& command) {
    if (m_command->text() == command) return;
    m_command->setText(command);
    m_command->setCursorPosition(0);
}

void LaunchBar::showDevices(const Answer<std::vector<DeviceInfo>>& devices) {
    std::vector<PickerEntry> entries;
    const auto add = [&](const DeviceInfo& device) {
        const QString text = deviceText(device);
        entries.push_back({m_device->fontMetrics().elidedText(text, Qt::ElideMiddle, kMostDeviceWidth),
                           QString::fromStdString(device.id), text.toHtmlEscaped()});
    };
    if (devices.value) std::ranges::for_each(*devices.value, add);
    if (entries.empty()) entries.push_back({tr("cpu"), QStringLiteral("cpu"), {}});
    fillPicker(*m_device, entries);
    showDraft();
}

void LaunchBar::showStudies(const std::vector<StudyRecord>& studies) {
    std::vector<PickerEntry> entries = {{tr("none"), QString(), {}}};
    for (const StudyRecord& study : studies) {
        const QString name = cleanText(study.plan.name);
        entries.push_back(
            {study.sealed ? tr("%1 (sealed)").arg(name) : name, QString::fromStdString(study.plan.name), {}});
    }
    entries.push_back({tr("new study…"), QVariant(), {}});
    for (const NamedStudyKind kind : kNamedStudies)
        entries.push_back({titleOf(kind), static_cast<int>(kind), {}});
    fillPicker(*m_study, entries);
    showDraft();
}

// The last entries are no studies yet.
void LaunchBar::takeStudy() {
    const QVariant study = m_study->currentData();
    if (study.typeId() == QMetaType::QString) return m_draft.setStudy(study.toString().toStdString());
    showDraft();
    if (study.isValid())
        Q_EMIT namedStudyWanted(static_cast<NamedStudyKind>(study.toInt()));
    else
        Q_EMIT newStudyWanted();
}

void LaunchBar::focusStudy() {
    m_study->setFocus(Qt::OtherFocusReason);
}

// A device that the list does not know (a spec from another machine) is shown as it is; the engine says what is wrong.
void LaunchBar::showDraft() {
    const Json value = fieldValue(m_draft.spec(), kDevice);
    const QString device = QString::fromStdString(value.get<std::string>());
    if (m_device->findData(device) < 0) m_device->addItem(tr("%1 – not here").arg(device), device);
    m_device->setCurrentIndex(m_device->findData(device));
    if (!m_seeds->hasFocus()) m_seeds->setText(m_draft.seedsText());
    m_study->setCurrentIndex(std::max(0, m_study->findData(QString::fromStdString(m_draft.study()))));
}

void LaunchBar::showRuns(std::size_t runs, std::size_t finished, const QString& reason) {
    m_start->setText(runs == 1 ? tr("Start run") : tr("Start %1 runs").arg(runs));
    m_start->setEnabled(reason.isEmpty());
    if (!reason.isEmpty() || finished == 0) return m_reason->setText(reason);
    m_reason->setText(finished < runs
                          ? tr("%1 of %2 runs are done already and would be repeated.").arg(finished).arg(runs)
                      : runs == 1 ? tr("This run is done already and would be repeated.")
                                  : tr("All %1 runs are done already and would be repeated.").arg(runs));
}

} // namespace levi
