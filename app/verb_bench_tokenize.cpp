// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/run_json.h"
#include "app/verb_tokenize.h"
#include "core/base/error.h"
#include "core/base/text_lines.h"
#include "core/jobs/tokenizer.h"
#include "core/report/escape.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace levi {
namespace {

struct BenchTokenizeArguments {
    std::filesystem::path folder;
    std::vector<std::filesystem::path> files;
    std::string field = "text";
    EncodeOptions options;
    int passes = 5;
    bool json = false;
};

std::vector<std::string> textsOf(const BenchTokenizeArguments& arguments) {
    std::vector<std::string> texts;
    for (const auto& file : arguments.files) {
        TextLines lines(file);
        for (std::string line; lines.next(line);) {
            const bool isText = line.find('\0') == std::string::npos; // where the parser would stop reading
            const Json object = isText ? Json::parse(line, nullptr, false) : Json();
            const bool fits =
                object.is_object() && object.contains(arguments.field) && object[arguments.field].is_string();
            if (!fits)
                throw Error("{}: line {}: expected an object with a text \"{}\"; --field names another one",
                            lines.name(), lines.number(), arguments.field);
            texts.push_back(object[arguments.field].get<std::string>());
        }
    }
    if (texts.empty()) throw Error("found no text in the files");
    return texts;
}

struct Speed {
    std::size_t texts = 0, tokens = 0;
    double seconds = 0; // of a pass over all texts: the median

    double perSecond(std::size_t count) const { return static_cast<double>(count) / seconds; }
};

Speed measured(const BenchTokenizeArguments& arguments, const std::vector<std::string>& texts) {
    const auto tokenizer = openTokenizer(arguments.folder);
    Speed speed{.texts = texts.size()};
    TokenizedText tokenized;
    std::vector<double> seconds;
    for (int pass = 0; pass < arguments.passes && interrupts() == 0; ++pass) {
        const auto begin = std::chrono::steady_clock::now();
        speed.tokens = 0;
        for (const std::string& text : texts) {
            tokenizer->encode({.first = text}, arguments.options, tokenized);
            speed.tokens += tokenized.ids.size();
        }
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(seconds);
    if (!seconds.empty()) speed.seconds = seconds[seconds.size() / 2];
    return speed;
}

int benchTokenize(const BenchTokenizeArguments& arguments) {
    const Speed speed = measured(arguments, textsOf(arguments));
    if (interrupts() > 0) return kCancelled; // the median of fewer passes than asked for is not told
    if (arguments.json)
        printJson({{"folder", arguments.folder.string()},
                   {"texts", speed.texts},
                   {"tokens", speed.tokens},
                   {"passes", arguments.passes},
                   {"seconds", speed.seconds},
                   {"samples_per_second", speed.perSecond(speed.texts)},
                   {"tokens_per_second", speed.perSecond(speed.tokens)}});
    else
        fmt::print("{}: {} texts, {} tokens, one thread, median of {} passes\n{:.0f} samples/s  {:.0f} tokens/s\n",
                   cleanLine(arguments.folder.string()), speed.texts, speed.tokens, arguments.passes,
                   speed.perSecond(speed.texts), speed.perSecond(speed.tokens));
    return kDone;
}

} // namespace

void addBenchTokenizeVerb(CLI::App& bench, Verb& verb) {
    auto* tokenize = bench.add_subcommand("tokenize", "A tokenizer, on the texts of JSON lines");
    auto arguments = std::make_shared<BenchTokenizeArguments>();
    tokenize->add_option("DIR", arguments->folder, "Folder with the tokenizer's files")->required();
    tokenize->add_option("FILE", arguments->files, "JSON lines, plain or .gz")->required();
    tokenize->add_option("--field", arguments->field, "Which field of a line is the text")->capture_default_str();
    tokenize
        ->add_option("--max-length", arguments->options.maxLength,
                     "Cut what is longer, special tokens included; "
                     "0: cut nothing")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    tokenize->add_option("--passes", arguments->passes, "Over all texts")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    tokenize->add_flag("--json", arguments->json, "As one JSON object");
    tokenize->callback([arguments, &verb] { verb = [arguments] { return benchTokenize(*arguments); }; });
}

} // namespace levi
