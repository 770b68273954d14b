// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/baseline_picker.h"

#include "core/spec/kinds.h"
#include "ui/spec_draft.h"
#include "ui/theme.h"
#include "ui/widgets/method_style.h"

#include <QCheckBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace levi {
namespace {

enum Group { Probes, FineTuning, Robust, Derived };

Group groupOf(const Kind& kind) {
    if (kind.method.isDerived) return Derived;
    if (kind.method.fixedMode) return FineTuning;
    return kind.method.mayTrainBackbone && !kind.method.usesTaps ? Robust : Probes;
}

// Parents that a derived method brings along included; the spec's own method left out.
std::set<std::string> chosenKinds(const SpecDraft& draft) {
    std::set<std::string> kinds;
    const auto settings = draft.settings();
    for (std::size_t i = 0; i < settings.size(); ++i)
        kinds.insert(settings[i].method.kind().key);
    kinds.erase(draft.spec().method.kind().key);
    return kinds;
}

} // namespace

BaselinePicker::BaselinePicker(SpecDraft& draft, QWidget* parent)
    : QToolButton(parent), m_draft(draft), m_list(new QFrame(this, Qt::Popup)) {
    setObjectName(QStringLiteral("baselines_button"));
    setProperty("role", "box");
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(tr("Methods to run beside this one: same data, seeds and budget. Fills the spec's field “baselines”."));
    makeList();
    connect(this, &QToolButton::clicked, this, &BaselinePicker::openList);
    connect(&m_draft, &SpecDraft::changed, this, &BaselinePicker::showDraft);
    showDraft();
}

void BaselinePicker::makeList() {
    m_list->setObjectName(QStringLiteral("baselines_list"));
    m_list->setProperty("role", "card");
    auto* layout = new QVBoxLayout(m_list);
    layout->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    auto* quick = new QHBoxLayout;
    const auto addQuick = [&](const char* name, const QString& text, const Json& baselines, const QString& toolTip) {
        auto* button = new QPushButton(text);
        button->setObjectName(QLatin1String(name));
        button->setToolTip(toolTip);
        quick->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, baselines] { m_draft.set("baselines", baselines); });
    };
    addQuick("baselines_cached", tr("Without training the backbone"), Json::array({"cached"}),
             tr("Every method that reads cached features: minutes instead of hours"));
    addQuick("baselines_all", tr("All"), Json::array({"all"}), tr("Every method there is"));
    addQuick("baselines_none", tr("None"), Json::array(), tr("Only what the spec says"));
    quick->addStretch(1);
    layout->addLayout(quick);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(3 * kGrid);
    auto* left = new QVBoxLayout;
    auto* right = new QVBoxLayout;
    left->setSpacing(0);
    right->setSpacing(0);
    addGroup(left, tr("Probes and parts"), Probes);
    addGroup(left, tr("From finished runs"), Derived);
    addGroup(right, tr("Fine-tuning"), FineTuning);
    addGroup(right, tr("Robust training"), Robust);
    for (QVBoxLayout* column : {left, right}) {
        column->addStretch(1);
        columns->addLayout(column);
    }
    layout->addLayout(columns);
}

void BaselinePicker::addGroup(QVBoxLayout* layout, const QString& heading, int group) {
    auto* title = new QLabel(heading);
    title->setProperty("role", "heading");
    layout->addWidget(title);
    for (const Kind& kind : methodKinds().all()) {
        if (groupOf(kind) != group) continue;
        auto* box = new QCheckBox(QString::fromStdString(kind.label));
        box->setIconSize(QSize(16, 16));
        box->setIcon(settingIcon(QString::fromStdString(kind.key), 0));
        box->setObjectName(QStringLiteral("baseline_%1").arg(QString::fromStdString(kind.key)));
        box->setToolTip(QString::fromStdString(kind.help));
        connect(box, &QCheckBox::clicked, this, [this, key = kind.key](bool on) { toggle(key, on); });
        layout->addWidget(box);
        m_boxes[kind.key] = box;
    }
    layout->addSpacing(kGrid);
}

// Above the button, where there is room for it.
void BaselinePicker::openList() {
    m_list->adjustSize();
    const QRect room = screen()->availableGeometry();
    const QPoint corner = mapToGlobal(QPoint(0, 0));
    const int left = std::clamp(corner.x(), room.left(), std::max(room.left(), room.right() - m_list->width()));
    m_list->move(left, std::max(room.top(), corner.y() - m_list->height()));
    m_list->show();
    m_list->findChild<QPushButton*>()->setFocus(Qt::PopupFocusReason);
}

void BaselinePicker::showDraft() {
    const std::set<std::string> chosen = chosenKinds(m_draft);
    const std::string& own = m_draft.spec().method.kind().key;
    for (const auto& [kind, box] : m_boxes) {
        box->setChecked(kind == own || chosen.contains(kind));
        box->setEnabled(kind != own);
    }
    setText(chosen.empty()       ? tr("Compare with…")
            : chosen.size() == 1 ? tr("Compare with 1 method")
                                 : tr("Compare with %1 methods").arg(chosen.size()));
}

// What stood there as "cached" or "all" is written out once a single method is ticked or not.
void BaselinePicker::toggle(const std::string& method, bool on) {
    std::set<std::string> chosen = chosenKinds(m_draft);
    on ? void(chosen.insert(method)) : void(chosen.erase(method));
    Json baselines = Json::array();
    for (const Kind& kind : methodKinds().all())
        if (chosen.contains(kind.key)) baselines.push_back(kind.key);
    m_draft.set("baselines", baselines);
}

} // namespace levi
