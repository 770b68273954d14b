// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/jobs/tokenizer.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>
#include <system_error>

namespace levi {
namespace {

struct TokenizeArguments {
    std::filesystem::path folder;
    EncodeOptions options;
};

const std::string& textIn(const nlohmann::json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_string())
        throw Error("{}: found {}, expected a text", field, found == object.end() ? "nothing" : found->type_name());
    return found->get_ref<const std::string&>();
}

void append(fmt::memory_buffer& line, const char* name, const std::vector<std::int32_t>& numbers) {
    fmt::format_to(std::back_inserter(line), "{}\"{}\":[", line.size() == 0 ? "{" : ",", name);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0) line.push_back(',');
        fmt::format_to(std::back_inserter(line), "{}", numbers[i]);
    }
    line.push_back(']');
}

class Lines {
public:
    explicit Lines(const TokenizeArguments& arguments)
        : m_options(arguments.options), m_tokenizer(openTokenizer(arguments.folder)) {}

    void answer(const std::string& question) {
        const auto object = nlohmann::json::parse(question, nullptr, false);
        if (object.is_discarded()) throw Error("found no JSON, expected an object with \"text\"");
        if (!object.is_object()) throw Error("found {}, expected an object with \"text\"", object.type_name());
        Text text{.first = textIn(object, "text")};
        if (object.contains("text_pair") && !object.at("text_pair").is_null())
            text.second = textIn(object, "text_pair");
        m_tokenizer->encode(text, m_options, m_tokens);
        m_line.clear();
        append(m_line, "ids", m_tokens.ids);
        append(m_line, "attention_mask", m_tokens.mask);
        if (m_tokenizer->info().hasTypes) append(m_line, "token_type_ids", m_tokens.types);
        m_line.append(std::string_view("}\n"));
        if (std::fwrite(m_line.data(), 1, m_line.size(), stdout) != m_line.size())
            throw Error("cannot write the tokens: {}", std::generic_category().message(errno));
    }

private:
    EncodeOptions m_options;
    std::unique_ptr<const Tokenizer> m_tokenizer;
    TokenizedText m_tokens;
    fmt::memory_buffer m_line;
};

int tokenize(const TokenizeArguments& arguments) {
    Lines lines(arguments);
    std::int64_t number = 0;
    for (std::string line; std::getline(std::cin, line);) {
        if (interrupts() > 0) return kCancelled;
        ++number;
        try {
            lines.answer(line);
        } catch (const std::exception& error) { // ours, or of JSON
            throw Error("line {}: {}", number, error.what());
        }
    }
    return kDone;
}

} // namespace

void addTokenizeVerb(CLI::App& app, Verb& verb) {
    auto* tokenizeVerb = app.add_subcommand(
        "tokenize", "JSON lines {\"text\", \"text_pair\"?} from stdin as token ids, with special tokens");
    auto arguments = std::make_shared<TokenizeArguments>();
    tokenizeVerb->add_option("--tokenizer", arguments->folder, "Folder with the tokenizer's files")->required();
    auto* longest = tokenizeVerb
                        ->add_option("--max-length", arguments->options.maxLength,
                                     "Cut what is longer, special tokens included; of a pair the longer text first")
                        ->check(CLI::Range(1, 1'000'000));
    tokenizeVerb->add_flag("--pad", arguments->options.pad, "Fill up to the maximal length")->needs(longest);
    tokenizeVerb->callback([arguments, &verb] { verb = [arguments] { return tokenize(*arguments); }; });
}

} // namespace levi
