// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/method_picture.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/spec/layer_choice.h"
#include "ui/widgets/field_text.h"
#include "ui/words.h"

#include <QCoreApplication>

#include <algorithm>

namespace levi {
namespace {

constexpr int kFoldBeyondDepth = 16; // shallower backbones are always shown block by block
constexpr int kFoldFrom = 3;         // blocks in a row

QString tr(const char* text) {
    return QCoreApplication::translate("levi::MethodPicture", text);
}

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

QString word(const ExperimentSpec& spec, const std::string& path) {
    const auto value = fieldIfAny(spec, path);
    return value ? fieldText(*value).replace(QLatin1Char('_'), QLatin1Char(' ')) : QString();
}

// By the kind of view.
QString sourceOf(const std::string& view) {
    if (view == "text") return tr("texts");
    return view == "fields" ? tr("columns") : tr("pictures");
}

QString layerTip(const LayerInfo& layer, bool readsTexts) {
    return tr("%1\n%2 tokens × %3\n%4 parameters, %5 %6")
        .arg(text(layer.name), grouped(layer.tokens), grouped(layer.width), grouped(layer.parameters),
             text(flopText(static_cast<double>(layer.flopsPerSample))), readsTexts ? tr("a text") : tr("a picture"));
}

PictureBlock blockOf(const BackboneInfo& info, int layer, double dearest) {
    const LayerInfo& of = info.layers[static_cast<std::size_t>(layer)];
    return {.first = layer,
            .last = layer,
            .name = layer == 0 ? tr("emb") : QString::number(layer),
            .widthText = QString::number(of.width),
            .tip = layerTip(of, info.readsTexts()),
            .cost = dearest > 0 ? static_cast<double>(of.flopsPerSample) / dearest : 0};
}

PictureBlock folded(const std::vector<PictureBlock>& run) {
    PictureBlock block = run.front();
    block.last = run.back().last;
    block.name = QStringLiteral("%1 … %2").arg(run.front().name, run.back().name);
    block.tip = tr("%1 layers that nothing reads\nClick to see them one by one").arg(run.size());
    return block;
}

void addRun(std::vector<PictureBlock>& all, const std::vector<PictureBlock>& run, bool folds) {
    if (folds && static_cast<int>(run.size()) >= kFoldFrom)
        all.push_back(folded(run));
    else
        all.insert(all.end(), run.begin(), run.end());
}

// Where nothing can be tapped the last block still matters, so it stays apart.
std::vector<PictureBlock> blocksOf(const BackboneInfo& info, const std::set<int>& taps, const std::set<int>& unfolded) {
    double dearest = 0;
    for (const LayerInfo& layer : info.layers)
        dearest = std::max(dearest, static_cast<double>(layer.flopsPerSample));
    const int last = static_cast<int>(info.layers.size()) - 1;
    std::vector<PictureBlock> blocks, run;
    const auto endRun = [&] {
        if (run.empty()) return;
        addRun(blocks, run, last > kFoldBeyondDepth && !unfolded.contains(run.front().first));
        run.clear();
    };
    for (int layer = 0; layer <= last; ++layer) {
        PictureBlock block = blockOf(info, layer, dearest);
        block.isTapped = taps.contains(layer);
        if (block.isTapped || layer == last) {
            endRun();
            blocks.push_back(block);
        } else
            run.push_back(block);
    }
    endRun();
    return blocks;
}

std::set<int> tapsOf(const ExperimentSpec& spec, int depth, QString& problem) {
    const auto value = fieldIfAny(spec, "method.taps");
    if (!value) return {};
    try {
        const auto taps = resolveLayers(layerChoiceOf(*value), depth);
        return {taps.begin(), taps.end()};
    } catch (const Error& error) {
        problem = text(error.what());
        return {};
    }
}

// What is trained of the backbone.
QString trainingText(const ExperimentSpec& spec) {
    switch (backboneMode(spec)) {
    case BackboneMode::Frozen:
        return tr("frozen");
    case BackboneMode::Full:
        return tr("trained");
    case BackboneMode::Lora:
        return tr("LoRA");
    case BackboneMode::Norms:
        return tr("norms trained");
    case BackboneMode::Biases:
        return tr("biases trained");
    case BackboneMode::Blocks:
        break;
    }
    return tr("%1 blocks trained").arg(word(spec, "backbone.block_group"));
}

void describeSpecialist(MethodPicture& picture, const PictureInput& input) {
    picture.hasSpecialist = input.spec.method.kind().method.usesSpecialist;
    if (!picture.hasSpecialist) return;
    picture.specialistText = text(input.spec.specialist.kind().label);
    const auto resolution = fieldIfAny(input.spec, "specialist_view.resolution");
    QStringList details;
    if (resolution) details << tr("%1 px").arg(fieldText(*resolution));
    if (input.cost && input.cost->specialistParameters > 0)
        details << text(countText(static_cast<double>(input.cost->specialistParameters)));
    picture.specialistDetail = details.join(QLatin1String(", "));
}

Readout readoutOf(const ExperimentSpec& spec) {
    const MethodTraits& traits = spec.method.kind().method;
    if (!traits.usesBackbone || traits.isDerived) return Readout::None;
    if (!traits.usesTaps) return Readout::LastState;
    return fieldIfAny(spec, "method.adapter") ? Readout::Adapters : Readout::Concatenation;
}

void describeReadout(MethodPicture& picture, const ExperimentSpec& spec) {
    QStringList pin{word(spec, "method.normalization"), word(spec, "method.pool")};
    pin.removeAll(QString());
    picture.pinText = pin.join(QLatin1String(", "));
    const QString adapter = word(spec, "method.adapter");
    const QString width = word(spec, "method.adapter_width");
    picture.adapterText = adapter == QLatin1String("linear") ? tr("linear") : tr("%1, %2 wide").arg(adapter, width);
    const QString hidden = word(spec, "method.hidden_width");
    picture.headText = hidden.isEmpty() ? tr("linear") : tr("%1 hidden").arg(hidden);
    picture.combineText = word(spec, picture.isDerived ? "method.average" : "method.combine");
    if (picture.isDerived) picture.combineText = tr("mean %1").arg(picture.combineText);
}

} // namespace

std::optional<Json> fieldIfAny(const ExperimentSpec& spec, const std::string& path) {
    for (const FieldRow& row : fieldRows(spec, section(path.substr(0, path.find('.')))))
        if (row.path == path) return row.value;
    return std::nullopt;
}

std::vector<int> MethodPicture::taps() const {
    std::vector<int> all;
    for (const PictureBlock& block : blocks)
        if (block.isTapped) all.push_back(block.first);
    return all;
}

MethodPicture pictureOf(const PictureInput& input) {
    const ExperimentSpec& spec = input.spec;
    const MethodTraits& traits = spec.method.kind().method;
    MethodPicture picture{.trainsBackbone = trainsBackbone(spec),
                          .readout = readoutOf(spec),
                          .isTappable = traits.usesTaps,
                          .isDerived = traits.isDerived};
    picture.backboneReads = sourceOf(spec.backboneView.kind().key);
    picture.specialistReads = sourceOf(spec.specialistView.kind().key);
    if (traits.usesBackbone && !traits.isDerived && input.backbone && !input.backbone->layers.empty()) {
        const int depth = static_cast<int>(input.backbone->layers.size()) - 1;
        const std::set<int> taps = traits.usesTaps ? tapsOf(spec, depth, picture.problem) : std::set<int>{};
        picture.blocks = blocksOf(*input.backbone, taps, input.unfolded);
        const std::string& name =
            input.backbone->architecture.empty() ? input.backbone->family : input.backbone->architecture;
        picture.backboneText = QStringLiteral("%1, %2").arg(text(name), trainingText(spec));
    }
    describeSpecialist(picture, input);
    describeReadout(picture, spec);
    if (const auto parents = fieldIfAny(spec, "method.parents"); parents && traits.isDerived)
        for (const Json& parent : *parents)
            picture.parents << text(parent.get<std::string>());
    return picture;
}

} // namespace levi
