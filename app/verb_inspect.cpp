// SPDX-License-Identifier: Apache-2.0
#include "app/run_json.h"
#include "app/verbs.h"
#include "core/base/numbers.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/report/escape.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace levi {
namespace {

struct InspectArguments {
    std::filesystem::path folder;
    bool json = false;
};

Json backboneJson(const BackboneInfo& info) {
    Json layers = Json::array();
    for (const LayerInfo& layer : info.layers)
        layers.push_back({{"name", layer.name},
                          {"width", layer.width},
                          {"tokens", layer.tokens},
                          {"parameters", layer.parameters},
                          {"flops_per_sample", layer.flopsPerSample}});
    return {{"folder", info.folder},
            {"usable", info.usable()},
            {"reads", info.readsTexts() ? "texts" : "pictures"},
            {"family", info.family},
            {"naming", info.naming},
            {"architecture", info.architecture},
            {"depth", info.depth},
            {"width", info.width},
            {"heads", info.heads},
            {"patch_size", info.patchSize},
            {"image_height", info.imageHeight},
            {"image_width", info.imageWidth},
            {"prefix_tokens", info.prefixTokens},
            {"vocabulary", info.vocabulary},
            {"longest_text", info.longestText},
            {"token_types", info.tokenTypes},
            {"classes", info.classes},
            {"parameters", info.parameters},
            {"flops_per_sample", info.flopsPerSample},
            {"weights_fingerprint", info.weightsFingerprint},
            {"layers", std::move(layers)},
            {"problems", info.problems},
            {"notes", info.notes}};
}

std::string inputText(const BackboneInfo& info) {
    if (!info.readsTexts())
        return fmt::format("patches of {} px, input {} x {} px", info.patchSize, info.imageWidth, info.imageHeight);
    const std::string longest =
        info.longestText > 0 ? fmt::format("up to {} tokens", info.longestText) : std::string("of any length");
    return fmt::format("vocabulary of {}, texts {}", info.vocabulary, longest);
}

std::string costText(const BackboneInfo& info) {
    const std::string flops = flopText(static_cast<double>(info.flopsPerSample));
    return info.readsTexts() ? fmt::format("{} a text of {} tokens", flops, info.layers.at(0).tokens)
                             : flops + " a picture";
}

void printBackbone(const BackboneInfo& info) {
    fmt::print("{}: {} ({} naming), {}\n", cleanLine(info.folder), cleanLine(info.family), cleanLine(info.naming),
               cleanLine(info.architecture));
    fmt::print("{} blocks, width {}, {} heads, {}, {} parameters, {}\n", info.depth, info.width, info.heads,
               inputText(info), countText(static_cast<double>(info.parameters)), costText(info));
    fmt::print("\n tap  layer                 width  tokens  parameters        cost\n");
    for (std::size_t tap = 0; tap < info.layers.size(); ++tap) {
        const LayerInfo& layer = info.layers[tap];
        fmt::print("{:>4}  {:<20} {:>6}  {:>6}  {:>10}  {:>10}\n", tap, cleanLine(layer.name), layer.width,
                   layer.tokens, countText(static_cast<double>(layer.parameters)),
                   flopText(static_cast<double>(layer.flopsPerSample)));
    }
}

int inspect(const InspectArguments& arguments) {
    const BackboneInfo info = engine().inspectBackbone(arguments.folder);
    if (arguments.json) {
        printJson(backboneJson(info), 2);
        return info.usable() ? kDone : kFailed;
    }
    if (info.depth > 0) printBackbone(info);
    for (const std::string& note : info.notes)
        fmt::print("note: {}\n", cleanLine(note));
    for (const std::string& problem : info.problems)
        fmt::print("problem: {}\n", cleanLine(problem));
    return info.usable() ? kDone : kFailed;
}

} // namespace

void addInspectVerb(CLI::App& app, Verb& verb) {
    auto* inspectVerb =
        app.add_subcommand("inspect", "What a folder of pretrained weights is; exit 1 where it is no use");
    auto arguments = std::make_shared<InspectArguments>();
    inspectVerb->add_option("DIR", arguments->folder, "Folder with config.json and model.safetensors")->required();
    inspectVerb->add_flag("--json", arguments->json, "As one JSON object");
    inspectVerb->callback([arguments, &verb] { verb = [arguments] { return inspect(*arguments); }; });
}

} // namespace levi
