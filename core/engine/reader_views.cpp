// SPDX-License-Identifier: Apache-2.0
#include "core/engine/reader_views.h"

#include "core/base/beginning.h"
#include "core/base/error.h"
#include "core/engine/data/field_view.h"
#include "core/engine/data/text_view.h"
#include "core/engine/run_parts.h"
#include "core/spec/data/text_data.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace levi {
namespace {

constexpr std::int64_t kPreviewRows = 3;
constexpr std::size_t kPreviewBytes = 400; // of a row

constexpr const char *kBackbone = "backbone", *kSpecialist = "specialist";

const TextViewOptions* textOptions(const ExperimentSpec& spec, const std::string& reader) {
    return (reader == kBackbone ? spec.backboneView : spec.specialistView).as<TextViewOptions>();
}

std::filesystem::path tokenizerFolder(const ExperimentSpec& spec, const std::string& reader) {
    for (const std::string& of : {reader, std::string(kBackbone)})
        if (const auto* options = textOptions(spec, of); options && !options->tokenizer.empty())
            return resolvedBackboneFolder(options->tokenizer.string());
    if (const auto path = fieldValue(spec, "backbone.path").get<std::string>(); !path.empty())
        return resolvedBackboneFolder(path);
    throw Error("is empty, and so is backbone.path; expected a folder with a tokenizer");
}

std::shared_ptr<const TextView> textView(const ExperimentSpec& spec, const std::string& reader) {
    try {
        return std::make_shared<TextView>(reader, openTokenizer(tokenizerFolder(spec, reader)),
                                          *textOptions(spec, reader));
    } catch (const Error& error) {
        throw Error("{}_view.tokenizer: {}", reader, error.what());
    }
}

bool readsPairs(const ExperimentSpec& spec) {
    const auto* table = spec.data.as<TextTableOptions>();
    return table && !table->textPair.empty();
}

std::optional<Problem> lengthProblem(const ExperimentSpec& spec, const TextView& view) {
    const TokenizerInfo& tokenizer = view.tokenizer();
    const std::int64_t tokens = view.form().tokens;
    const std::string path = view.reader() + "_view.max_length";
    if (!readsPairs(spec)) {
        if (tokens > tokenizer.specials) return std::nullopt;
        return Problem{path, fmt::format("found {}, expected more than the {} special tokens of a text", tokens,
                                         tokenizer.specials)};
    }
    const std::int64_t least = tokenizer.pairSpecials + 2;
    if (tokens >= least) return std::nullopt;
    return Problem{path, fmt::format("found {}, expected at least {}, the {} special tokens of a pair and a token of "
                                     "each text",
                                     tokens, least, tokenizer.pairSpecials)};
}

std::optional<Problem> typesProblem(const ExperimentSpec& spec, const TokenizerInfo& tokenizer,
                                    const BackboneInfo& info) {
    const bool isPair = readsPairs(spec);
    const std::int32_t largest = isPair ? tokenizer.largestPairType : tokenizer.largestType;
    if (info.tokenTypes == 0 || largest < info.tokenTypes) return std::nullopt;
    return Problem{"backbone_view.tokenizer",
                   fmt::format("{} gives the tokens of a {} types up to {}, and {} has embeddings of {} only; {}",
                               tokenizer.folder, isPair ? "pair" : "text", largest, info.architecture, info.tokenTypes,
                               isPair ? "say both texts in data.text, such as '{a} {b}', and leave data.text_pair "
                                        "empty, or choose another backbone"
                                      : "choose the tokenizer of this backbone")};
}

void addTextProblems(std::vector<Problem>& problems, const ExperimentSpec& spec, const BackboneInfo& info) {
    const auto view = textView(spec, kBackbone);
    const TokenizerInfo& tokenizer = view->tokenizer();
    if (tokenizer.vocabulary > info.vocabulary)
        problems.push_back(
            {"backbone_view.tokenizer",
             fmt::format("{} has ids up to {}, and {} has embeddings for {} only: it belongs to another "
                         "backbone",
                         tokenizer.folder, tokenizer.vocabulary - 1, info.architecture, info.vocabulary)});
    const std::int64_t tokens = view->form().tokens;
    if (info.longestText > 0 && tokens > info.longestText)
        problems.push_back(
            {"backbone_view.max_length", fmt::format("found {}, expected at most {}, the positions that {} has", tokens,
                                                     info.longestText, info.architecture)});
    for (const auto& problem : {lengthProblem(spec, *view), typesProblem(spec, tokenizer, info)})
        if (problem) problems.push_back(*problem);
}

} // namespace

PictureView backbonePictures(const ExperimentSpec& spec, const BackboneInfo& info) {
    const auto* options = spec.backboneView.as<BackbonePictureOptions>();
    if (!options) throw Error("backbone_view.kind: found {}, expected picture", spec.backboneView.kind().key);
    return PictureView::ofBackbone(info.preprocess, *options);
}

std::shared_ptr<const View> backboneView(const ExperimentSpec& spec, const BackboneInfo& info) {
    if (textOptions(spec, kBackbone)) return textView(spec, kBackbone);
    return std::make_shared<PictureView>(backbonePictures(spec, info));
}

std::shared_ptr<const View> specialistView(const ExperimentSpec& spec, const RowSet* train) {
    if (textOptions(spec, kSpecialist)) return textView(spec, kSpecialist);
    if (const auto* options = spec.specialistView.as<SpecialistPictureOptions>())
        return std::make_shared<PictureView>(PictureView::ofSpecialist(*options));
    if (!train) throw Error("specialist_view.kind: columns are read as the training rows say, and there are none");
    return std::make_shared<FieldView>(fieldScale(*train));
}

std::optional<Problem> specialistLengthProblem(const ExperimentSpec& spec) {
    return textOptions(spec, kSpecialist) ? lengthProblem(spec, *textView(spec, kSpecialist)) : std::nullopt;
}

std::vector<ReaderPreview> readerPreviews(const ExperimentSpec& spec, const RowSet& train) {
    std::vector<std::shared_ptr<const View>> views;
    if (section(kBackbone).applies(spec) && textOptions(spec, kBackbone)) views.push_back(textView(spec, kBackbone));
    if (section(kSpecialist).applies(spec) && !spec.specialistView.as<SpecialistPictureOptions>())
        views.push_back(specialistView(spec, &train));
    std::vector<ReaderPreview> previews;
    for (const auto& view : views) {
        auto& preview = previews.emplace_back(ReaderPreview{.reader = view->reader(), .how = view->how(), .rows = {}});
        for (std::int64_t i = 0; i < std::min(kPreviewRows, train.size()); ++i) {
            Sample sample(train, i);
            preview.rows.emplace_back(sample.id(), std::string(beginningOf(view->shown(sample), kPreviewBytes)));
        }
    }
    return previews;
}

std::vector<std::pair<std::string, std::string>> tokenizerFacts(const ExperimentSpec& spec) {
    std::vector<std::pair<std::string, std::string>> facts;
    for (const char* reader : {kBackbone, kSpecialist})
        if (section(reader).applies(spec) && textOptions(spec, reader))
            facts.emplace_back(fmt::format("{}_view.tokenizer", reader),
                               textView(spec, reader)->tokenizer().fingerprint);
    return facts;
}

std::vector<Problem> readerProblems(const ExperimentSpec& spec, const BackboneInfo& info) {
    std::vector<Problem> problems;
    const bool readsTexts = textOptions(spec, kBackbone) != nullptr;
    if (info.readsTexts() != readsTexts) {
        problems.push_back(
            {"backbone.path", fmt::format("{} reads {}, expected a backbone that reads {}, as backbone.kind {} says",
                                          info.architecture, info.readsTexts() ? "texts" : "pictures",
                                          readsTexts ? "texts" : "pictures", spec.backbone.kind().key)});
        return problems;
    }
    if (!readsTexts) return problems;
    if (spec.method.is("mixup") && trainsBackbone(spec))
        problems.push_back({"method.kind", "mixup mixes what is read, and texts have no mixture; freeze the backbone "
                                           "(backbone.mode) to mix its features, or choose another method"});
    try {
        addTextProblems(problems, spec, info);
    } catch (const Error& error) {
        const std::string sentence = error.what(); // begins with the field
        const auto colon = sentence.find(": ");
        problems.push_back({sentence.substr(0, colon), sentence.substr(colon + 2)});
    }
    return problems;
}

} // namespace levi
