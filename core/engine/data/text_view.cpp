// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/text_view.h"

#include "core/base/error.h"
#include "core/base/numbers.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace levi {
namespace {

constexpr std::int64_t kPadStep = 16; // tokens
constexpr std::string_view kHere = kTextHere;

void copyRow(const std::vector<std::int32_t>& from, const at::Tensor& to, std::int64_t row) {
    std::ranges::copy(from, to.data_ptr<std::int64_t>() + row * to.size(1));
}

class TextWriter final : public ReadingWriter {
public:
    explicit TextWriter(const TextView& view) : m_view(view) {}

    void add(Sample& sample) override {
        try {
            m_view.encode(sample.text(), m_rows.emplace_back());
        } catch (const Error& error) {
            throw Error("{}: {}", sample.id(), error.what());
        }
    }

    Reading take() override {
        std::size_t longest = 1;
        for (const TokenizedText& row : m_rows)
            longest = std::max(longest, row.ids.size());
        const auto rows = static_cast<std::int64_t>(m_rows.size());
        const auto form = m_view.form();
        const std::int64_t length = paddedLength(static_cast<std::int64_t>(longest), form.tokens);
        Reading reading{.ids = at::full({rows, length}, form.pad, at::kLong),
                        .mask = at::zeros({rows, length}, at::kLong)};
        if (m_view.tokenizer().hasTypes) reading.types = at::zeros({rows, length}, at::kLong);
        for (std::int64_t i = 0; i < rows; ++i) {
            const TokenizedText& row = m_rows[static_cast<std::size_t>(i)];
            copyRow(row.ids, reading.ids, i);
            copyRow(row.mask, reading.mask, i);
            if (reading.types.defined()) copyRow(row.types, reading.types, i);
        }
        return reading;
    }

private:
    const TextView& m_view;
    std::vector<TokenizedText> m_rows;
};

} // namespace

TextView::TextView(std::string reader, std::shared_ptr<const Tokenizer> tokenizer, TextViewOptions options)
    : m_reader(std::move(reader)), m_tokenizer(std::move(tokenizer)), m_options(std::move(options)) {
    const auto at = m_options.wording.find(kHere);
    if (at == std::string::npos) throw Error("{}_view.template: has no {} in it", m_reader, kHere);
    m_before = m_options.wording.substr(0, at);
    m_after = m_options.wording.substr(at + kHere.size());
}

ReadingForm TextView::form() const {
    return {.kind = ReadingKind::Text,
            .vocabulary = m_tokenizer->info().vocabulary,
            .tokens = m_options.maxLength,
            .pad = m_tokenizer->info().pad};
}

std::string TextView::text() const {
    return fmt::format("text tokenizer {} longest {} step {} template {}", m_tokenizer->info().fingerprint,
                       m_options.maxLength, kPadStep, m_options.wording);
}

void TextView::encode(const SampleText& text, TokenizedText& result) const {
    const bool isWorded = !m_before.empty() || !m_after.empty();
    const std::string first = isWorded ? worded(text.first) : std::string();
    Text pair{.first = isWorded ? first : text.first, .second = {}};
    if (text.second) pair.second = *text.second;
    m_tokenizer->encode(pair, {.maxLength = m_options.maxLength}, result);
}

std::string TextView::worded(const std::string& first) const {
    return m_before + first + m_after;
}

std::string TextView::how() const {
    return fmt::format("{}, {} tokens; at most {} of a text", m_tokenizer->info().kind,
                       countText(m_tokenizer->info().vocabulary), m_options.maxLength);
}

std::string TextView::shown(Sample& sample) const {
    const SampleText& text = sample.text();
    const std::string first = worded(text.first);
    TokenizedText all;
    m_tokenizer->encode({.first = first, .second = text.second}, {}, all);
    const auto tokens = static_cast<std::int64_t>(all.ids.size());
    const std::string count = tokens <= m_options.maxLength
                                  ? fmt::format("{} tokens", tokens)
                                  : fmt::format("the first {} of {} tokens of", m_options.maxLength, tokens);
    return fmt::format("{}: {}{}", count, first, text.second ? " | " + *text.second : std::string());
}

std::int64_t TextView::length(Sample& sample) const {
    TokenizedText tokens;
    encode(sample.text(), tokens);
    return static_cast<std::int64_t>(tokens.ids.size());
}

std::unique_ptr<ReadingWriter> TextView::writer(const WriterPlan&) const {
    return std::make_unique<TextWriter>(*this);
}

std::int64_t paddedLength(std::int64_t tokens, std::int64_t most) {
    return std::min((tokens + kPadStep - 1) / kPadStep * kPadStep, std::max(tokens, most));
}

} // namespace levi
