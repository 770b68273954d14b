// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/unigram.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/text/piece_model.h"
#include "core/engine/text/split_tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>

namespace levi {
namespace {

constexpr const char* kFile = "spiece.model";
constexpr std::uint64_t kLargestModel = 64 << 20;
constexpr std::int64_t kMostSentinels = 10'000;
constexpr std::int64_t kUsualSentinels = 100;

using Processor = sentencepiece::SentencePieceProcessor;

class Unigram final : public SplitTokenizer {
public:
    Unigram(TokenizerInfo info, TokenForms forms, AddedTokens added, std::unique_ptr<const Processor> processor)
        : SplitTokenizer(std::move(info), std::move(forms), std::move(added)), m_processor(std::move(processor)) {}

private:
    void appendPiece(std::string_view piece, std::size_t, Ids& ids) const override {
        std::vector<int> found;
        const auto status = m_processor->Encode({piece.data(), piece.size()}, &found);
        if (!status.ok()) throw Error("{}: cannot split a text: {}", info().folder, status.ToString());
        ids.insert(ids.end(), found.begin(), found.end());
    }

    std::unique_ptr<const Processor> m_processor;
};

std::unique_ptr<const Processor> loaded(const std::filesystem::path& file) {
    const std::string model = readFile(file, kLargestModel);
    auto processor = std::make_unique<Processor>();
    try {
        checkPieceModel(model);
        if (const auto status = processor->LoadFromSerializedProto(model); !status.ok())
            throw Error("{}", status.ToString());
    } catch (const std::exception& error) { // ours, or of the library's tries
        throw Error("{}: is no SentencePiece model: {}", file.string(), error.what());
    }
    if (processor->GetPieceSize() <= 0 || processor->GetPieceSize() > kLargestId)
        throw Error("{}: holds {} pieces, expected 1 to {}", file.string(), processor->GetPieceSize(), kLargestId);
    return processor;
}

Vocabulary piecesOf(const Processor& processor, const std::filesystem::path& file) {
    Vocabulary pieces(file.string());
    for (int id = 0; id < processor.GetPieceSize(); ++id)
        pieces.add(processor.IdToPiece(id), id);
    return pieces;
}

// The highest id is that of sentinel 0.
std::vector<AddedToken> sentinels(std::int64_t count, std::int32_t begin) {
    std::vector<AddedToken> tokens;
    for (std::int64_t i = 0; i < count; ++i)
        tokens.push_back({.content = fmt::format("<extra_id_{}>", i),
                          .id = begin + static_cast<std::int32_t>(count - 1 - i),
                          .leftStrip = true,
                          .rightStrip = true});
    return tokens;
}

std::vector<AddedToken> addedTo(Vocabulary& pieces, const TokenizerFolder& folder) {
    auto added = folder.addedTokens();
    const auto isThere = [&added](const std::string& content) {
        return std::ranges::find(added, content, &AddedToken::content) != added.end();
    };
    if (!isThere("<extra_id_0>"))
        for (auto& token : sentinels(folder.config().whole("extra_ids", kMostSentinels, kUsualSentinels), pieces.end()))
            added.push_back(std::move(token));
    for (const auto& [role, byDefault] :
         {std::pair{"pad_token", "<pad>"}, std::pair{"eos_token", "</s>"}, std::pair{"unk_token", "<unk>"}}) {
        const std::string content = folder.tokenOf(role, byDefault);
        const auto id = pieces.require(content, role);
        if (!isThere(content)) added.push_back({.content = content, .id = id});
    }
    for (const AddedToken& token : added)
        pieces.join(token.content, token.id);
    return added;
}

} // namespace

std::unique_ptr<const Tokenizer> unigramOf(const TokenizerFolder& folder) {
    folder.requireClass({"T5Tokenizer"});
    const auto file = folder.path() / kFile;
    auto processor = loaded(file);
    Vocabulary pieces = piecesOf(*processor, file);
    auto added = addedTo(pieces, folder);
    auto info = folder.info("unigram", {kFile});
    info.vocabulary = pieces.end();
    info.pad = pieces.require(folder.tokenOf("pad_token", "<pad>"), "padding token");
    const SpecialToken end = {.id = pieces.require(folder.tokenOf("eos_token", "</s>"), "token behind a text")};
    TokenForms forms{.single = {.after = {end}}, .pair = {.between = {end}, .after = {end}}};
    return std::make_unique<const Unigram>(std::move(info), std::move(forms), AddedTokens(std::move(added)),
                                           std::move(processor));
}

} // namespace levi
