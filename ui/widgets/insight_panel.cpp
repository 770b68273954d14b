// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/insight_panel.h"

#include "core/base/numbers.h"
#include "ui/icons.h"
#include "ui/models/queue_rows.h"
#include "ui/theme.h"
#include "ui/widgets/role_row.h"
#include "ui/words.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace levi {
namespace {

constexpr std::size_t kMostRemarks = 4;

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

void setRemarks(QLabel* label, const QStringList& lines, const char* role) {
    label->setVisible(!lines.isEmpty());
    label->setText(lines.join(QLatin1Char('\n')));
    label->setProperty("role", role);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

QStringList firstOf(const std::vector<std::string>& sentences) {
    QStringList lines;
    for (std::size_t i = 0; i < sentences.size() && i < kMostRemarks; ++i)
        lines << text(sentences[i]);
    if (sentences.size() > kMostRemarks)
        lines << InsightPanel::tr("… and %1 more").arg(sentences.size() - kMostRemarks);
    return lines;
}

QStringList brokenLines(const DataInfo& info) {
    if (info.brokenFiles == 0) return {};
    QStringList lines{
        InsightPanel::tr("%1 cannot be read")
            .arg(counted(info.brokenFiles, InsightPanel::tr("file or row"), InsightPanel::tr("files or rows")))};
    for (const BrokenFile& file : info.broken) // as many as the engine names
        lines << text(file.reason);
    if (const auto others = info.brokenFiles - static_cast<std::int64_t>(info.broken.size()); others > 0)
        lines << InsightPanel::tr("… and %1 more").arg(others);
    return lines;
}

QString targetFacts(const DataInfo& info) {
    if (info.target == TargetKind::Class)
        return counted(static_cast<std::int64_t>(info.classes.size()), InsightPanel::tr("class"),
                       InsightPanel::tr("classes"));
    if (info.classes.empty()) return InsightPanel::tr("a number");
    const QString lowest = text(info.classes.front()), highest = text(info.classes.back());
    return InsightPanel::tr("a number from %1 to %2")
        .arg(lowest.section(QLatin1String(" to "), 0, 0), highest.section(QLatin1String(" to "), 1));
}

QString dataFacts(const DataInfo& info) {
    const auto domains = static_cast<std::int64_t>(info.domains.size());
    return QStringLiteral("%1, %2").arg(targetFacts(info),
                                        counted(domains, InsightPanel::tr("domain"), InsightPanel::tr("domains")));
}

QString whatItReads(const BackboneInfo& info) {
    if (!info.readsTexts())
        return InsightPanel::tr("made for %1 × %2 px in patches of %3")
            .arg(info.imageWidth)
            .arg(info.imageHeight)
            .arg(info.patchSize);
    const QString tokens = InsightPanel::tr("reads texts of %1 known tokens").arg(grouped(info.vocabulary));
    return info.longestText > 0 ? InsightPanel::tr("%1, %2 at most").arg(tokens, grouped(info.longestText)) : tokens;
}

QString backboneFacts(const BackboneInfo& info) {
    const QString flops = text(flopText(static_cast<double>(info.flopsPerSample)));
    const std::int64_t tokens = info.layers.empty() ? 0 : info.layers.front().tokens;
    QStringList facts{text(info.architecture.empty() ? info.family : info.architecture),
                      InsightPanel::tr("%1 blocks × %2").arg(info.depth).arg(info.width),
                      InsightPanel::tr("%1 parameters").arg(text(countText(static_cast<double>(info.parameters)))),
                      whatItReads(info),
                      info.readsTexts() ? InsightPanel::tr("%1 a text of %2 tokens").arg(flops).arg(tokens)
                                        : InsightPanel::tr("%1 a picture of that size").arg(flops)};
    return facts.join(QStringLiteral(" · "));
}

// Rich text: the reader and how it reads, then a paragraph a row.
QString readingText(const ReaderPreview& preview) {
    const QString reader = preview.reader == "backbone" ? InsightPanel::tr("Backbone") : InsightPanel::tr("Specialist");
    const auto paragraph = [](const QString& first, const QString& second) {
        return QStringLiteral("<p style=\"margin: 0 0 4px 0\"><b>%1</b> &nbsp;%2</p>")
            .arg(first.toHtmlEscaped(), second.simplified().toHtmlEscaped());
    };
    QString all = paragraph(reader, cleanText(preview.how));
    for (const auto& [row, read] : preview.rows)
        all += paragraph(cleanText(row), cleanText(read));
    return all;
}

// Baselines that "cached" and "all" would bring in; those that were named stand among the problems.
QStringList leftOut(const SpecInsight& insight) {
    QStringList lines;
    if (insight.unfit.value)
        for (const UnfitBaseline& baseline : *insight.unfit.value)
            if (!baseline.isNamed)
                lines << InsightPanel::tr("%1 is left out: %2").arg(text(baseline.name), text(baseline.reason));
    return lines;
}

QString costFacts(const CostEstimate& cost, std::size_t seeds, std::size_t baselines) {
    QStringList facts;
    facts << InsightPanel::tr("%1 trainable parameters")
                 .arg(text(countText(static_cast<double>(cost.trainableParameters))));
    if (cost.frozenParameters > 0)
        facts << InsightPanel::tr("%1 frozen").arg(text(countText(static_cast<double>(cost.frozenParameters))));
    if (cost.rows > 0 && !cost.featureKey.empty())
        facts
            << (cost.cachedRows >= cost.rows
                    ? InsightPanel::tr("features cached: yes, all %1").arg(grouped(cost.rows))
                    : InsightPanel::tr("features cached: %1 of %2").arg(grouped(cost.cachedRows), grouped(cost.rows)));
    if (cost.seconds > 0 && seeds > 0)
        facts << InsightPanel::tr("about %1 for %2")
                     .arg(roughDuration(cost.seconds * static_cast<double>(seeds)),
                          counted(static_cast<std::int64_t>(seeds), InsightPanel::tr("run"), InsightPanel::tr("runs")));
    if (baselines > 0)
        facts << InsightPanel::tr("%1 not reckoned")
                     .arg(counted(static_cast<std::int64_t>(baselines), InsightPanel::tr("baseline"),
                                  InsightPanel::tr("baselines")));
    return facts.join(QStringLiteral(" · "));
}

} // namespace

InsightPanel::InsightPanel(QWidget* parent)
    : QScrollArea(parent), m_cards(nullptr), m_roles(new QWidget), m_offer(new QWidget) {
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    auto* content = new QWidget;
    m_cards = new QVBoxLayout(content);
    m_cards->setContentsMargins(0, 0, 0, 0);
    m_cards->setSpacing(kGrid);
    m_data = makeCard(tr("What you are about to read"));
    auto* roles = new QVBoxLayout(m_roles);
    roles->setContentsMargins(0, 0, 0, 0);
    roles->setSpacing(0);
    m_data.layout->insertWidget(2, m_roles);
    auto* offer = new QHBoxLayout(m_offer);
    offer->setContentsMargins(0, 0, 0, 0);
    auto* demo = new QPushButton(tr("Use the demo &world"));
    demo->setObjectName(QStringLiteral("use_demo"));
    demo->setToolTip(
        tr("Procedural pictures and a tiny backbone that come with the program: no file and no network needed"));
    offer->addWidget(demo);
    offer->addStretch(1);
    m_data.layout->addWidget(m_offer);
    connect(demo, &QPushButton::clicked, this, &InsightPanel::demoWanted);
    m_readings = makeCard(tr("What each reader sees"));
    m_readings.frame->setObjectName(QStringLiteral("readings"));
    m_readings.facts->setTextFormat(Qt::RichText);
    m_backbone = makeCard(tr("Backbone"));
    m_cost = makeCard(tr("Cost"));
    m_cards->addStretch(1);
    setWidget(content);
}

InsightPanel::Card InsightPanel::makeCard(const QString& heading) {
    auto* frame = new QFrame;
    frame->setProperty("role", "card");
    Card card{frame, new QLabel(heading), new QLabel, new QLabel, new QVBoxLayout(frame)};
    card.heading->setProperty("role", "heading");
    for (QLabel* label : {card.facts, card.remarks}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    card.layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid * 3 / 2);
    card.layout->setSpacing(kGrid);
    auto* header = new QHBoxLayout;
    header->addWidget(card.heading);
    header->addStretch(1);
    if (m_cards->count() == 0) {
        auto* again = new QToolButton;
        again->setIcon(icon(QStringLiteral("refresh")));
        again->setToolTip(tr("Read files again"));
        again->setAccessibleName(tr("Read files again"));
        header->addWidget(again);
        connect(again, &QToolButton::clicked, this, &InsightPanel::readAgainWanted);
    }
    card.layout->addLayout(header);
    card.layout->addWidget(card.facts);
    card.layout->addWidget(card.remarks);
    m_cards->addWidget(frame);
    return card;
}

void InsightPanel::showInsight(const SpecInsight& insight, std::size_t seeds, std::size_t baselines) {
    showData(insight.data);
    showReadings(insight.readings);
    showBackbone(insight.backbone);
    showCost(insight, seeds, baselines);
}

void InsightPanel::showData(const Answer<DataInfo>& answer) {
    const bool isEmpty = !answer.value && answer.message.isEmpty() && !answer.isComing;
    m_offer->setVisible(isEmpty);
    m_roles->setVisible(answer.value != nullptr);
    QStringList remarks;
    if (answer.isComing)
        m_data.facts->setText(tr("Reading the data…"));
    else if (isEmpty)
        m_data.facts->setText(
            tr("Name a folder of pictures or a table of texts, or drop one onto this window: its roles, classes and "
               "first rows will stand here. Or begin without any file:"));
    else if (answer.value) {
        m_data.facts->setText(answer.value->roles.empty() ? tr("These data cannot be used yet.")
                                                          : dataFacts(*answer.value));
        remarks = firstOf(answer.value->problems) + brokenLines(*answer.value) + firstOf(answer.value->notes);
        if (m_shown != answer.value) showRoles(*answer.value);
        m_shown = answer.value;
    } else {
        m_data.facts->setText(tr("These data cannot be used yet."));
        remarks << answer.message;
    }
    const bool isBad = !answer.message.isEmpty() || (answer.value && !answer.value->usable());
    setRemarks(m_data.remarks, remarks, isBad ? "error" : "warning");
}

void InsightPanel::showRoles(const DataInfo& info) {
    qDeleteAll(m_roles->findChildren<RoleRow*>(QString(), Qt::FindDirectChildrenOnly));
    for (const RoleInfo& role : info.roles)
        m_roles->layout()->addWidget(new RoleRow(role, info.classes));
}

// Of texts and columns; pictures speak for themselves.
void InsightPanel::showReadings(const Answer<std::vector<ReaderPreview>>& answer) {
    QStringList readers;
    if (answer.value)
        for (const ReaderPreview& preview : *answer.value)
            readers << readingText(preview);
    m_readings.frame->setVisible(!readers.isEmpty() || !answer.message.isEmpty());
    m_readings.facts->setVisible(!readers.isEmpty());
    m_readings.facts->setText(readers.join(QStringLiteral("<br>")));
    setRemarks(m_readings.remarks, answer.message.isEmpty() ? QStringList() : QStringList{answer.message}, "error");
}

void InsightPanel::showBackbone(const Answer<BackboneInfo>& answer) {
    QStringList remarks;
    bool isBad = !answer.message.isEmpty();
    if (answer.value) {
        isBad = !answer.value->usable();
        m_backbone.facts->setText(answer.value->depth > 0 ? backboneFacts(*answer.value)
                                                          : tr("This backbone cannot be used."));
        remarks = isBad ? firstOf(answer.value->problems) : firstOf(answer.value->notes);
    } else if (isBad) {
        m_backbone.facts->setText(tr("This backbone cannot be used."));
        remarks << answer.message;
    } else {
        m_backbone.facts->setText(
            tr("Name a folder with config.json and model.safetensors: layers, widths and costs will "
               "stand here."));
    }
    setRemarks(m_backbone.remarks, remarks, isBad ? "error" : "muted");
}

void InsightPanel::showCost(const SpecInsight& insight, std::size_t seeds, std::size_t baselines) {
    if (!insight.engine.message.isEmpty()) {
        m_cost.facts->setText(tr("Nothing can be run: the engine is not here."));
        return setRemarks(m_cost.remarks, {insight.engine.message}, "error");
    }
    if (insight.estimate.value)
        m_cost.facts->setText(costFacts(*insight.estimate.value, seeds, baselines));
    else
        m_cost.facts->setText(tr("Parameters, time and what is cached will stand here once the spec is complete."));
    setRemarks(m_cost.remarks, leftOut(insight), "muted");
}

} // namespace levi
