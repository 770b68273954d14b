// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sealed_store.h"

#include "core/base/random.h"
#include "core/spec/spec_json.h"
#include "ui/models/two_level_model.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QTextEdit>

namespace levi::test {
namespace {

constexpr double kIdTest = 0.7654321, kSketch = 0.3456789;

NewRun sealedRun(const char* method, std::uint64_t seed) {
    ExperimentSpec spec;
    setFieldText(spec, "data.path", "/data/pacs.zip");
    setFieldText(spec, "data.ood", "sketch");
    setFieldText(spec, "backbone.path", "/models/vit_tiny");
    setFieldText(spec, "method.kind", method);
    spec.seed = seed;
    return {.specJson = toJson(spec, true).dump(),
            .canonicalText = method,
            .cell = fmt::format("{:016x}", streamSeed(1, method)),
            .method = method,
            .seed = seed,
            .environment = {{"levi", "0.1.0"}},
            .parents = {},
            .study = kSealedStudy};
}

void addModelTexts(QStringList& texts, const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    for (int row = 0; row < model.rowCount(parent); ++row) {
        for (int column = 0; column < model.columnCount(parent); ++column)
            for (const int role :
                 {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(Qt::AccessibleTextRole), int(SortRole), int(KeyRole)})
                texts << model.index(row, column, parent).data(role).toString();
        addModelTexts(texts, model, model.index(row, 0, parent));
    }
}

void addTexts(QStringList& texts, const QWidget& widget) {
    texts << widget.toolTip() << widget.accessibleName() << widget.windowTitle();
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) texts << label->text();
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget)) texts << button->text();
    if (const auto* line = qobject_cast<const QLineEdit*>(&widget)) texts << line->text();
    if (const auto* text = qobject_cast<const QTextEdit*>(&widget)) texts << text->toPlainText();
    if (const auto* box = qobject_cast<const QComboBox*>(&widget)) addModelTexts(texts, *box->model());
    if (const auto* view = qobject_cast<const QAbstractItemView*>(&widget))
        if (view->model()) addModelTexts(texts, *view->model());
}

} // namespace

std::vector<MetricRow> sealedMetrics(std::int64_t epoch) {
    const bool isLast = epoch == 3;
    return {{"train", "", "accuracy", 0.9, 100},
            {"id_val", "", "accuracy", isLast ? 0.8 : 0.85, 100},
            {"id_val", "", "nll", 0.5, 100},
            {"id_test", "", "accuracy", kIdTest, 100},
            {"id_test", "photo", "accuracy", kIdTest, 50},
            {"ood_test/sketch", "", "accuracy", isLast ? kSketch : kSketch - 0.00001, 100}};
}

void addSealedRun(RunStore& store, const char* method, std::uint64_t seed) {
    const std::int64_t run = store.beginRun(sealedRun(method, seed));
    std::optional<std::int64_t> picked;
    for (std::int64_t epoch = 1; epoch <= 3; ++epoch) {
        const auto id = store.addCandidate(run, {.epoch = epoch, .trainLoss = 1, .metrics = sealedMetrics(epoch)});
        if (!picked) picked = id;
    }
    store.endRun(run, {.state = RunState::Done, .seconds = 2, .pickedCandidate = picked});
}

void fillSealedStore(const std::filesystem::path& file) {
    RunStore store(file);
    store.createStudy({.name = kSealedStudy,
                       .question = "Is LEVI better than a linear probe?",
                       .family = {{"LEVI", "Linear probe"}},
                       .seeds = {0, 1, 2}},
                      true);
    for (const char* method : {"levi", "linear_probe"})
        for (std::uint64_t seed = 0; seed < 3; ++seed)
            addSealedRun(store, method, seed);
}

QStringList textsOf(const QWidget& widget) {
    QStringList texts;
    addTexts(texts, widget);
    for (const QWidget* child : widget.findChildren<QWidget*>())
        addTexts(texts, *child);
    texts.removeAll(QString());
    return texts;
}

QStringList withTestFigures(const QStringList& texts) {
    static const QRegularExpression s_figure(QStringLiteral("76\\.5|0\\.765|34\\.[56]|0\\.34[56]"));
    return texts.filter(s_figure);
}

} // namespace levi::test
