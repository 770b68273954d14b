// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/run_json.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/base/read_number.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace levi {
namespace {

struct PreprocessArguments {
    std::filesystem::path picture, out;
    std::string resize = "224x224", interpolation = "bilinear";
    std::int64_t crop = 0;
    std::vector<double> mean{0.5, 0.5, 0.5}, std{0.5, 0.5, 0.5};
    std::string rounding = "even";
    bool noExif = false, json = false;
};

constexpr std::int64_t kMostPixels = 16'384; // a side

std::int64_t pixels(std::string_view text, const std::string& whole) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value < 1 || value > kMostPixels)
        throw Error("found '{}', expected 64 (the shortest side) or 64x48 (width x height), 1 to {} pixels", whole,
                    kMostPixels);
    return value;
}

void readResize(const std::string& text, PreprocessRecipe& recipe) {
    const std::size_t by = text.find('x');
    recipe.resize = by == std::string::npos ? PreprocessRecipe::Resize::ShortestSide : PreprocessRecipe::Resize::Exact;
    recipe.resizeWidth = pixels(text.substr(0, by), text);
    recipe.resizeHeight = by == std::string::npos ? recipe.resizeWidth : pixels(text.substr(by + 1), text);
}

void requireNumber(std::string_view text) {
    if (!readNumber(text)) throw Error("found '{}', expected a number", text);
}

void requirePositive(std::string_view text) {
    if (readNumber(text).value_or(0) <= 0) throw Error("found '{}', expected a number above 0", text);
}

// What lies beyond the picture is black, as in the reference libraries; more of that than of the picture is a mistake.
void requireCrop(const PreprocessArguments& arguments) {
    PreprocessRecipe recipe;
    readResize(arguments.resize, recipe);
    const std::int64_t most = 2 * std::min(recipe.resizeWidth, recipe.resizeHeight);
    if (arguments.crop <= most) return;
    throw CLI::ValidationError(
        "--crop", fmt::format("found {}, expected at most {}: twice the shorter side of the picture that --resize {} "
                              "makes; beyond the picture a crop is black",
                              arguments.crop, most, arguments.resize));
}

PreprocessRecipe recipeOf(const PreprocessArguments& arguments) {
    PreprocessRecipe recipe;
    readResize(arguments.resize, recipe);
    recipe.interpolation = arguments.interpolation == "bicubic" ? Interpolation::Bicubic : Interpolation::Bilinear;
    recipe.cropWidth = recipe.cropHeight = arguments.crop;
    if (arguments.rounding == "down") recipe.cropRounding = CropRounding::Down;
    std::copy_n(arguments.mean.begin(), 3, recipe.mean.begin());
    std::copy_n(arguments.std.begin(), 3, recipe.std.begin());
    return recipe;
}

int preprocess(const PreprocessArguments& arguments) {
    engine().preprocess({.picture = arguments.picture,
                         .recipe = recipeOf(arguments),
                         .exifOrientation = !arguments.noExif,
                         .out = arguments.out});
    if (arguments.json) printJson({{"file", std::filesystem::absolute(arguments.out).string()}});
    return kDone;
}

} // namespace

void addPreprocessVerb(CLI::App& app, Verb& verb) {
    auto* preprocessVerb =
        app.add_subcommand("preprocess", "A picture as a backbone reads it: `pixel_values` in a file");
    auto arguments = std::make_shared<PreprocessArguments>();
    preprocessVerb->add_option("FILE", arguments->picture, "JPEG, PNG or WebP")->required();
    preprocessVerb->add_option("--out", arguments->out, "safetensors file to write")->required();
    preprocessVerb->add_option("--resize", arguments->resize, "64: the shortest side; 64x48: width x height")
        ->check(checkedBy([](const std::string& text) {
            PreprocessRecipe recipe;
            readResize(text, recipe);
        }))
        ->capture_default_str();
    preprocessVerb->add_option("--interpolation", arguments->interpolation, "bicubic or bilinear")
        ->check(CLI::IsMember({"bicubic", "bilinear"}))
        ->capture_default_str();
    preprocessVerb->add_option("--crop", arguments->crop, "Side of a centre crop after the resize; 0: none")
        ->check(CLI::Range(std::int64_t{0}, kMostPixels));
    preprocessVerb->add_option("--mean", arguments->mean, "Red, green and blue, of values in [0, 1]")
        ->delimiter(',')
        ->expected(3)
        ->check(checkedBy(requireNumber));
    preprocessVerb->add_option("--std", arguments->std, "Red, green and blue, each above 0")
        ->delimiter(',')
        ->expected(3)
        ->check(checkedBy(requirePositive));
    preprocessVerb
        ->add_option("--crop-rounding", arguments->rounding,
                     "Of half a pixel at the crop's edge: even, as torchvision and timm do; down, as CLIP's processor")
        ->check(CLI::IsMember({"even", "down"}))
        ->capture_default_str();
    preprocessVerb->add_flag("--no-exif", arguments->noExif, "Do not turn the picture as its EXIF data says");
    preprocessVerb->add_flag("--json", arguments->json, "Print the file's name as JSON");
    preprocessVerb->callback([arguments, &verb] {
        requireCrop(*arguments);
        verb = [arguments] { return preprocess(*arguments); };
    });
}

} // namespace levi
