// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/view.h"
#include "core/jobs/tokenizer.h"
#include "core/spec/views/text_views.h"

namespace levi {

// How one reader sees texts: as token ids, padded on the right to the longest text of the batch, rounded up.
class TextView final : public View {
public:
    TextView(std::string reader, std::shared_ptr<const Tokenizer> tokenizer, TextViewOptions options);

    const std::string& reader() const override { return m_reader; }
    ReadingForm form() const override;
    std::shared_ptr<const View> plain() const override { return std::make_shared<TextView>(*this); }
    std::string text() const override;
    std::int64_t length(Sample& sample) const override;
    std::unique_ptr<ReadingWriter> writer(const WriterPlan& plan) const override;
    std::string how() const override;
    std::string shown(Sample& sample) const override;

    const TokenizerInfo& tokenizer() const { return m_tokenizer->info(); }
    void encode(const SampleText& text, TokenizedText& result) const;

private:
    std::string worded(const std::string& first) const;

    std::string m_reader;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    TextViewOptions m_options;
    std::string m_before, m_after; // of the template
};

// As long as texts of `tokens` tokens are written: rows of one padded length are computed alike wherever they stand.
std::int64_t paddedLength(std::int64_t tokens, std::int64_t most);

} // namespace levi
