// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers_page.h"

#include "core/base/error.h"
#include "core/spec/layer_choice.h"
#include "ui/app_settings.h"
#include "ui/engine_client.h"
#include "ui/icons.h"
#include "ui/models/queue_rows.h"
#include "ui/spec_draft.h"
#include "ui/theme.h"
#include "ui/widgets/cost_panel.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/layer_picker.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace levi {
namespace {

struct Preset {
    const char* key;
    const char* word;
};
constexpr Preset kPresets[] = {{"all", QT_TRANSLATE_NOOP("levi::LayersPage", "All")},
                               {"last", QT_TRANSLATE_NOOP("levi::LayersPage", "Last")},
                               {"late_half", QT_TRANSLATE_NOOP("levi::LayersPage", "Late half")},
                               {"every_second", QT_TRANSLATE_NOOP("levi::LayersPage", "Every second")}};

} // namespace

LayersPage::LayersPage(const PageContext& context, QWidget* parent)
    : Page(context, parent),
      m_method(new QComboBox),
      m_taps(new QLabel),
      m_presets(new QWidget),
      m_export(new QToolButton),
      m_stack(new QStackedWidget),
      m_picker(new LayerPicker),
      m_hint(new QLabel),
      m_cost(new CostPanel) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(makeToolLine());
    m_stack->addWidget(makeEmptyState());
    m_stack->addWidget(makePicture());
    layout->addWidget(m_stack, 1);
    connectParts();
    showMethod();
    showPicture();
}

QWidget* LayersPage::makeToolLine() {
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    for (const Kind& kind : methodKinds().all()) {
        m_method->addItem(QString::fromStdString(kind.label), QString::fromStdString(kind.key));
        m_method->setItemData(m_method->count() - 1, QString::fromStdString(kind.help), Qt::ToolTipRole);
    }
    m_method->setObjectName(QStringLiteral("layers_method"));
    m_method->setAccessibleName(tr("Method"));
    layout->addWidget(m_method);
    auto* presets = new QHBoxLayout(m_presets);
    presets->setContentsMargins(0, 0, 0, 0);
    presets->setSpacing(4);
    for (const Preset& preset : kPresets) {
        auto* button = new QPushButton(tr(preset.word));
        button->setObjectName(QStringLiteral("preset_%1").arg(QLatin1String(preset.key)));
        connect(button, &QPushButton::clicked, this,
                [this, key = preset.key] { context().draft.setText("method.taps", QLatin1String(key)); });
        presets->addWidget(button);
    }
    layout->addWidget(m_presets);
    m_taps->setProperty("role", "muted");
    layout->addWidget(m_taps, 1);
    auto* menu = new QMenu(this);
    for (const char* ending : {"svg", "pdf", "png"})
        menu->addAction(QString::fromLatin1(ending).toUpper(), this,
                        [this, ending] { exportPicture(QLatin1String(ending)); });
    m_export->setIcon(icon(QStringLiteral("export")));
    m_export->setText(tr("Export"));
    m_export->setToolTip(tr("Save this picture"));
    m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_export->setPopupMode(QToolButton::InstantPopup);
    m_export->setMenu(menu);
    layout->addWidget(m_export);
    return line;
}

QWidget* LayersPage::makePicture() {
    auto* card = new QFrame;
    card->setProperty("role", "card");
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    inside->addWidget(m_picker, 1);
    m_hint->setProperty("role", "muted");
    m_hint->setWordWrap(true);
    inside->addWidget(m_hint);
    auto* both = new QWidget;
    auto* layout = new QHBoxLayout(both);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(card, 1);
    layout->addWidget(m_cost);
    return both;
}

QWidget* LayersPage::makeEmptyState() {
    auto* empty =
        new EmptyState({.iconName = QStringLiteral("layers"),
                        .heading = tr("No backbone yet"),
                        .sentence = tr("Its layers will stand here in order, to be picked by a click, joined by "
                                       "lines to the specialist and to what combines them."),
                        .button = tr("Choose a backbone")});
    empty->button()->setObjectName(QStringLiteral("choose_backbone"));
    connect(empty->button(), &QPushButton::clicked, this, &LayersPage::backboneWanted);
    return empty;
}

void LayersPage::connectParts() {
    connect(&context().draft, &SpecDraft::changed, this, &LayersPage::showDraft);
    connect(&context().engine, &EngineClient::insightChanged, this, &LayersPage::showDraft);
    connect(m_method, &QComboBox::activated, this,
            [this](int index) { context().draft.setText("method.kind", m_method->itemData(index).toString()); });
    connect(m_picker, &LayerPicker::tapsPicked, this, &LayersPage::takeTaps);
    connect(m_picker, &LayerPicker::remarked, m_hint, &QLabel::setText);
    connect(m_picker, &LayerPicker::unfoldWanted, this, [this](int first) {
        m_unfolded.insert(first);
        showPicture();
    });
}

QWidget* LayersPage::firstFocus() {
    return m_stack->currentIndex() == 0 ? findChild<QPushButton*>(QStringLiteral("choose_backbone"))
                                        : static_cast<QWidget*>(m_picker);
}

void LayersPage::showDraft() {
    if (!isVisible()) return void(m_isStale = true);
    showMethod();
    showPicture();
}

void LayersPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (std::exchange(m_isStale, false)) showDraft();
}

void LayersPage::showMethod() {
    const Kind& kind = context().draft.spec().method.kind();
    m_method->setCurrentIndex(m_method->findData(QString::fromStdString(kind.key)));
    m_method->setToolTip(QString::fromStdString(kind.help));
    m_presets->setVisible(kind.method.usesTaps);
}

void LayersPage::showPicture() {
    const SpecInsight& insight = context().engine.insight();
    const ExperimentSpec& spec = context().draft.spec();
    const std::string folder = insight.backbone.value ? insight.backbone.value->folder : std::string();
    if (std::exchange(m_unfoldedOf, folder) != folder) m_unfolded.clear();
    const MethodPicture picture = pictureOf({.spec = spec,
                                             .backbone = insight.backbone.value.get(),
                                             .cost = insight.estimate.value.get(),
                                             .unfolded = m_unfolded});
    const bool hasPicture = picture.readout == Readout::None || !picture.blocks.empty();
    m_stack->setCurrentIndex(hasPicture ? 1 : 0);
    m_export->setEnabled(hasPicture);
    m_picker->showPicture(picture);
    m_cost->showCost(insight.estimate);
    const auto taps = fieldIfAny(spec, "method.taps");
    m_taps->setText(taps && !picture.taps().empty() ? layersWords(layersText(picture.taps())) : QString());
    if (!picture.problem.isEmpty())
        m_hint->setText(picture.problem);
    else if (picture.isTappable)
        m_hint->setText(
            tr("Click a block to tap it, Shift-click to extend; or arrows and Space. Bars: share of the cost."));
    else
        m_hint->setText(QString::fromStdString(spec.method.kind().help));
}

void LayersPage::takeTaps(const std::vector<int>& taps) {
    context().draft.setText("method.taps", QString::fromStdString(layersText(taps)));
}

void LayersPage::exportPicture(const QString& ending) {
    auto* dialog = new QFileDialog(window(), tr("Export the picture"), context().settings.lastFolder(),
                                   QStringLiteral("%1 (*.%2)").arg(ending.toUpper(), ending));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(ending);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        context().settings.setLastFolder(QFileInfo(file).absolutePath());
        try {
            m_picker->exportTo(file);
            m_hint->setText(tr("Saved %1").arg(file));
        } catch (const Error& error) {
            m_hint->setText(QString::fromUtf8(error.what()));
        }
    });
    dialog->open();
}

} // namespace levi
