// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/theme.h"
#include "ui/widgets/insight_panel.h"

#include <QApplication>
#include <QFrame>
#include <QLabel>
#include <QTest>

using namespace levi;

namespace {

template<typename T>
Answer<T> known(T value) {
    return {.value = std::make_shared<const T>(std::move(value)), .message = {}};
}

QString wordsOf(const QWidget& widget) {
    QStringList words;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (!label->isHidden()) words << label->text();
    return words.join(QLatin1Char('\n'));
}

BackboneInfo bert() {
    return {.reads = BackboneReads::Texts,
            .family = "bert",
            .layers = {{.name = "embeddings", .width = 384, .tokens = 128}},
            .depth = 6,
            .width = 384,
            .vocabulary = 30'522,
            .longestText = 512,
            .flopsPerSample = 2'000'000'000};
}

} // namespace

class TestInsightPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        applyTheme(*qApp, Lightness::Light);
        m_panel = std::make_unique<InsightPanel>();
        m_panel->resize(540, 700);
        m_panel->show();
    }
    void cleanup() { m_panel.reset(); }

    void backbonesThatTrainHaveNoFeatures() {
        CostEstimate cost{.depth = 12, .trainableParameters = 1000, .rows = 20, .cachedRows = 5, .featureKey = "vit"};
        m_panel->showInsight({.estimate = known(cost)}, 1, 0);
        QVERIFY2(wordsOf(*m_panel).contains(QStringLiteral("features cached: 5 of 20")), qPrintable(wordsOf(*m_panel)));
        cost.featureKey.clear();
        m_panel->showInsight({.estimate = known(cost)}, 1, 0);
        QVERIFY2(!wordsOf(*m_panel).contains(QStringLiteral("cached")), qPrintable(wordsOf(*m_panel)));
    }

    // Of pictures there is nothing to be said: they stand in the data's own card.
    void readersOfPicturesHaveNoCard() {
        m_panel->showInsight({}, 1, 0);
        QVERIFY(readings()->isHidden());
        m_panel->showInsight({.readings = known(std::vector<ReaderPreview>{})}, 1, 0);
        QVERIFY(readings()->isHidden());
    }

    void rowsStandAsEachReaderSeesThem() {
        m_panel->showInsight({.readings = known(std::vector<ReaderPreview>{
                                  {.reader = "backbone",
                                   .how = "WordPiece, 30.5 K tokens; at most 64 of a text",
                                   .rows = {{"12", "9 tokens: Heat (1995),\n<b>Crime</b>"}}},
                                  {.reader = "specialist", .how = "user (943 known)", .rows = {{"12", "user 7"}}}})},
                             1, 0);
        QVERIFY(!readings()->isHidden());
        const QString words = wordsOf(*readings());
        for (const char* expected : {"<b>Backbone</b> &nbsp;WordPiece, 30.5 K tokens; at most 64 of a text",
                                     "<b>12</b> &nbsp;9 tokens: Heat (1995), &lt;b&gt;Crime&lt;/b&gt;",
                                     "<b>Specialist</b> &nbsp;user (943 known)", "<b>12</b> &nbsp;user 7"})
            QVERIFY2(words.contains(QLatin1String(expected)), qPrintable(words));
    }

    void whatCannotBeReadIsSaid() {
        m_panel->showInsight({.readings = {.value = nullptr, .message = QStringLiteral("no tokenizer there")}}, 1, 0);
        QVERIFY(!readings()->isHidden());
        QVERIFY(wordsOf(*readings()).contains(QStringLiteral("no tokenizer there")));
    }

    void whatIsNotThereHasNoFacts() {
        m_panel->showInsight({.backbone = known(BackboneInfo{.problems = {"vit: is not there"}}),
                              .data = known(DataInfo{.domains = {"photo"}, .problems = {"p.zip: is not there"}})},
                             1, 0);
        const QString words = wordsOf(*m_panel);
        QVERIFY2(words.contains("p.zip: is not there") && words.contains("vit: is not there"), qPrintable(words));
        QVERIFY2(!words.contains("0 classes") && !words.contains("0 blocks"), qPrintable(words));
    }

    void backbonesOfTextsAreNoPictures() {
        m_panel->showInsight({.backbone = known(bert())}, 1, 0);
        const QString words = wordsOf(*m_panel);
        QVERIFY2(words.contains(QStringLiteral("GFLOP a text of 128 tokens")), qPrintable(words));
        QVERIFY2(words.contains(QStringLiteral("30,522 known tokens, 512 at most")), qPrintable(words));
        QVERIFY(!words.contains(QStringLiteral("px")));
    }

private:
    QFrame* readings() const { return m_panel->findChild<QFrame*>(QStringLiteral("readings")); }

    std::unique_ptr<InsightPanel> m_panel;
};

LEVI_TEST(TestInsightPanel)
#include "tst_insight_panel.moc"
